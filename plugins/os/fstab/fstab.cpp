#include <cerrno>
#include <cstdlib>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"source", Type::text, "device, label or pseudo source, as written: `UUID=…`, `tmpfs`"},
    Field{"fstype", Type::text, "file system type, or a list of types"},
    Field{"options", Type::set,
          "mount options, comma-separated; no row where the field is missing"},
    Field{"freq", Type::integer, "dump(8) frequency, 0 when missing"},
    Field{"passno", Type::integer, "fsck(8) order, 0 when missing"},
};

constexpr std::array<std::string_view, 1> kFiles = {"/etc/fstab"};

constexpr std::string_view kSeparators = " \t";

/// One entry of the table.
struct Entry {
  std::string source, target, fstype;
  std::optional<std::string> options;
  std::int32_t freq = 0;
  std::int32_t passno = 0;
};

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// fstab(5): a blank in a field is written `\040`; the reader resolves every three-digit octal
/// escape. An escaped NUL ends the field, as it ends a C string.
std::string unescape(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size() && is_octal(field[i + 1]) &&
        is_octal(field[i + 2]) && is_octal(field[i + 3])) {
      const int code = (field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0');
      out += static_cast<char>(code & 0xFF);
      i += 3;
    } else {
      out += field[i];
    }
  }
  return out.substr(0, out.find('\0'));
}

/// Takes the next field off `rest`, then the blanks behind it; empty at the end of the line.
std::string_view take_field(std::string_view& rest) {
  const std::string_view field = rest.substr(0, rest.find_first_of(kSeparators));
  rest = trim_left(rest.substr(field.size()), kSeparators);
  return field;
}

/// freq and passno are read as strtol(3) reads them and kept in 32 bits. False when something else
/// follows the number in its field: the whole entry is then refused.
bool take_number(std::string_view& rest, std::int32_t& number) {
  const std::string text(rest);  // strtol wants its end marked
  char* end = nullptr;
  errno = 0;
  const long value = std::strtol(text.c_str(), &end, 10);
  number = static_cast<std::int32_t>(value);
  rest.remove_prefix(static_cast<std::size_t>(end - text.c_str()));
  if (rest.empty()) return true;
  const bool bad = end == text.c_str() || errno != 0;
  if (bad || kSeparators.find(rest.front()) == std::string_view::npos) return false;
  rest = trim_left(rest, kSeparators);
  return true;
}

/// One line of the table, without leading blanks. Empty when libmount refuses it: source, target
/// and type are needed, and what stands where a number belongs must be one.
std::optional<Entry> parse_entry(std::string_view rest) {
  Entry entry;
  const std::string_view source = take_field(rest);
  const std::string_view target = take_field(rest);
  const std::string_view fstype = take_field(rest);
  if (source.empty() || target.empty() || fstype.empty()) return {};
  entry.source = unescape(source);
  entry.target = unescape(target);
  entry.fstype = unescape(fstype);
  if (rest.empty()) return entry;
  entry.options = unescape(take_field(rest));
  if (rest.empty()) return entry;
  if (!take_number(rest, entry.freq)) return {};
  if (rest.empty()) return entry;
  if (!take_number(rest, entry.passno)) return {};
  return entry;
}

/// The part of a line that libmount looks at; empty for comments, blank lines and lines it drops.
std::string_view content_of(const Line& line, bool has_newline) {
  std::string_view text = line.text;
  // A NUL hides the newline behind it, so the line counts as cut off; only the last line of a file
  // may lack its newline, and then ends at the NUL.
  const auto nul = text.find('\0');
  if (nul != std::string_view::npos) {
    if (has_newline) return {};
    text = text.substr(0, nul);
  }
  if (text.ends_with('\r')) text.remove_suffix(1);
  text = trim_left(text, kSeparators);
  return text.starts_with('#') ? std::string_view{} : text;
}

void add_entry(Facts& facts, const Entry& entry, const Origin& origin) {
  facts.setting("source", entry.source, origin, entry.target);
  facts.setting("fstype", entry.fstype, origin, entry.target);
  if (entry.options) facts.setting("options", *entry.options, origin, entry.target);
  facts.setting("freq", std::to_string(entry.freq), origin, entry.target);
  facts.setting("passno", std::to_string(entry.passno), origin, entry.target);
}

Facts read_fstab(const Request& request) {
  Facts facts;
  const auto text = request.root.read(kFiles[0]);
  if (!text) {
    if (text.error().code == ErrorCode::not_found)
      facts.not_applicable = "there is no /etc/fstab";
    else
      facts.gap(text.error());
    return facts;
  }
  for (const Line& line : lines(*text)) {
    const bool has_newline = line.text.data() + line.text.size() != text->data() + text->size();
    const std::string_view content = content_of(line, has_newline);
    if (content.empty()) continue;
    const Origin origin{std::string(kFiles[0]), line.number, 1};
    if (const auto entry = parse_entry(content)) add_entry(facts, *entry, origin);
  }
  return facts;
}

}  // namespace

extern const Probe fstab_probe;
const Probe fstab_probe{
    .name = "fstab",
    .group = "os",
    .summary = "static file system table",
    .semantics = "fstab(5), findmnt(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read_fstab,
    .files = kFiles,
};

}  // namespace plimsoll
