#pragma once

#include <string_view>

#include "scanner/base/fact.h"

namespace plimsoll {

/// Whether a text has places that a template engine fills in (`{{`, `{% `, `<%=`; `${` where
/// variables are asked for) outside of lines that begin with `#`, which are comments.
bool has_template_marks(std::string_view text, bool variables = false);
/// What a probe says of such a file: it does not apply, and is passed over with a note.
Facts passed_over_template(std::string_view path);

}  // namespace plimsoll
