#include "plugins/os/account/user_database.h"

#include <limits>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

/// isspace(3) in the C locale; what glibc skips before a line, a number and a list element.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What strtoul(3) makes of the start of a text.
struct Number {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes used; 0 when there is no number
  bool fits = true;        ///< false: it needs more than 32 bits, and glibc drops the whole line
};

Number leading_number(std::string_view text) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::size_t at = 0;
  while (at < text.size() && is_space(text[at])) ++at;
  const bool minus = at < text.size() && text[at] == '-';
  if (minus || (at < text.size() && text[at] == '+')) ++at;
  const std::size_t first = at;
  std::uint64_t value = 0;
  bool overflow = false;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    const auto digit = static_cast<std::uint64_t>(text[at] - '0');
    overflow = overflow || value > (kMost - digit) / 10;
    value = value * 10 + digit;
  }
  if (at == first) return {};
  // strtoul(3) negates in unsigned arithmetic: -1 is far too much, -18446744073709551615 is 1.
  if (minus) value = 0 - value;
  overflow = overflow || value > std::numeric_limits<std::uint32_t>::max();
  return {static_cast<std::uint32_t>(value), at, !overflow};
}

/// Takes one colon-separated field after the other from a line.
class Cursor {
 public:
  explicit Cursor(std::string_view line) : rest_(line) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::string_view text() {
    const auto colon = rest_.find(':');
    const std::string_view field = rest_.substr(0, colon);
    rest_.remove_prefix(colon == std::string_view::npos ? rest_.size() : colon + 1);
    return field;
  }

  /// All that is left, colons included.
  std::string_view rest() { return std::exchange(rest_, {}); }

  /// A number that has to be there; the line may end with it.
  std::optional<std::uint32_t> number() {
    const Number found = leading_number(rest_);
    if (found.length == 0 || !found.fits || !end_field(found.length)) return std::nullopt;
    return found.value;
  }

  /// A number or nothing, in a field that has to be there. False when the line is no entry.
  bool maybe_number(std::optional<std::uint32_t>& value) {
    if (rest_.empty()) return false;
    const Number found = leading_number(rest_);
    if (!found.fits) return false;
    if (found.length > 0) value = found.value;
    return end_field(found.length);
  }

  /// The rest must be blank, or one number and nothing behind it: the reserved field of shadow(5).
  bool reserved() {
    if (rest_.empty()) return true;
    const Number found = leading_number(rest_);
    return found.fits && found.length == rest_.size();
  }

  void skip_space() { rest_ = trim_left(rest_, " \t\n\v\f\r"); }

  /// Names with commas between, up to `end` or the end of the line; empty ones do not count.
  std::vector<std::string_view> list(char end) {
    std::vector<std::string_view> out;
    while (!rest_.empty() && rest_.front() != end) {
      skip_space();
      std::size_t length = 0;
      while (length < rest_.size() && rest_[length] != ',' && rest_[length] != end) ++length;
      if (length > 0) out.push_back(rest_.substr(0, length));
      rest_.remove_prefix(length);
      if (rest_.empty() || rest_.front() == end) break;
      rest_.remove_prefix(1);
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
    return out;
  }

 private:
  bool end_field(std::size_t length) {
    rest_.remove_prefix(length);
    if (rest_.empty()) return true;
    if (rest_.front() != ':') return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

constexpr char kLineEnd = '\0';  // no list of the last field ends before the line does

bool parse_line(Cursor& fields, PasswdEntry& entry) {
  entry.name = fields.text();
  if (fields.at_end() && is_nis_line(entry.name)) return true;
  entry.password = fields.text();
  if (is_nis_line(entry.name)) {
    std::optional<std::uint32_t> uid, gid;
    if (!fields.maybe_number(uid) || !fields.maybe_number(gid)) return false;
    entry.uid = uid.value_or(0);
    entry.gid = gid.value_or(0);
  } else {
    const auto uid = fields.number();
    const auto gid = uid ? fields.number() : std::nullopt;
    if (!gid) return false;
    entry.uid = *uid;
    entry.gid = *gid;
  }
  entry.gecos = fields.text();
  entry.home = fields.text();
  entry.shell = fields.rest();
  return true;
}

/// Days as shadow(5) counts them. glibc reads them as 32-bit signed, and -1 stands for "empty".
std::optional<std::int64_t> days(std::optional<std::uint32_t> raw) {
  const auto value = static_cast<std::int32_t>(raw.value_or(0xffffffffU));
  if (value == -1) return std::nullopt;
  return value;
}

bool parse_line(Cursor& fields, ShadowEntry& entry) {
  entry.name = fields.text();
  if (fields.at_end() && is_nis_line(entry.name)) return true;
  entry.password = fields.text();
  std::optional<std::uint32_t> last_change, min, max, warn, inactive, expire;
  if (!fields.maybe_number(last_change) || !fields.maybe_number(min) || !fields.maybe_number(max))
    return false;
  fields.skip_space();
  // Lines of the oldest form end here.
  if (!fields.at_end() && (!fields.maybe_number(warn) || !fields.maybe_number(inactive) ||
                           !fields.maybe_number(expire) || !fields.reserved()))
    return false;
  entry.last_change = days(last_change);
  entry.min = days(min);
  entry.max = days(max);
  entry.warn = days(warn);
  entry.inactive = days(inactive);
  entry.expire = days(expire);
  return true;
}

bool parse_line(Cursor& fields, GroupEntry& entry) {
  entry.name = fields.text();
  if (fields.at_end() && is_nis_line(entry.name)) return true;
  entry.password = fields.text();
  if (is_nis_line(entry.name)) {
    std::optional<std::uint32_t> gid;
    if (!fields.maybe_number(gid)) return false;
    entry.gid = gid.value_or(0);
  } else {
    const auto gid = fields.number();
    if (!gid) return false;
    entry.gid = *gid;
  }
  entry.members = fields.list(kLineEnd);
  return true;
}

bool parse_line(Cursor& fields, GshadowEntry& entry) {
  entry.name = fields.text();
  if (fields.at_end() && is_nis_line(entry.name)) return true;
  entry.password = fields.text();
  entry.admins = fields.list(':');
  entry.members = fields.list(kLineEnd);
  return true;
}

template <class Entry>
std::vector<Entry> parse(std::string_view text) {
  std::vector<Entry> out;
  for (const Line& line : lines(text)) {
    // C strings: what follows a NUL byte is not seen.
    const std::string_view body =
        trim_left(line.text.substr(0, line.text.find('\0')), " \t\n\v\f\r");
    if (body.empty() || body.front() == '#') continue;
    Entry entry;
    entry.line = line.number;
    Cursor fields(body);
    if (parse_line(fields, entry)) out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace

std::vector<PasswdEntry> parse_passwd(std::string_view text) { return parse<PasswdEntry>(text); }
std::vector<ShadowEntry> parse_shadow(std::string_view text) { return parse<ShadowEntry>(text); }
std::vector<GroupEntry> parse_group(std::string_view text) { return parse<GroupEntry>(text); }
std::vector<GshadowEntry> parse_gshadow(std::string_view text) { return parse<GshadowEntry>(text); }

}  // namespace plimsoll
