#pragma once

#include <string>
#include <string_view>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// A setting `key` (which stands for ever, as a schema's names do) where the path is there and has
/// a permission bit beyond `allowed`; a gap about that key where it cannot be looked at.
void tell_open_mode(const Root& root, std::string_view key, const std::string& path,
                    unsigned allowed, const std::string& scope, Facts& facts);

}  // namespace plimsoll
