#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::spring {

/// What two spellings of one property have in common (relaxed binding): `spring.jpa.showsql` of
/// `spring.jpa.show-sql`, `spring.jpa.showSql` and `SPRING.JPA.SHOW_SQL`. What stands in brackets
/// is left as it is.
std::string relaxed(std::string_view name);

/// The property in lower case with dashes: `spring.jpa.show-sql`, as the schema spells it where it
/// has it.
std::string canonical(std::string_view name);

/// The last part, without an index behind it: `password` of `a.b.password[0]`.
std::string_view last_part(std::string_view name);

/// The name without an index at its end and the index; the whole and -1 where it has none.
struct Indexed {
  std::string_view list;
  long index = -1;
};
Indexed indexed(std::string_view name);

}  // namespace plimsoll::spring
