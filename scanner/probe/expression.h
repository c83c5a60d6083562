#pragma once

#include <memory>
#include <string>

#include "scanner/base/result.h"

namespace re2 {
class RE2;
}

namespace plimsoll {

/// An RE2 expression of a baseline, over bytes. Fails with `invalid` when it does not compile.
Result<std::shared_ptr<const re2::RE2>> compile_expression(const std::string& text);

}  // namespace plimsoll
