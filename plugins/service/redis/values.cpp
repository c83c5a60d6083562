#include "plugins/service/redis/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "plugins/service/redis/lists.h"
#include "plugins/service/redis/numbers.h"
#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kLongestHostName = 255;

tl::unexpected<Error> refuse(std::string what) { return fail(ErrorCode::invalid, std::move(what)); }

std::string_view spelling(std::string_view word) { return word.substr(0, word.find('=')); }

std::string_view printed(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals == std::string_view::npos ? word : word.substr(equals + 1);
}

tl::unexpected<Error> no_such_word(const Option& option) {
  std::vector<std::string_view> names;
  for (const std::string_view word : option.words) names.push_back(spelling(word));
  return refuse("argument(s) must be one of the following: " + join(names, ", "));
}

std::optional<std::size_t> word_index(const Option& option, std::string_view text) {
  for (std::size_t i = 0; i < option.words.size(); ++i)
    if (c_equals(text, spelling(option.words[i]))) return i;
  return std::nullopt;
}

Result<std::string> take_word(const Option& option, std::string_view text) {
  const auto index = word_index(option, text);
  if (!index) return no_such_word(option);
  return std::string(printed(option.words[*index]));
}

/// Several words; the first of the table is what no other one is.
Result<std::string> take_words(const Option& option, Arguments arguments) {
  std::vector<bool> given(option.words.size());
  for (const std::string& argument : arguments) {
    const auto index = word_index(option, argument);
    if (!index) return no_such_word(option);
    given[*index] = true;
  }
  if (arguments.empty()) return no_such_word(option);
  std::vector<std::string_view> out;
  for (std::size_t i = 1; i < given.size(); ++i)
    if (given[i]) out.push_back(option.words[i]);
  // isValidShutdownOnSigFlags: the two are the second and the third of the table.
  if (given[1] && given[2])
    return refuse("shutdown options SAVE and NOSAVE can't be used simultaneously");
  if (out.empty()) out.push_back(option.words[0]);
  return join(out, " ");
}

Result<std::string> take_yes_or_no(std::string_view text) {
  for (const std::string_view word : {"yes", "no"})
    if (c_equals(text, word)) return std::string(word);
  return refuse("argument must be 'yes' or 'no'");
}

/// server.c, expandProcTitleTemplate: `{{` is a brace, all other braces hold a name it knows. What
/// comes out must have more than blanks; the title is empty then, and so is the mode of most.
bool is_title(std::string_view text) {
  constexpr std::string_view kEmpty = "title server-mode";
  constexpr std::string_view kFull = "listen-addr port tls-port unixsocket config-file";
  bool has_text = false;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    has_text = has_text || text.substr(0, open).find_first_not_of(' ') != std::string_view::npos;
    text.remove_prefix(open);
    if (text.empty()) break;
    if (text.starts_with("{{")) {
      has_text = true;
      text.remove_prefix(2);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return false;
    const std::string_view name = text.substr(1, close - 1);
    has_text = has_text || is_one_of(name, kFull);
    if (!is_one_of(name, kFull) && !is_one_of(name, kEmpty)) return false;
    text.remove_prefix(close + 1);
  }
  return has_text;
}

bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  });
}

/// What a text must be besides; empty: nothing is wrong with it.
std::string text_complaint(std::string_view name, std::string_view text) {
  if (is_one_of(name, "dbfilename appendfilename appenddirname")) {
    if (text.empty() && name != "dbfilename") return fmt::format("{} can't be empty", name);
    if (text.find_first_of("/\\") != std::string_view::npos)
      return fmt::format("{} can't be a path, just a {}", name,
                         name == "appenddirname" ? "dirname" : "filename");
  }
  if (name == "cluster-announce-hostname") {
    if (text.size() > kLongestHostName) return "Hostnames must be less than 256 characters";
    if (!is_host_name(text))
      return "Hostnames may only contain alphanumeric characters, hyphens or dots";
  }
  if (name == "proc-title-template" && !is_title(text))
    return "template format is invalid or contains unknown variables";
  return {};
}

Result<std::string> take_text(const Option& option, std::string_view text) {
  text = c_text(text);
  if (std::string wrong = text_complaint(option.name, text); !wrong.empty())
    return refuse(std::move(wrong));
  return std::string(text);
}

}  // namespace

Result<std::string> take_value(const Option& option, Arguments arguments,
                               std::string_view current) {
  switch (option.kind) {
    case Kind::words:
      return take_words(option, arguments);
    case Kind::save:
      return take_save(arguments, current);
    case Kind::limits:
      return take_limits(arguments, current);
    case Kind::scores:
      return take_scores(arguments);
    case Kind::bind:
      return take_bind(arguments);
    case Kind::replica:
      return take_replica(arguments);
    case Kind::percentiles:
      return take_percentiles(arguments);
    default:
      break;
  }
  if (arguments.size() != 1) return refuse("wrong number of arguments");
  const std::string& text = arguments[0];
  switch (option.kind) {
    case Kind::yesno:
      return take_yes_or_no(text);
    case Kind::word:
      return take_word(option, text);
    case Kind::text:
      return take_text(option, text);
    case Kind::events:
      return take_events(text);
    case Kind::bytes:
    case Kind::dir:
      return text;
    default:
      return take_number(option, text);
  }
}

}  // namespace plimsoll::redis
