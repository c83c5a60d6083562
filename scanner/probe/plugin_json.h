#pragma once

#include <string>
#include <string_view>

#include "scanner/probe/plugin_schema.h"

namespace plimsoll {

// The language of exec probes: one JSON object a line, as plugins/README.md of the examples and
// `plimsoll facts --format jsonl` show it.

inline constexpr int kProgramProtocol = 1;

/// The first line a program prints: `{"schema": {...}}`.
Result<PluginSchema> schema_from_json(std::string_view line);

/// The line a program is asked with: where the root is (`path`, empty when it is not a directory of
/// this host), the context, and the text of the files that its schema names. Files that are there
/// and cannot be read become gaps as well as errors in the request.
std::string request_as_json(const PluginSchema& schema, const Request& request,
                            std::string_view path, FactCollector& facts);

enum class JsonAnswer : std::uint8_t {
  more,     ///< taken; another line follows
  end,      ///< `{"end": true}`
  refused,  ///< FactCollector::problem says why
};
/// Takes one line of the answer.
JsonAnswer take_json(const PluginSchema& schema, std::string_view line, FactCollector& facts);

}  // namespace plimsoll
