#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/service/samba/values.h"
#include "scanner/base/result.h"

namespace plimsoll::samba {

/// Parameters with a handler of their own, as far as it looks at nothing but the value
/// (lib/param/loadparm.c, handle_*); all others as take_value has it.
Result<Held> take_special(const Name& name, const std::string& text, const Held& current);

/// The commands that a system of printing comes with (init_printer_values): key and value.
std::vector<std::pair<std::string_view, std::string_view>> printer_commands(
    std::string_view printing);

}  // namespace plimsoll::samba
