#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// One JSON object a fact and line, as `plimsoll facts --format jsonl` prints them; bytes that are
/// not UTF-8 become U+FFFD. Shadowed settings follow the one that beats them, marked
/// `"shadowed":true`, only when asked for.
std::string facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed);

/// The same, handed to `write` piece by piece, so that a million facts need no room for their text.
/// False as soon as `write` is: the rest is not made.
bool write_facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed,
                       const std::function<bool(std::string_view)>& write);

}  // namespace plimsoll
