// The one translation unit that includes toml++ (it costs seconds to compile).
#include "scanner/formats/toml_events.h"

#include <fmt/format.h>

// toml++ 3.3 asserts that a table header goes on with a key (parser.inl, parse_key) before it
// reports that `[ %` does not, and with NDEBUG it tells the compiler to rely on that. Neither is
// wanted: its checks behind the assertions are complete.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
// Arrays and inline tables in each other, each of which may have a key of 64 parts.
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace plimsoll {
namespace {

std::string date_text(const toml::date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string integer_text(const toml::value<std::int64_t>& value) {
  // The bits of hexadecimal are those of octal and one more.
  const bool octal = (value.flags() & toml::value_flags::format_as_hexadecimal) ==
                     toml::value_flags::format_as_octal;
  return octal && *value >= 0 ? fmt::format("0{:o}", *value) : std::to_string(*value);
}

TomlScalar scalar_of(const toml::node& node) {
  using Kind = TomlScalar::Kind;
  if (const auto* text = node.as_string()) return {Kind::text, text->get()};
  if (const auto* integer = node.as_integer())
    return {Kind::integer, integer_text(*integer), integer->get()};
  if (const auto* flag = node.as_boolean()) return {Kind::boolean, flag->get() ? "true" : "false"};
  if (const auto* real = node.as_floating_point())
    return {Kind::real, fmt::format("{}", real->get())};
  if (const auto* date = node.as_date()) return {Kind::date, date_text(date->get())};
  return {Kind::time, {}};
}

TomlPlace place_of(const toml::source_region& source) {
  return {source.begin.line, source.begin.column};
}

class Walk {
 public:
  explicit Walk(TomlVisitor& visitor) : visitor_(visitor) {}

  bool node(const toml::node& node) {
    if (const auto* table = node.as_table()) return members(*table);
    if (const auto* array = node.as_array()) return items(*array);
    return visitor_.scalar(scalar_of(node), place_of(node.source()));
  }

 private:
  bool members(const toml::table& table) {
    if (!visitor_.begin_table(place_of(table.source()))) return false;
    // toml++ sorts by name.
    std::vector<std::pair<TomlPlace, const toml::key*>> order;
    order.reserve(table.size());
    for (const auto& [key, value] : table) order.emplace_back(place_of(key.source()), &key);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first.line, a.first.column) < std::pair(b.first.line, b.first.column);
    });
    for (const auto& [place, key] : order)
      if (!visitor_.key(key->str(), place) || !node(*table.get(key->str()))) return false;
    return visitor_.end();
  }

  bool items(const toml::array& array) {
    if (!visitor_.begin_array(place_of(array.source()))) return false;
    for (const toml::node& item : array)
      if (!node(item)) return false;
    return visitor_.end();
  }

  TomlVisitor& visitor_;
};

/// toml++ begins with a description of its own state ("Error while parsing value: ").
std::string cause(std::string_view description) {
  std::string text(description);
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z')
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  return text;
}

/// Where the string that begins there ends, one past its quote; the end of the line, or of the text
/// where it spans lines, when it has no end.
std::size_t string_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool spans = text.substr(at, 3) == std::string(3, quote);
  std::size_t i = at + (spans ? 3 : 1);
  for (; i < text.size(); ++i) {
    if (!spans && text[i] == '\n') return i;
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      if (!spans) return i + 1;
      if (text.substr(i, 3) == std::string(3, quote)) return i + 3;
    }
  }
  return text.size();
}

/// The line of a dotted key with more parts than that, or 0. Tables would nest as deep, and toml++
/// recurses into them when it lets them go.
std::uint32_t line_of_deep_key(std::string_view text, std::size_t parts) {
  std::uint32_t line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t next = i + 1;
    if (c == '"' || c == '\'') next = string_end(text, i);
    if (c == '#') next = std::min(text.find('\n', i), text.size());
    if (c == '.' && ++dots >= parts) return line;
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots = 0;
    line += static_cast<std::uint32_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(i),
                                                  text.begin() + static_cast<std::ptrdiff_t>(next),
                                                  '\n'));
    i = next;
  }
  return 0;
}

}  // namespace

std::optional<Error> walk_toml(std::string_view text, const std::string& file, TomlVisitor& visitor,
                               TomlLimits limits) {
  const auto limit = [&](std::string what, std::uint32_t line) {
    return Error{ErrorCode::limit, std::move(what), {file, line, 0}};
  };
  if (text.size() > limits.bytes)
    return limit(fmt::format("more than {} bytes of TOML", limits.bytes), 0);
  if (const std::uint32_t line = line_of_deep_key(text, limits.parts); line != 0)
    return limit(fmt::format("a key of more than {} parts", limits.parts), line);
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Error{ErrorCode::invalid,
                 cause(error.description()),
                 {file, error.source().begin.line, error.source().begin.column}};
  }
  Walk(visitor).node(parsed.table());
  return std::nullopt;
}

}  // namespace plimsoll
