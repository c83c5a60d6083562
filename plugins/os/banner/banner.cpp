#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/os_release.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"file", Type::text, "the file that holds the text"},
    Field{"shown", Type::text,
          "console (before a login there), network (before one from afar) or login (after it)"},
    Field{"blank", Type::boolean, "there is nothing to read in it"},
    Field{"escapes", Type::set,
          "the letters of agetty's escapes in it: `r` for `\\r`, the kernel's release"},
    Field{"names_system", Type::boolean, "it has the `ID` of os-release as a word, in any case"},
};
enum Column : std::size_t { kFile, kShown, kBlank, kEscapes, kNamesSystem };

constexpr std::array<std::string_view, 4> kFiles = {"/etc/issue", "/etc/issue.net", "/etc/motd",
                                                    "/etc/motd.d/a"};

// agetty(8): those of the first directory that has the file itself, and of no other.
constexpr std::array<std::string_view, 3> kIssues = {"/etc/issue", "/run/issue", "/usr/lib/issue"};
// pam_motd(8): the first that is there; in the directories a name hides its namesakes.
constexpr std::array<std::string_view, 3> kMotds = {"/etc/motd", "/run/motd", "/usr/lib/motd"};
constexpr std::array<std::string_view, 3> kMotdDirectories = {"/etc/motd.d", "/run/motd.d",
                                                              "/usr/lib/motd.d"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The characters behind backslashes; a doubled backslash is one and no escape.
std::vector<std::string> escapes_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (text[at] != '\\') continue;
    const std::string letter(1, text[++at]);
    if (is_letter(letter[0]) && std::find(out.begin(), out.end(), letter) == out.end())
      out.push_back(letter);
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool has_word(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    const std::size_t end = at + word.size();
    if (!iequals(text.substr(at, word.size()), word)) continue;
    if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end])))
      return true;
  }
  return false;
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {
    const auto release = read_os_release(root);
    if (!release) return;
    if (const auto id = release->find("id"); id != release->end()) system_ = id->second.first;
  }

  /// False when there is no such file.
  bool read(const std::string& file, std::string_view shown) {
    const auto text = root_.read(file);
    if (!text && text.error().code == ErrorCode::not_found) return false;
    if (!text) {
      facts_.gap(text.error(), file);
      return true;
    }
    std::vector<Value> row(kFields.size());
    row[kFile] = file;
    row[kShown] = std::string(shown);
    row[kBlank] = trim(*text).empty();
    row[kEscapes] = escapes_of(*text);
    row[kNamesSystem] = has_word(*text, system_);
    facts_.row(std::move(row), {file, telling_line(*text), 1});
    return true;
  }

  void read_issue() {
    for (const std::string_view issue : kIssues) {
      if (!read(std::string(issue), "console")) continue;
      const Root::Glob more = root_.glob(std::string(issue) + ".d/*.issue");
      for (const std::string& file : more.paths) read(file, "console");
      for (const Error& error : more.errors) facts_.gap(error);
      return;
    }
  }

  void read_motd() {
    for (const std::string_view motd : kMotds)
      if (read(std::string(motd), "login")) break;
    const Root::DropIns more = root_.drop_ins(kMotdDirectories, "");
    for (const std::string& file : more.files) read(file, "login");
    for (const Error& error : more.errors) facts_.gap(error);
  }

 private:
  /// The first line with the system's name or an escape, for the eye; else the first of all.
  std::uint32_t telling_line(std::string_view text) const {
    for (const Line& line : lines(text))
      if (has_word(line.text, system_) || !escapes_of(line.text).empty()) return line.number;
    return 1;
  }

  const Root& root_;
  Facts& facts_;
  std::string system_;
};

Facts read_banner(const Request& request) {
  Facts facts;
  Reader reader(request.root, facts);
  reader.read_issue();
  reader.read("/etc/issue.net", "network");
  reader.read_motd();
  return facts;
}

}  // namespace

extern const Probe banner_probe;
const Probe banner_probe{
    .name = "banner",
    .group = "os",
    .summary = "texts that users see before and after a login",
    .semantics = "agetty(8), issue(5), issue.net(5), pam_motd(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_banner,
    .files = kFiles,
};

}  // namespace plimsoll
