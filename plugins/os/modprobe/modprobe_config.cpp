#include "plugins/os/modprobe/modprobe_config.h"

#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

// modprobe.d(5), highest priority first; Debian 12 builds kmod for an unmerged /lib.
constexpr std::array<std::string_view, 4> kDirectories = {
    "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d"};
constexpr std::size_t kLines = 1U << 16U;  // directives of all files together

/// kmod's notion of a line: a backslash before a line feed joins, before anything else it vanishes
/// and leaves what follows it.
class WrappedLines {
 public:
  explicit WrappedLines(std::string_view text) : text_(text) {}

  bool next(std::string& line, std::uint32_t& number) {
    if (at_ >= text_.size()) return false;
    line.clear();
    number = next_number_;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c == '\n') break;
      if (c == '\\') {
        if (at_ >= text_.size()) break;
        c = text_[at_++];
        if (c == '\n') {
          ++next_number_;
          continue;
        }
      }
      line += c;
    }
    ++next_number_;
    line.resize(std::min(line.find('\0'), line.size()));  // kmod holds a C string
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t next_number_ = 1;
};

/// The next word between blanks and tabs; what follows its one separator stays in `rest`.
std::string_view take_word(std::string_view& rest) {
  rest = trim_left(rest, " \t");
  const auto end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// The words from the first to the last that stand in a list, as kmod prints them again: one run.
std::string run_of(const std::vector<std::string_view>& modules, std::size_t first,
                   std::size_t last) {
  return first > last ? ""
                      : join(std::vector<std::string_view>(
                                 modules.begin() + static_cast<std::ptrdiff_t>(first),
                                 modules.begin() + static_cast<std::ptrdiff_t>(last) + 1),
                             " ");
}

/// `pre:` and `post:` with the modules that follow each, in the spelling of `modprobe --showconfig`
/// (kmod 30): no blank between the lists, and a list that is taken up again spans what lies
/// between. A single blank too many before the first word makes it part of that word.
std::string softdep_value(std::string_view text) {
  const auto is_space = [&](std::size_t i) {
    return i < text.size() && kBlanks.find(text[i]) != std::string_view::npos;
  };
  auto parts = words(text);
  if (is_space(0) && !is_space(1) && !parts.empty()) parts.erase(parts.begin());
  std::vector<std::string_view> modules;
  struct Span {
    std::size_t first = 1, last = 0;
  } pre, post;
  Span* into = nullptr;
  for (const std::string_view word : parts) {
    if (word == "pre:" || word == "post:") {
      into = word == "pre:" ? &pre : &post;
    } else if (into != nullptr) {
      if (into->first > into->last) into->first = modules.size();
      into->last = modules.size();
      modules.push_back(word);
    }
  }
  const std::string before = run_of(modules, pre.first, pre.last);
  const std::string after = run_of(modules, post.first, post.last);
  return (before.empty() ? "" : "pre: " + before) + (after.empty() ? "" : "post: " + after);
}

/// kmod splits off one separator and keeps the rest as it stands; blanks before it mean nothing.
std::string rest_value(std::string_view command, std::string_view rest) {
  if (command == "softdep") return softdep_value(rest);
  std::string value(trim_left(rest, " \t"));
  if (command == "options") std::replace(value.begin(), value.end(), '\t', ' ');
  return value;
}

void read_directive(std::string_view text, Origin origin, std::vector<ModprobeLine>& out) {
  if (text.empty() || text.front() == '#') return;
  const std::string_view command = take_word(text);
  const bool one_word = command == "alias" || command == "blacklist";
  if (!one_word && command != "options" && command != "install" && command != "remove" &&
      command != "softdep")
    return;  // kmod ignores the line and says so
  std::string name(take_word(text));
  if (name.empty() || !to_underscores(name)) return;
  std::string value;
  if (command == "alias") {
    value = take_word(text);
    if (value.empty() || !to_underscores(value)) return;
  } else if (command == "blacklist") {
    value = name;
  } else {
    if (text.empty()) return;  // no command, no options
    value = rest_value(command, text);
  }
  out.push_back({std::string(command), std::move(name), std::move(value), std::move(origin)});
}

bool is_directory(const Root& root, const DirEntry& entry, const std::string& path) {
  if (entry.type == FileType::directory) return true;
  if (entry.type != FileType::symlink) return false;
  const auto behind = root.stat(path);
  return behind && behind->type == FileType::directory;
}

/// kmod passes over hidden names and directories (behind links, too) before it looks for namesakes,
/// so they hide none; an empty file or a link to nothing does.
std::map<std::string, std::string> config_files(const Root& root, Facts& facts) {
  std::map<std::string, std::string> by_name;
  for (const std::string_view directory : kDirectories) {
    const auto entries = root.list(directory);
    if (!entries) {
      if (entries.error().code == ErrorCode::wrong_type)
        by_name.try_emplace(std::string(base_name(directory)), directory);  // a file is one too
      else if (entries.error().code != ErrorCode::not_found)
        facts.gap(entries.error());
      continue;
    }
    for (const DirEntry& entry : *entries) {
      if (entry.name.starts_with('.') || !entry.name.ends_with(".conf")) continue;
      std::string path = join_path(directory, entry.name);
      if (is_directory(root, entry, path)) continue;
      by_name.try_emplace(entry.name, std::move(path));
    }
  }
  return by_name;
}

/// A link to nothing, to a directory or to /dev/null has no lines to offer.
bool has_lines(const Root& root, const std::string& file) {
  const auto stat = root.stat(file);
  if (!stat) return stat.error().code != ErrorCode::not_found;
  const auto real = root.resolve(file);
  return stat->type != FileType::directory && !(real && *real == "/dev/null");
}

}  // namespace

bool to_underscores(std::string& name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '-') {
      name[i] = '_';
    } else if (name[i] == ']') {
      return false;
    } else if (name[i] == '[') {
      i = name.find(']', i);
      if (i == std::string::npos) return false;
    }
  }
  return true;
}

std::vector<ModprobeLine> read_modprobe_lines(const Root& root, Facts& facts) {
  std::vector<ModprobeLine> out;
  for (const auto& [name, file] : config_files(root, facts)) {
    const auto text = root.read(file);
    if (!text) {
      if (has_lines(root, file)) facts.gap(text.error());
      continue;
    }
    WrappedLines reader(*text);
    std::string line;
    std::uint32_t number = 0;
    while (reader.next(line, number)) {
      if (out.size() >= kLines) {
        facts.gap({ErrorCode::limit, "more than 65536 directives", {file, number, 1}});
        return out;
      }
      read_directive(line, {file, number, 1}, out);
    }
  }
  return out;
}

}  // namespace plimsoll
