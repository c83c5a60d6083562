#include "scanner/formats/redact.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"

namespace plimsoll {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::size_t kHashDigits = 64;  // SHA-256

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; }
bool is_base64(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("+/=-_.~").find(c) != kNowhere;
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\''; }

// Ends of names, without what parts their words.
constexpr std::array<std::string_view, 22> kEnds = {
    "password",  "passwd",      "passphrase", "secret",     "token",     "apikey",
    "authtok",   "requirepass", "masterauth", "masterpass", "bindpw",    "privatekey",
    "secretkey", "accesskey",   "authkey",    "deploykey",  "clientkey", "encryptionkey",
    "sharedkey", "accountkey",  "credential", "credentials"};
// Whole last words of names.
constexpr std::string_view kLastWords = "pass pwd pw psk pgpass storepass keypass";
// Names that take their value behind a blank.
constexpr std::string_view kWithBlank =
    "requirepass masterauth masterpass auth-pass ldap_default_authtok bindpw rootpw setenv";

/// The name of a credential, not of something about credentials (`password_lifetime`).
bool names_credential(std::string_view name) {
  name = trim_right(name, "0123456789_-.");
  // nsswitch.conf and PAM have these; no file has a password under them alone.
  if (name == "passwd" || name == "shadow") return false;
  const std::size_t last = name.find_last_of("-_.");
  if (is_one_of(lower(name.substr(last == kNowhere ? 0 : last + 1)), kLastWords)) return true;
  std::string all = lower(name);
  std::erase_if(all, [](char c) { return c == '-' || c == '_' || c == '.'; });
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [&](std::string_view end) { return all.ends_with(end); });
}

/// What stands for a value that is elsewhere: `$NAME`, `${...}`, `{{ }}`, `<password>`, `*alias`.
bool is_reference(std::string_view value) {
  if (value.size() < 2) return value == "|" || value == ">" || value == "{" || value == "[";
  const char first = value[0], next = value[1];
  if (first == '$') return is_letter(next) || next == '{' || next == '(' || next == '_';
  if (first == '{' || first == '[' || first == '(') return true;
  if (first == '<' && value.ends_with('>')) return true;
  return (first == '|' || first == '>') && std::string_view("+-0123456789 ").find(next) != kNowhere;
}

struct Shape {
  std::string_view start;
  std::size_t least;  ///< how many characters there are at least
};
// How issuers begin their keys.
constexpr std::array kShapes = {
    Shape{"AKIA", 20},   Shape{"ASIA", 20},   Shape{"ghp_", 36},     Shape{"gho_", 36},
    Shape{"ghs_", 36},   Shape{"glpat-", 24}, Shape{"xoxb-", 20},    Shape{"github_pat_", 40},
    Shape{"xoxp-", 20},  Shape{"npm_", 36},   Shape{"sk_live_", 24}, Shape{"dckr_pat_", 24},
    Shape{"Basic ", 14}, Shape{"Bearer ", 15}};

class Finder {
 public:
  Finder(std::string_view line, std::string_view before)
      : line_(line), is_curl_(contains(line, "curl")), may_login_(takes_short_password(line)) {
    is_dockerfile_ = is_instruction("ENV") || is_instruction("ARG");
    note_name(before);
  }

  std::vector<Secret> find() {
    addresses();
    shapes();
    acl_words();
    for (std::size_t at = 0; at < line_.size();) at = is_name(line_[at]) ? name(at) : at + 1;
    std::sort(out_.begin(), out_.end(),
              [](const Secret& a, const Secret& b) { return a.begin < b.begin; });
    std::vector<Secret> apart;
    for (const Secret& one : out_)
      if (apart.empty() || one.begin >= apart.back().end)
        apart.push_back(one);
      else
        apart.back().end = std::max(apart.back().end, one.end);
    return apart;
  }

 private:
  static bool takes_short_password(std::string_view line) {
    constexpr std::array<std::string_view, 4> kPrograms = {"mysql", "mariadb", "sshpass", " login"};
    return std::any_of(kPrograms.begin(), kPrograms.end(),
                       [&](std::string_view program) { return contains(line, program); });
  }

  [[nodiscard]] bool is_instruction(std::string_view word) const {
    const std::string_view line = trim_left(line_);
    return istarts_with(line, word) && line.size() > word.size() && is_blank(line[word.size()]);
  }

  void add(std::size_t begin, std::size_t end) {
    if (begin < end) out_.push_back({begin, end});
  }

  /// `scheme://user:password@host`
  void addresses() {
    for (std::size_t at = 0; (at = find_text(line_, "://", at)) != kNowhere;) {
      at += 3;
      const std::size_t end = std::min(line_.find_first_of("/?# \t\"'`<>,;)", at), line_.size());
      const std::string_view authority = line_.substr(at, end - at);
      const std::size_t host = authority.rfind('@');
      if (host == kNowhere) continue;
      const std::size_t colon = authority.substr(0, host).find(':');
      if (colon != kNowhere && !is_reference(authority.substr(colon + 1, host - colon - 1)))
        add(at + colon + 1, at + host);
    }
  }

  void shapes() {
    for (const Shape& shape : kShapes)
      for (std::size_t at = 0; (at = find_text(line_, shape.start, at)) != kNowhere;) {
        const bool is_word = at == 0 || !is_name(line_[at - 1]);
        const bool is_scheme = shape.start.ends_with(' ');
        std::size_t end = at + shape.start.size();
        while (end < line_.size() && is_base64(line_[end])) ++end;
        if (is_word && end - at >= shape.least) add(is_scheme ? at + shape.start.size() : at, end);
        at = end;
      }
  }

  /// Redis: `user NAME on >password #hash`.
  void acl_words() {
    if (!trim_left(line_).starts_with("user ")) return;
    for (std::size_t at = 1; at < line_.size(); ++at) {
      if (!is_blank(line_[at - 1]) || std::string_view("><#!").find(line_[at]) == kNowhere)
        continue;
      const bool is_hash = line_[at] == '#' || line_[at] == '!';
      const std::size_t begin = at + 1;
      at = std::min(line_.find_first_of(kBlanks, begin), line_.size());
      if (!is_hash || at - begin == kHashDigits) add(begin, at);
    }
  }

  /// The name that begins at `at`, and what it names; returns where to go on.
  std::size_t name(std::size_t at) {
    std::size_t end = at;
    while (end < line_.size() && is_name(line_[end])) ++end;
    const std::string_view word = line_.substr(at, end - at);
    const std::string_view bare = trim_left(word, "-");
    const bool is_option = bare.size() != word.size();
    if (is_option && may_login_ && bare.size() > 1 && bare[0] == 'p' && word[1] != '-' &&
        !names_credential(bare)) {
      add(at + 2, std::min(line_.find_first_of(" \t;&|`\"'", at), line_.size()));
      return end;
    }
    std::size_t value = end;
    while (value < line_.size() && (is_quote(line_[value]) || line_[value] == ']')) ++value;
    const std::size_t behind = value;
    value = skip_blanks(value);
    const bool has_blank = value > behind;
    const bool has_sign = value < line_.size() && (line_[value] == '=' || line_[value] == ':');
    while (has_sign && value < line_.size() &&
           std::string_view("=:>").find(line_[value]) != kNowhere)
      ++value;
    if (has_sign) value = skip_blanks(value);
    if (value >= line_.size() || (!has_sign && !has_blank)) return end;
    if (is_option && is_user(bare)) return user(value);
    if (is_option && bare == "p" && may_login_) return take(value, false);
    if (bare == "name" && has_sign) {
      note_value(value);
      return end;
    }
    const bool is_named = bare == "value" && has_sign && is_credential_next_;
    if (bare == "auth" && has_sign && is_quote(line_[value])) return long_word(value, end);
    if (!is_named && !names_credential(bare)) return end;
    const bool is_at_edge = begins_line(at);
    if (!has_sign && bare == "secret" && (is_at_edge || begins_statement(at)))
      return take(value, false);
    const bool takes_blank = is_option || (is_at_edge && is_one_of(lower(bare), kWithBlank)) ||
                             (is_dockerfile_ && is_second_word(at));
    if (!has_sign && !takes_blank) return end;
    return take(value, is_at_edge || (!has_sign && !is_option));
  }

  [[nodiscard]] bool is_user(std::string_view option) const {
    return is_curl_ && is_one_of(option, "u user proxy-user U");
  }

  /// `admin:password`
  std::size_t user(std::size_t at) {
    if (is_quote(line_[at])) ++at;
    const std::size_t end = std::min(line_.find_first_of(" \t;&|`\"'", at), line_.size());
    const std::size_t colon = line_.substr(at, end - at).find(':');
    if (colon != kNowhere && !is_reference(line_.substr(at + colon + 1, end - at - colon - 1)))
      add(at + colon + 1, end);
    return end;
  }

  /// `"auth": "dXNlcjpwYXNz"` of a registry.
  std::size_t long_word(std::size_t quote, std::size_t otherwise) {
    std::size_t end = quote + 1;
    while (end < line_.size() && is_base64(line_[end])) ++end;
    if (end - quote < 8) return otherwise;
    add(quote + 1, end);
    return end;
  }

  /// `ENV NAME value`
  [[nodiscard]] bool is_second_word(std::size_t at) const {
    const std::string_view before = trim(line_.substr(0, at));
    return !before.empty() && before.find_first_of(kBlanks) == kNowhere;
  }

  /// Nothing but an opening quote or the dash of a list stands before it.
  [[nodiscard]] bool begins_line(std::size_t at) const {
    return line_.find_first_not_of(" \t-\"'") >= at;
  }

  /// `key k { secret "...";` of BIND
  [[nodiscard]] bool begins_statement(std::size_t at) const {
    const std::string_view before = trim_right(line_.substr(0, at));
    return before.ends_with('{') || before.ends_with(';') || before.ends_with("*/");
  }

  [[nodiscard]] std::size_t skip_blanks(std::size_t at) const {
    while (at < line_.size() && is_blank(line_[at])) ++at;
    return at;
  }

  /// The value at `at`: to its closing quote, or the whole rest, or one word.
  std::size_t take(std::size_t at, bool whole) {
    std::size_t begin = at, end = line_.size();
    if (is_quote(line_[at])) {
      ++begin;
      end = begin;
      while (end < line_.size() && line_[end] != line_[at]) end += line_[end] == '\\' ? 2 : 1;
      end = std::min(end, line_.size());
    } else if (whole) {
      end = at + trim_right(line_.substr(at)).size();
    } else {
      end = std::min(line_.find_first_of(" \t\r,;&}])\"'`", at), end);
    }
    const std::string_view value = line_.substr(begin, end - begin);
    // `token: false,  # a comment`
    const std::string_view first = value.substr(0, value.find_first_of(" \t,;"));
    if (!is_reference(value) && may_be_secret(first)) add(begin, end);
    return std::max(end, at + 1);
  }

  void note_value(std::size_t at) {
    std::string_view value = trim_left(line_.substr(at), "\"'");
    value = value.substr(0, value.find_first_of("\"', \t}"));
    is_credential_next_ = names_credential(value) || names_secret(value);
  }

  /// `- name: DB_PASSWORD` above `value: ...`
  void note_name(std::string_view before) {
    before = trim(before, " \t\r-{\"',");
    if (!before.starts_with("name")) return;
    before = trim_left(before.substr(4), "\" \t");
    if (!before.starts_with(':')) return;
    before = trim(before.substr(1), " \t\"'");
    is_credential_next_ = names_credential(before) || names_secret(before);
  }

  std::string_view line_;
  bool is_curl_, may_login_, is_dockerfile_ = false;
  bool is_credential_next_ = false;  ///< `value` has the credential that `name` has named
  std::vector<Secret> out_;
};

}  // namespace

std::vector<Secret> secrets_in(std::string_view line, std::string_view before) {
  return Finder(line, before).find();
}

std::string redacted(std::string_view line, std::string_view before) {
  std::string out;
  std::size_t from = 0;
  for (const Secret& secret : secrets_in(line, before)) {
    out += line.substr(from, secret.begin - from);
    out += kRedacted;
    from = secret.end;
  }
  out += line.substr(from);
  return out;
}

}  // namespace plimsoll
