#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "plugins/os/login-defs/login_defs_names.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kLoginDefs = "/etc/login.defs";
constexpr std::string_view kUseradd = "/etc/default/useradd";
constexpr std::array<std::string_view, 2> kFiles = {kLoginDefs, kUseradd};
constexpr std::size_t kBuffer = 1023;  // shadow reads lines in pieces of this many bytes
constexpr std::size_t kShadowed = 16;  // earlier lines kept for one name

struct Found {
  std::string value;
  Origin origin;
  std::vector<Shadowed> shadowed;
};
using Values = std::map<std::string, Found, std::less<>>;

void set(Values& values, std::string_view name, std::string_view value, Origin origin) {
  Found next{std::string(value), std::move(origin), {}};
  if (const auto old = values.find(name); old != values.end()) {
    next.shadowed = std::move(old->second.shadowed);
    if (next.shadowed.size() < kShadowed)
      next.shadowed.push_back(
          {std::move(old->second.value), std::move(old->second.origin), "the last line stands"});
  }
  values.insert_or_assign(std::string(name), std::move(next));
}

/// Calls `each(piece, line number)` for what one call of fgets(3) gives shadow; a NUL ends it.
template <class Each>
void for_each_piece(std::string_view text, Each each) {
  for (const Line& line : lines(text)) {
    std::string_view rest = line.text;
    do {
      const std::string_view piece = rest.substr(0, kBuffer);
      each(piece.substr(0, piece.find('\0')), line.number);
      rest.remove_prefix(piece.size());
    } while (!rest.empty());
  }
}

/// login.defs(5): a name, blanks, a value. Quotes before the value vanish and the next one ends it;
/// a `#` begins a comment at the start of a line only.
void read_login_defs_line(std::string_view piece, std::uint32_t number, Values& values) {
  piece = trim_left(trim_right(piece), " \t");
  if (piece.empty() || piece.front() == '#') return;
  const auto end = piece.find_first_of(" \t");
  if (end == std::string_view::npos) return;  // a name alone
  const std::string_view name = piece.substr(0, end);
  std::string_view value = trim_left(piece.substr(end + 1), " \"\t");
  value = value.substr(0, value.find('"'));
  if (login_defs_name(name) != nullptr)
    set(values, name, value, {std::string(kLoginDefs), number, 1});
}

/// strtol(3) with base 0, all of it: decimal, octal with a leading 0, hexadecimal.
std::optional<std::int64_t> number_of(std::string_view text) {
  text = trim_left(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 2 && (text.starts_with("0x") || text.starts_with("0X"))) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
  }
  if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  const auto value = to_integer(text, base);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
}

bool is_yes(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  return found != values.end() && iequals(found->second.value, "yes");
}

/// The value as shadow takes it; nothing when it is no number and the default stands.
std::optional<std::string> effective(const LoginDefsName& name, const std::string& value) {
  switch (name.kind) {
    case LoginDefsName::Kind::text:
      return value;
    case LoginDefsName::Kind::boolean:
      return iequals(value, "yes") ? "yes" : "no";  // every other word is a no
    case LoginDefsName::Kind::number:
      return number_of(value) ? std::optional(value) : std::nullopt;
    case LoginDefsName::Kind::mode:
      if (const auto mode = number_of(value); mode && *mode >= 0)
        return fmt::format("0{:03o}", *mode);
      return std::nullopt;
  }
  return std::nullopt;
}

/// Two defaults hang on other names: shadow's salt.c and useradd(8).
std::string default_of(const LoginDefsName& name, const Values& values) {
  if (name.name == "ENCRYPT_METHOD" && is_yes(values, "MD5_CRYPT_ENAB")) return "MD5";
  if (name.name == "HOME_MODE") {
    const auto umask = values.find("UMASK");
    const auto mask = umask == values.end() ? std::nullopt : number_of(umask->second.value);
    return fmt::format("0{:03o}", 0777 & ~mask.value_or(022));
  }
  return std::string(name.default_value);
}

void add_login_defs(const Values& values, Facts& facts) {
  for (const LoginDefsName& name : login_defs_names()) {
    const auto found = values.find(name.name);
    std::vector<Shadowed> shadowed;
    if (found != values.end()) {
      shadowed = found->second.shadowed;
      if (auto value = effective(name, found->second.value)) {
        facts.setting(lower(name.name), std::move(*value), found->second.origin).shadowed =
            std::move(shadowed);
        continue;
      }
      shadowed.push_back({found->second.value, found->second.origin, "not a number"});
    }
    if (std::string value = default_of(name, values); !value.empty())
      facts.setting(lower(name.name), std::move(value), {}).shadowed = std::move(shadowed);
  }
}

struct UseraddName {
  std::string_view name;
  std::string_view default_value;
};
// useradd(8), "Changing the default values", with Debian's built-in defaults.
constexpr std::array<UseraddName, 8> kUseraddNames = {{{"GROUP", "100"},
                                                       {"HOME", "/home"},
                                                       {"INACTIVE", "-1"},
                                                       {"EXPIRE", ""},
                                                       {"SHELL", "/bin/bash"},
                                                       {"SKEL", "/etc/skel"},
                                                       {"CREATE_MAIL_SPOOL", "no"},
                                                       {"LOG_INIT", "yes"}}};

/// useradd takes a line that begins with a name and `=`, with no blank before either.
void read_useradd_line(std::string_view piece, std::uint32_t number, Values& values) {
  const auto equals = piece.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = piece.substr(0, equals);
  for (const UseraddName& known : kUseraddNames)
    if (known.name == name)
      set(values, name, piece.substr(equals + 1), {std::string(kUseradd), number, 1});
}

void add_useradd(const Values& values, Facts& facts) {
  for (const UseraddName& name : kUseraddNames) {
    const auto found = values.find(name.name);
    if (found == values.end()) {
      facts.setting(lower(name.name), std::string(name.default_value), {}, "useradd");
      continue;
    }
    std::string value = found->second.value;
    std::vector<Shadowed> shadowed = found->second.shadowed;
    Origin origin = found->second.origin;
    const auto days = number_of(value);
    if (name.name == "INACTIVE" && (!days || *days < -1)) {
      shadowed.push_back({value, origin, "not a number of days"});
      value = "-1";
      origin = {};
    } else if (value.empty() && (name.name == "SKEL" || name.name == "CREATE_MAIL_SPOOL")) {
      value = name.default_value;
    }
    facts.setting(lower(name.name), std::move(value), std::move(origin), "useradd").shadowed =
        std::move(shadowed);
  }
}

using ReadLine = void (*)(std::string_view, std::uint32_t, Values&);

/// The names that a file sets; without the file, none. Nothing when it cannot be read.
std::optional<Values> read_values(const Root& root, std::string_view file, ReadLine read_line,
                                  std::string subject, Facts& facts) {
  Values values;
  const auto text = root.read(file);
  if (text) {
    for_each_piece(*text, [&](std::string_view piece, std::uint32_t number) {
      read_line(piece, number, values);
    });
  } else if (text.error().code != ErrorCode::not_found) {
    facts.gap(text.error(), std::move(subject));
    return std::nullopt;
  }
  return values;
}

/// Nothing is there; what cannot be looked at is not missing.
bool is_missing(const Root& root, std::string_view path) {
  const auto stat = root.stat(path);
  return !stat && stat.error().code == ErrorCode::not_found;
}

Facts read_login_defs(const Request& request) {
  Facts facts;
  if (is_missing(request.root, kLoginDefs) && is_missing(request.root, "/usr/sbin/useradd")) {
    facts.not_applicable = "neither /etc/login.defs nor useradd is there";
    return facts;
  }
  if (const auto values = read_values(request.root, kLoginDefs, read_login_defs_line, "", facts))
    add_login_defs(*values, facts);
  if (const auto values = read_values(request.root, kUseradd, read_useradd_line, "useradd", facts))
    add_useradd(*values, facts);
  return facts;
}

}  // namespace

extern const Probe login_defs_probe;
const Probe login_defs_probe{
    .name = "login-defs",
    .group = "os",
    .summary = "what new accounts and passwords get: login.defs and useradd's defaults",
    .semantics = "login.defs(5), useradd(8)",
    .shape = Shape::settings,
    .fields = kLoginDefsFields,
    .read = read_login_defs,
    .files = kFiles,
};

}  // namespace plimsoll
