#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/apache2/tree.h"

namespace plimsoll::apache2 {

/// `add_module` is LoadModule; `is_loaded`: whether a module is there, by its name (`ssl_module`)
/// or its source file (`mod_ssl.c`): built into Debian's httpd, or loaded by now.
void add_module(Tree& tree, const std::string& name, Origin origin);
bool is_loaded(const Tree& tree, std::string_view module);

/// `<IfVersion>` for 2.4: whether the comparison holds, or nothing where it is not understood.
std::optional<bool> version_holds(std::vector<std::string> words, int patch);

}  // namespace plimsoll::apache2
