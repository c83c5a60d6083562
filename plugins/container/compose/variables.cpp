#include "plugins/container/compose/variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::compose {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::size_t kLongest = 1U << 16U;

bool begins_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

std::size_t name_length(std::string_view text) {
  if (text.empty() || !begins_name(text[0])) return 0;
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_in_name) -
                                  text.begin());
}

/// Where the brace that opened before `text` closes; npos: nowhere.
std::size_t closing_brace(std::string_view text) {
  std::size_t depth = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{')
      ++depth, ++i;
    else if (text[i] == '}' && --depth == 0)
      return i;
  }
  return std::string_view::npos;
}

class Expander {
 public:
  explicit Expander(const Variables& variables) : variables_(variables) {}

  Expansion run(std::string_view text) {
    expand(text, 0);
    return std::move(out_);
  }

 private:
  void refuse(std::string why) {
    if (out_.problem.empty()) out_.problem = std::move(why);
  }

  void plain(std::string_view text) {
    out_.text += text;
    out_.literal += text;
    if (out_.text.size() > kLongest) refuse("a value is longer than 64 KiB");
  }

  void expand(std::string_view text, std::size_t depth) {
    if (depth > kDeepest) return refuse("variables are nested too deep");
    while (out_.problem.empty()) {
      const std::size_t dollar = text.find('$');
      plain(text.substr(0, dollar));
      if (dollar == std::string_view::npos) return;
      text.remove_prefix(dollar + 1);
      text.remove_prefix(one(text, depth));
    }
  }

  /// What stands behind a `$`; how much of it that was.
  std::size_t one(std::string_view text, std::size_t depth) {
    if (text.starts_with('$')) {
      plain("$");
      return 1;
    }
    if (const std::size_t length = name_length(text); length > 0) {
      take(text.substr(0, length));
      return length;
    }
    const std::size_t end =
        text.starts_with('{') ? closing_brace(text.substr(1)) : std::string_view::npos;
    if (end == std::string_view::npos || name_length(text.substr(1)) == 0) {
      refuse("a `$` stands before no variable; a plain one is written `$$`");
      return 0;
    }
    braced(text.substr(1, end), depth);
    return end + 2;
  }

  void take(std::string_view name) {
    const auto found = variables_.find(name);
    if (found == variables_.end())
      out_.open = true;
    else
      out_.text += found->second;
    if (out_.text.size() > kLongest) refuse("a value is longer than 64 KiB");
  }

  void braced(std::string_view inner, std::size_t depth) {
    const std::string_view name = inner.substr(0, name_length(inner));
    std::string_view rest = inner.substr(name.size());
    if (rest.empty()) return take(name);
    const bool or_empty = rest[0] == ':';
    if (or_empty) rest.remove_prefix(1);
    if (rest.empty() || std::string_view("-?+").find(rest[0]) == std::string_view::npos)
      return refuse(fmt::format("`${{{}}}` is no form of a variable", inner));
    const auto found = variables_.find(name);
    const bool is_set = found != variables_.end() && (!or_empty || !found->second.empty());
    const char form = rest[0];
    rest.remove_prefix(1);
    if (form == '+') {
      if (is_set) expand(rest, depth + 1);
    } else if (is_set) {
      take(name);
    } else if (form == '-') {
      expand(rest, depth + 1);
    } else {
      out_.open = true;  // `?`: the program wants a value from whoever runs it
    }
  }

  const Variables& variables_;
  Expansion out_;
};

/// A value with its quotes or its comment taken off, variables replaced where they count.
std::string env_value(std::string_view text, const Variables& variables) {
  text = trim(text);
  if (text.starts_with('\'')) return std::string(text.substr(1, text.find('\'', 1) - 1));
  if (text.starts_with('"')) {
    text = text.substr(1, text.find('"', 1) - 1);
  } else {
    std::size_t hash = text.find(" #");
    if (text.starts_with('#')) hash = 0;
    text = trim(text.substr(0, hash));
  }
  Expansion expansion = expand(text, variables);
  return expansion.problem.empty() ? std::move(expansion.text) : std::string(text);
}

}  // namespace

Expansion expand(std::string_view text, const Variables& variables) {
  return Expander(variables).run(text);
}

void read_env_file(std::string_view text, Variables& variables) {
  for (const Line& line : lines(text)) {
    std::string_view rest = trim(line.text, "\xEF\xBB\xBF \t\r");
    if (rest.starts_with("export ")) rest = trim_left(rest.substr(7));
    const std::size_t equals = rest.find('=');
    if (rest.starts_with('#') || equals == std::string_view::npos) continue;
    variables[std::string(trim(rest.substr(0, equals)))] =
        env_value(rest.substr(equals + 1), variables);
  }
}

}  // namespace plimsoll::compose
