#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "plugins/os/pam/module_options.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"difok", Type::integer, "characters that must not be in the old password"},
    Field{"minlen", Type::integer, "least length, credits apart; never below 6"},
    Field{"dcredit", Type::integer, "digits: credit for, or, if negative, least number of"},
    Field{"ucredit", Type::integer, "upper case letters: credit for, or least number of"},
    Field{"lcredit", Type::integer, "lower case letters: credit for, or least number of"},
    Field{"ocredit", Type::integer, "other characters: credit for, or least number of"},
    Field{"minclass", Type::integer, "least number of character classes, at most 4"},
    Field{"maxrepeat", Type::integer, "most times one character in a row; 0: any"},
    Field{"maxclassrepeat", Type::integer, "most characters of one class in a row; 0: any"},
    Field{"maxsequence", Type::integer, "longest run such as `abcd`; 0: any"},
    Field{"gecoscheck", Type::integer, "not 0: no words of the comment field"},
    Field{"dictcheck", Type::integer, "not 0: no dictionary words"},
    Field{"usercheck", Type::integer, "not 0: not the user's name"},
    Field{"usersubstr", Type::integer, "length of parts of the name that must not occur; 0: any"},
    Field{"enforcing", Type::integer, "not 0: a bad password is refused, not only warned about"},
    Field{"badwords", Type::list, "words that must not occur"},
    Field{"dictpath", Type::text, "where the dictionary is; empty: cracklib's own"},
    Field{"retry", Type::integer, "how often a user may try"},
    Field{"enforce_for_root", Type::boolean, "root's passwords are checked, too"},
    Field{"local_users_only", Type::boolean, "users who are not in /etc/passwd are not checked"},
};

enum class Kind : std::uint8_t { number, text, flag };
struct Option {
  std::string_view name;
  Kind kind = Kind::number;
  std::string_view value = "0";  ///< default
};
// pwquality.conf(5), of libpwquality 1.4.5.
constexpr std::array kOptions = {
    Option{"difok", Kind::number, "1"},
    Option{"minlen", Kind::number, "8"},
    Option{"dcredit"},
    Option{"ucredit"},
    Option{"lcredit"},
    Option{"ocredit"},
    Option{"minclass"},
    Option{"maxrepeat"},
    Option{"maxclassrepeat"},
    Option{"maxsequence"},
    Option{"gecoscheck"},
    Option{"dictcheck", Kind::number, "1"},
    Option{"usercheck", Kind::number, "1"},
    Option{"usersubstr"},
    Option{"enforcing", Kind::number, "1"},
    Option{"badwords", Kind::text, ""},
    Option{"dictpath", Kind::text, ""},
    Option{"retry", Kind::number, "1"},
    Option{"enforce_for_root", Kind::flag, "0"},
    Option{"local_users_only", Kind::flag, "0"},
};

constexpr std::string_view kMainFile = "/etc/security/pwquality.conf";
constexpr std::array<std::string_view, 3> kFiles = {
    kMainFile, "/etc/security/pwquality.conf.d/50-x.conf", "/etc/pam.d/common-password"};

/// strtol(3) for the whole text, as libpwquality bounds it.
std::optional<int> number(std::string_view text) {
  text = trim_left(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || value == std::numeric_limits<int>::max() ||
      value == std::numeric_limits<int>::min())
    return std::nullopt;
  return value;
}

/// False when libpwquality does not take it: an unknown name or no proper number.
bool set_option(OptionValues& values, const OptionLine& line, const Origin& origin) {
  constexpr std::string_view kWhy = "a later setting overrides it";
  for (const Option& option : kOptions) {
    if (!iequals(option.name, line.name)) continue;
    if (option.kind == Kind::flag) {
      values.assign(option.name, "1", origin, kWhy);  // pwquality.conf(5): enabled if present
      return true;
    }
    if (option.kind == Kind::text) {
      values.assign(option.name, std::string(line.value), origin, kWhy);
      return true;
    }
    auto value = number(line.value);
    if (!value) return false;
    if (option.name == "minlen") value = std::max(*value, 6);
    if (option.name == "minclass") value = std::min(*value, 4);
    values.assign(option.name, std::to_string(*value), origin, kWhy);
    return true;
  }
  return false;
}

/// False when reading stopped at a line that libpwquality does not take.
bool read_file(const Root& root, const std::string& path, OptionValues& values, Facts& facts) {
  constexpr std::size_t kLongest = 1022;  // of a line that ends in a newline
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return true;
  }
  for (const Line& line : lines(*text)) {
    if (line.text.size() > kLongest) return false;
    const auto option = option_line(line.text);
    if (option && !set_option(values, *option, {path, line.number, 1})) return false;
  }
  return true;
}

/// pwquality.conf(5): the files of the directory come first, in the order of their names, so the
/// main file overrides them. The first error ends the reading; what was set stands.
OptionValues read_configuration(const Root& root, Facts& facts) {
  OptionValues values;
  for (const Option& option : kOptions) values.set_default(option.name, std::string(option.value));
  const std::string directory = std::string(kMainFile) + ".d";
  const auto entries = root.list(directory);
  if (!entries && entries.error().code != ErrorCode::not_found &&
      entries.error().code != ErrorCode::wrong_type)
    facts.gap(entries.error());
  if (entries)
    for (const DirEntry& entry : *entries)
      // libpwquality wants the first `.conf` of the name at its end.
      if (entry.name.find(".conf") + 5 == entry.name.size() &&
          !read_file(root, join_path(directory, entry.name), values, facts))
        return values;
  static_cast<void>(read_file(root, std::string(kMainFile), values, facts));
  return values;
}

Facts read_pwquality(const Request& request) {
  Facts facts;
  const OptionValues base = read_configuration(request.root, facts);
  base.add_to(facts, {});
  for (const PamModuleCall& call : pam_module_calls(request.root, facts, "pam_pwquality.so")) {
    OptionValues values = base;
    for (const std::string& argument : call.arguments)
      static_cast<void>(set_option(values, option_argument(argument), call.origin));
    values.add_to(facts, call.scope);
  }
  return facts;
}

}  // namespace

extern const Probe pwquality_probe;
const Probe pwquality_probe{
    .name = "pwquality",
    .group = "os",
    .summary = "what pam_pwquality demands of a new password, wherever it is called",
    .semantics = "pwquality.conf(5), pam_pwquality(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read_pwquality,
    .files = kFiles,
};

}  // namespace plimsoll
