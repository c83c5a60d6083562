#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/probe/plugin.h"
#include "scanner/probe/probe.h"

namespace plimsoll {

inline constexpr std::size_t kMostFields = 1000;

/// What a plug-in says of itself, owned.
struct PluginSchema {
  struct Column {
    std::string name;
    Type type = Type::text;
    std::string doc;
  };
  std::string name, summary, semantics;
  Shape shape = Shape::settings;
  bool open_keys = true;
  std::vector<Column> fields;
  std::vector<std::string> files;
};

/// Why a schema cannot be used, or empty: a name that is not the file's, no fields for rows, a
/// field named twice, far too many of them.
std::string why_unusable(const PluginSchema& schema, std::string_view expected_name);

/// The facts of one run, checked against the schema and the limits while they come in.
class FactCollector {
 public:
  FactCollector(const PluginSchema& schema, const PluginLimits& limits)
      : schema_(schema), limits_(limits) {}

  // Each returns false when the fact cannot be taken; `problem` then says why, for good.
  bool setting(std::string scope, std::string key, std::string value, Origin origin);
  bool row(std::vector<Value> fields, Origin origin);
  bool shadow(std::string value, Origin origin, std::string why);
  bool gap(Gap gap);
  bool not_applicable(std::string why);
  /// Nothing more is taken; the first reason stands.
  bool refuse(std::string why);
  /// Counts what came through the pipe.
  bool count_bytes(std::size_t bytes);

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] Facts& facts() { return facts_; }

 private:
  bool one_more();

  const PluginSchema& schema_;
  const PluginLimits& limits_;
  Facts facts_;
  std::size_t rows_ = 0, bytes_ = 0;
  std::string problem_;
};

}  // namespace plimsoll
