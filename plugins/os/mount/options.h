#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// Mount options as they take effect (mount(8)): of two that contradict each other the later one
/// stands, `user` and its like imply others, `defaults` changes nothing. In order, each once.
std::vector<std::string> effective_options(std::string_view options);

}  // namespace plimsoll
