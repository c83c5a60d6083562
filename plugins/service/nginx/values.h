#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/service/nginx/config.h"
#include "plugins/service/nginx/pattern.h"

namespace plimsoll::nginx {

/// A text with variables, cut at them.
struct Part {
  std::string_view text;  ///< literal, or the name of the variable without `$`
  bool is_variable = false;
};
/// `$name`, `${name}`, `$1`; a `$` before anything else is itself.
std::vector<Part> parts_of(std::string_view text);

/// What a variable may hold when a request is answered.
struct Content {
  Bytes bytes;                     ///< that a client may put into it
  bool begins_with_slash = false;  ///< a path: it ends the host part of a URL
  std::string from;                ///< the client's part of it, as `$arg_x`

  [[nodiscard]] bool is_foreign() const { return bytes.any(); }
};

/// Follows variables through `set`, `map`, captures and what nginx itself defines.
class Values {
 public:
  explicit Values(const Config& config);

  /// Of a variable that is used at that level.
  const Content& of(std::string_view variable, const Block& block);
  /// The `set` lines that give it a value there: of the nearest level that has any.
  const Lines& sets(std::string_view variable, const Block& block) const;
  /// The pattern of a line or block that has one: `location ~`, `if`, `rewrite`, a name of a
  /// server.
  const Pattern& pattern(const Directive& owner, std::string_view expression);

 private:
  Content find(std::string_view variable, const Block& block);
  bool from_captures(std::string_view variable, const Block& block, Content& out);
  bool from_level(std::string_view variable, const Block& level, Content& out);
  Content of_text(std::string_view text, const Block& block);
  Content of_map(const Directive& map, const Block& block);
  bool capture(const Directive& owner, std::string_view expression, std::string_view variable,
               const Content& source, Content& out);

  const Config& config_;
  std::unordered_map<const Directive*, std::unordered_map<std::string, Pattern>> patterns_;
  std::unordered_map<const Block*, std::unordered_map<std::string, Content>> known_;
  std::unordered_map<const Block*, std::unordered_map<std::string_view, Lines>> sets_;
  std::unordered_map<std::string_view, Lines> maps_;
  std::size_t depth_ = 0;
};

/// The regular expression of an `if`, its variable and whether case counts; empty where it has
/// none.
struct IfPattern {
  std::string variable;  ///< without `$`
  std::string expression;
  bool ignore_case = false;
  bool is_negated = false;
};
IfPattern if_pattern(const Directive& directive);

}  // namespace plimsoll::nginx
