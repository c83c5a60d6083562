#include "scanner/formats/mount_tables.h"

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

/// The escapes of fstab(5) and mountinfo: blank, tab, newline, backslash and, in mountinfo, `#`.
std::string unescape(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const std::string_view code = field.substr(i, 4);
    if (code == "\\040" || code == "\\011" || code == "\\012" || code == "\\134" ||
        code == "\\043") {
      out += static_cast<char>(to_integer(code.substr(1), 8).value_or(0));
      i += 3;
    } else if (code.starts_with("\\\\")) {
      out += '\\';
      ++i;
    } else {
      out += field[i];
    }
  }
  return out;
}

}  // namespace

std::vector<MountEntry> parse_mntent(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const Line& line : lines(text)) {
    const std::string_view body = trim(line.text, " \t");
    if (body.empty() || body.starts_with('#')) continue;
    const auto fields = words(body, " \t");
    const auto field = [&](std::size_t i) {
      return i < fields.size() ? unescape(fields[i]) : std::string{};
    };
    entries.push_back({field(0), field(1), field(2), field(3), line.number});
  }
  return entries;
}

std::vector<MountEntry> parse_mountinfo(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const Line& line : lines(text)) {
    const auto dash = line.text.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = words(line.text.substr(0, dash), " ");
    const auto behind = split(line.text.substr(dash + 3), ' ');
    if (before.size() < 6 || behind.size() < 3) continue;
    std::string options(before[5]);
    options.append(",").append(behind[2]);
    entries.push_back({unescape(behind[1]), unescape(before[4]), std::string(behind[0]),
                       unescape(options), line.number});
  }
  return entries;
}

}  // namespace plimsoll
