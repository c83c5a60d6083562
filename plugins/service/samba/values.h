#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/samba/parameters.h"
#include "scanner/base/result.h"

namespace plimsoll::samba {

/// What a parameter holds.
struct Held {
  std::string text;                ///< as testparm prints it
  std::vector<std::string> words;  ///< of lists that a line may change
  bool is_null = false;            ///< a list that was never made, which `+x` does not add to
};

/// What the parameter holds until a line sets it.
Held fallback_of(const Parameter& parameter);

/// What Samba makes of the text of a line; an error with its own words where it does not load the
/// file. `current` is the value before: some lines change a part of it, some do nothing.
Result<Held> take_value(const Name& name, const std::string& text, const Held& current);

}  // namespace plimsoll::samba
