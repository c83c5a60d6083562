#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll {

/// One assignment of a .properties file, escapes resolved, in UTF-8.
struct Property {
  std::string key;
  std::string value;           ///< blanks at its end are part of it, as in Java
  std::uint32_t line = 0;      ///< where the logical line begins, from 1
  std::uint32_t column = 0;    ///< of the key, from 1, in bytes
  std::uint32_t document = 0;  ///< from 0; more than one only with separators
};

struct Properties {
  std::vector<Property> entries;  ///< in order; a key may be there twice, and the last one counts
  std::uint32_t documents = 1;
  std::vector<Error> errors;  ///< malformed `\u`: Java refuses the whole file; too many entries
};

enum class PropertySeparators : bool {
  none,      ///< java.util.Properties
  documents  ///< Spring Boot: a line `#---` or `!---` begins another document
};

/// Reads a .properties file of ISO-8859-1 as java.util.Properties.load does.
Properties read_properties(std::string_view text, std::string_view file,
                           PropertySeparators separators = PropertySeparators::none);

}  // namespace plimsoll
