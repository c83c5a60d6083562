#pragma once

#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// One JSON object a fact and line, as `plimsoll facts --format jsonl` prints them; bytes that are
/// not UTF-8 become U+FFFD. Shadowed settings follow the one that beats them, marked
/// `"shadowed":true`, only when asked for.
std::string facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed);

}  // namespace plimsoll
