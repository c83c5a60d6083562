#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"file", Type::text, "the file that holds the line"},
    Field{"domain", Type::text, "as written: a user, `@group`, `%group`, `*`, `1000:2000`"},
    Field{"kind", Type::text,
          "whom the domain names: user, users (by id), group, groups (by id), logins or default"},
    Field{"type", Type::text, "soft, hard, both or exempt (no limit holds for the domain)"},
    Field{"item", Type::text, "core, nofile, maxlogins, …"},
    Field{"value", Type::text, "the number, `unlimited`, or the directory of `chroot`"},
    Field{"number", Type::integer, "the value as the line has it: core in KiB, cpu in minutes"},
    Field{"in_force", Type::boolean, "no later line sets the same for the same domain"},
};
enum Column : std::size_t { kFile, kDomain, kKind, kType, kItem, kValue, kNumber, kInForce };

constexpr std::array<std::string_view, 2> kFiles = {"/etc/security/limits.conf",
                                                    "/etc/security/limits.d/a.conf"};

constexpr std::string_view kBlank = " \t\r\v\f";

// pam_limits.c reads a line into 1024 bytes: what does not fit is a line of its own.
constexpr std::size_t kLineBytes = 1023;

/// How the value of an item is read.
enum class Kind : std::uint8_t { amount, level, logins, flag, path };
struct Item {
  std::string_view name;
  Kind kind;
};
// limits.conf(5). Others are passed over; `chroot` is Debian's own.
constexpr std::array kItems = {
    Item{"as", Kind::amount},           Item{"chroot", Kind::path},
    Item{"core", Kind::amount},         Item{"cpu", Kind::amount},
    Item{"data", Kind::amount},         Item{"fsize", Kind::amount},
    Item{"locks", Kind::amount},        Item{"maxlogins", Kind::logins},
    Item{"maxsyslogins", Kind::logins}, Item{"memlock", Kind::amount},
    Item{"msgqueue", Kind::amount},     Item{"nice", Kind::level},
    Item{"nofile", Kind::amount},       Item{"nonewprivs", Kind::flag},
    Item{"nproc", Kind::amount},        Item{"priority", Kind::level},
    Item{"rss", Kind::amount},          Item{"rtprio", Kind::amount},
    Item{"sigpending", Kind::amount},   Item{"stack", Kind::amount},
};

struct Limit {
  std::string domain;
  std::string_view kind;
  std::string type, item, value;
};

/// An id as strtoul(3) reads it, with nothing behind it.
bool is_id(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 18 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whom a domain names; empty when pam_limits refuses it or never applies it.
std::string_view kind_of(std::string_view domain) {
  const char first = domain.front();
  const auto colon = domain.find(':');
  if (colon == std::string_view::npos) {
    if (domain == "*") return "default";
    return first == '@' ? "group" : first == '%' ? "logins" : "user";
  }
  const std::size_t at = first == '@' || first == '%' ? 1 : 0;
  const std::string_view low = domain.substr(at, colon - at);
  const std::string_view high = domain.substr(colon + 1);
  const bool is_one = low.empty();
  if ((!is_one && !is_id(low)) || (high.empty() ? is_one : !is_id(high))) return {};
  if (first == '%') return is_one ? "logins" : std::string_view();
  return first == '@' ? "groups" : "users";
}

/// A number as strtol(3) reads it, whatever follows it; nothing without a digit.
std::optional<std::int64_t> leading_number(std::string_view text) {
  const std::size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  const std::size_t digits = text.find_first_not_of("0123456789", sign);
  const std::string_view number = text.substr(0, std::min(digits, text.size()));
  if (number.size() == sign) return {};
  if (number.size() > 18) return number.front() == '-' ? INT64_MIN : INT64_MAX;
  return to_integer(number.starts_with('+') ? number.substr(1) : number);
}

/// The value as pam_limits takes it; empty when it drops the line.
std::string value_of(Kind kind, std::string_view text) {
  if (kind == Kind::path) return std::string(text);
  if (kind == Kind::flag) return text == "1" ? "1" : "0";
  const bool is_none = text == "-1" || text == "-" || text == "unlimited" || text == "infinity";
  if (is_none && kind != Kind::level) return "unlimited";
  const auto number = leading_number(text);
  if (!number) return {};
  // strtoull(3) makes a huge number of a negative one.
  if (kind == Kind::amount && (*number < 0 || *number == INT64_MAX)) return "unlimited";
  return std::to_string(*number);
}

/// `alice -`: no limit holds for her. Here `%1000:` is a range of users like any other.
std::optional<Limit> parse_exemption(std::string_view domain) {
  const bool has_range = domain.find(':') != std::string_view::npos;
  const bool is_odd = domain.starts_with('%') && has_range;
  const std::string_view kind = kind_of(is_odd ? domain.substr(1) : domain);
  if (kind.empty() || kind == "default" || kind == "logins") return {};
  return Limit{std::string(domain), kind, "exempt", {}, {}};
}

/// One line of the file, or nothing where pam_limits takes none from it.
std::optional<Limit> parse_limit(std::string_view line) {
  line = line.substr(0, std::min(line.find('\0'), line.find('#')));
  const auto parts = words(line, kBlank);
  if (parts.size() == 2 && parts[1].starts_with('-')) return parse_exemption(parts[0]);
  if (parts.size() < 4) return {};
  Limit limit{std::string(parts[0]), kind_of(parts[0]), lower(parts[1]), {}, {}};
  if (limit.kind.empty()) return {};
  limit.item = lower(parts[2]);
  const auto item = std::find_if(kItems.begin(), kItems.end(),
                                 [&](const Item& one) { return one.name == limit.item; });
  if (item == kItems.end()) return {};
  // A type makes no difference to these, so any will do.
  const bool any_type = item->kind == Kind::logins || item->kind == Kind::flag;
  if (any_type || limit.type == "-")
    limit.type = "both";
  else if (limit.type != "soft" && limit.type != "hard")
    return {};
  if (limit.kind == "logins" && limit.item != "maxlogins") return {};
  limit.value = value_of(item->kind, lower(parts[3]));
  if (limit.value.empty()) return {};
  return limit;
}

class Reader {
 public:
  explicit Reader(Facts& facts) : facts_(facts) {}

  void read(const Root& root, std::string_view file) {
    const auto text = root.read(file);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
      return;
    }
    for (const Line& line : lines(*text)) read_line(file, line);
  }

 private:
  void read_line(std::string_view file, const Line& line) {
    std::string_view rest = line.text;
    do {
      const std::string_view part = rest.substr(0, kLineBytes);
      if (auto limit = parse_limit(part)) add(file, std::move(*limit), line.number);
      rest.remove_prefix(part.size());
    } while (!rest.empty());
  }

  void add(std::string_view file, Limit limit, std::uint32_t line) {
    for (const char* half : {"soft", "hard"})
      if (limit.type == half || limit.type == "both")
        replace(limit.domain + " " + half + " " + limit.item);
    std::vector<Value> row(kFields.size());
    row[kFile] = std::string(file);
    row[kKind] = std::string(limit.kind);
    row[kDomain] = std::move(limit.domain);
    row[kType] = std::move(limit.type);
    row[kItem] = std::move(limit.item);
    if (const auto number = to_integer(limit.value)) row[kNumber] = *number;
    row[kValue] = std::move(limit.value);
    row[kInForce] = true;
    halves_.push_back(std::get<std::string>(row[kType]) == "both" ? 2 : 1);
    facts_.row(std::move(row), {std::string(file), line, 1});
  }

  /// The later line stands (process_limit() in pam_limits.c); a line on both halves is in force as
  /// long as one of them is.
  void replace(const std::string& key) {
    const auto [slot, is_new] = last_.try_emplace(key, facts_.rows.size());
    if (is_new) return;
    if (--halves_[slot->second] == 0) facts_.rows[slot->second].fields[kInForce] = false;
    slot->second = facts_.rows.size();
  }

  Facts& facts_;
  std::map<std::string, std::size_t> last_;  ///< domain, half and item → the row that sets it
  std::vector<int> halves_;                  ///< of each row: how many halves it still sets
};

Facts read_limits(const Request& request) {
  Facts facts;
  Reader reader(facts);
  reader.read(request.root, kFiles[0]);
  // pam_limits.so(8): then every file of the directory, in the order of the C locale.
  const Root::Glob found = request.root.glob("/etc/security/limits.d/*.conf");
  for (const std::string& file : found.paths) reader.read(request.root, file);
  for (const Error& error : found.errors) facts.gap(error);
  return facts;
}

}  // namespace

extern const Probe limits_probe;
const Probe limits_probe{
    .name = "limits",
    .group = "os",
    .summary = "resource limits that pam_limits gives to sessions",
    .semantics = "limits.conf(5), pam_limits(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_limits,
    .files = kFiles,
};

}  // namespace plimsoll
