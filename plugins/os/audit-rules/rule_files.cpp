#include "plugins/os/audit-rules/rule_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"

namespace plimsoll::audit {
namespace {

constexpr std::string_view kRulesDirectory = "/etc/audit/rules.d";
constexpr std::string_view kRulesFile = "/etc/audit/audit.rules";
constexpr std::size_t kMaxLines = 20000;
constexpr std::size_t kMaxBytes = 16U << 20U;
// Bookworm loads rules from auditd.service, later releases from a unit of their own.
constexpr std::array<std::string_view, 2> kUnits = {"audit-rules.service", "auditd.service"};

/// A command line of systemd.service(5) as its program and the rest; prefixes such as `-` dropped.
std::optional<Loader> as_loader(const systemd::Setting& setting) {
  const std::string_view line = trim_left(setting.assignment.value, "-@+!: ");
  const auto parts = words(line);
  if (parts.empty()) return std::nullopt;
  const std::string_view program = base_name(parts.front());
  if (program != "augenrules" && program != "auditctl") return std::nullopt;
  Loader loader{std::string(program), {}, false, {}, setting.assignment.origin};
  const std::vector<std::string_view> arguments(parts.begin() + 1, parts.end());
  loader.arguments = join(arguments, " ");
  const auto has = [&](std::string_view word) {
    return std::find(arguments.begin(), arguments.end(), word);
  };
  if (program == "augenrules") {
    loader.loads = has("--load") != arguments.end();
  } else if (const auto file = has("-R"); file != arguments.end() && file + 1 != arguments.end()) {
    loader.loads = true;
    loader.file = *(file + 1);
  }
  return loader;
}

struct Text {
  std::string text;
  std::vector<std::pair<std::size_t, Origin>> starts;  ///< where a line of a file begins in `text`
};

/// What `\s` in the patterns of augenrules means to the awk that runs it. Debian's default, mawk
/// 1.3.4, takes it for the letter s.
std::string_view blank_class(const Root& root) {
  const auto awk = root.resolve("/usr/bin/awk");
  return awk && base_name(*awk) != "mawk" ? kBlanks : "s";
}

/// What the lines become in augenrules: `-D`, `-b` and `-f` first, `-e` last, of each the last one.
class Merge {
 public:
  explicit Merge(std::string_view blanks) : blanks_(blanks) {}

  void take(RuleLine line) {
    const std::string_view text = trim_left(line.text, blanks_);
    if (line.text.empty() || text.starts_with('#')) return;
    if (text.starts_with("-e")) return put(enable_, std::move(line));
    // With an option, as in `-D -k key`, it keeps its place.
    if (trim_right(text, blanks_) == "-D") return put(delete_, std::move(line));
    if (text.starts_with("-f")) return put(failure_, std::move(line));
    if (text.starts_with("-b")) return put(backlog_, std::move(line));
    rest_.push_back(std::move(line));
  }
  std::vector<RuleLine> finish() {
    std::vector<RuleLine> out;
    // An empty line stands for what nothing gives.
    for (auto* const first : {&delete_, &backlog_, &failure_})
      out.push_back(std::move(*first).value_or(RuleLine{}));
    std::move(rest_.begin(), rest_.end(), std::back_inserter(out));
    out.push_back(std::move(enable_).value_or(RuleLine{}));
    return out;
  }

 private:
  static void put(std::optional<RuleLine>& slot, RuleLine line) { slot = std::move(line); }
  std::string_view blanks_;
  std::optional<RuleLine> delete_, backlog_, failure_, enable_;
  std::vector<RuleLine> rest_;
};

/// The words of what `ls -1v` prints: augenrules hands them to a shell loop unquoted, so that a
/// blank in a name makes two names of it.
std::vector<std::string> source_names(const std::vector<DirEntry>& entries, Facts& facts) {
  std::vector<std::string> names;
  for (const DirEntry& entry : entries)
    if (!entry.name.starts_with('.')) names.push_back(entry.name);
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    const int order = natural_order(a, b);
    return order != 0 ? order < 0 : a < b;
  });
  std::vector<std::string> out;
  for (const std::string& name : names)
    for (const std::string_view line : split(name, '\n')) {
      if (!line.ends_with(".rules")) continue;
      if (line.find_first_of("*?[") != std::string_view::npos)
        facts.gap({ErrorCode::unsupported,
                   "the shell in augenrules expands this file name",
                   {join_path(kRulesDirectory, name), 0, 0}});
      for (const std::string_view word : words(line, " \t\n")) out.emplace_back(word);
    }
  return out;
}

/// The files one after the other, as cat(1) puts them together: a file that lacks its last newline
/// runs into the next one.
Text concatenate(const Root& root, const std::vector<std::string>& names, Facts& facts) {
  Text all;
  for (const std::string& name : names) {
    const std::string path = join_path(kRulesDirectory, name);
    const auto text = root.read(path);
    if (!text) {
      const ErrorCode code = text.error().code;
      const auto stat = root.stat(path);
      const bool skipped =
          code == ErrorCode::not_found || (stat && stat->type == FileType::directory);
      if (!skipped) facts.gap(text.error());
      continue;
    }
    if (all.text.size() + text->size() > kMaxBytes) {
      facts.gap({ErrorCode::limit,
                 fmt::format("more than {} bytes of audit rules", kMaxBytes),
                 {path, 0, 0}});
      break;
    }
    const std::size_t start = all.text.size();
    all.text += *text;
    std::size_t at = start;
    for (const Line& line : lines(*text)) {
      all.starts.emplace_back(at, Origin{path, line.number, 1});
      at += line.text.size() + 1;
    }
  }
  return all;
}

/// Calls `take` for each line; false when there are too many, or one that awk or auditctl cuts.
template <class Take>
void for_each_line(const Text& all, Facts& facts, Take take) {
  std::size_t at = 0;
  std::size_t next = 0;
  std::size_t count = 0;
  for (const Line& line : lines(all.text)) {
    while (next < all.starts.size() && all.starts[next].first < at) ++next;
    const Origin origin = next < all.starts.size() && all.starts[next].first == at
                              ? all.starts[next].second
                              : Origin{};
    if (++count > kMaxLines)
      return facts.gap(
          {ErrorCode::limit, fmt::format("more than {} lines of audit rules", kMaxLines), origin});
    if (line.text.find('\0') != std::string_view::npos)
      return facts.gap({ErrorCode::invalid, "a NUL byte among audit rules", origin});
    take(RuleLine{std::string(line.text), origin});
    at += line.text.size() + 1;
  }
}

std::vector<RuleLine> read_file(const Root& root, std::string_view path, Facts& facts) {
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return {};
  }
  if (text->size() > kMaxBytes) {
    facts.gap({ErrorCode::limit,
               fmt::format("more than {} bytes of audit rules", kMaxBytes),
               {std::string(path), 0, 0}});
    return {};
  }
  Text all{std::string(*text), {}};
  std::size_t at = 0;
  for (const Line& line : lines(*text)) {
    all.starts.emplace_back(at, Origin{std::string(path), line.number, 1});
    at += line.text.size() + 1;
  }
  std::vector<RuleLine> out;
  for_each_line(all, facts, [&](RuleLine line) { out.push_back(std::move(line)); });
  return out;
}

/// verrevcmp's rank of a character; the end of the text comes before all but `~`.
int rank(std::string_view text, std::size_t at) {
  if (at == text.size()) return -1;
  const auto c = static_cast<unsigned char>(text[at]);
  if (c >= '0' && c <= '9') return 0;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return c;
  return c == '~' ? -2 : c + 256;
}

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

int compare_parts(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !is_digit_at(a, i)) || (j < b.size() && !is_digit_at(b, j))) {
      const int difference = rank(a, i) - rank(b, j);
      if (difference != 0) return difference;
      ++i;
      ++j;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    int first = 0;
    for (; is_digit_at(a, i) && is_digit_at(b, j); ++i, ++j)
      if (first == 0) first = a[i] - b[j];
    if (is_digit_at(a, i)) return 1;
    if (is_digit_at(b, j)) return -1;
    if (first != 0) return first;
  }
  return 0;
}

/// The name without what `ls -v` takes for suffixes: `(\.[A-Za-z~][A-Za-z0-9~]*)*` at its end.
std::size_t stem_length(std::string_view name) {
  const auto alpha = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '~';
  };
  std::size_t stem = 0;
  for (std::size_t i = 0; i < name.size();) {
    stem = ++i;
    while (i + 1 < name.size() && name[i] == '.' && alpha(name[i + 1]))
      for (i += 2; i < name.size() && (alpha(name[i]) || is_digit_at(name, i));) ++i;
  }
  return stem;
}

}  // namespace

int natural_order(std::string_view a, std::string_view b) {
  const std::string_view stem_a = a.substr(0, stem_length(a));
  const std::string_view stem_b = b.substr(0, stem_length(b));
  const int order = compare_parts(stem_a, stem_b);
  if (order != 0 || (stem_a.size() == a.size() && stem_b.size() == b.size())) return order;
  return compare_parts(a, b);
}

Loader find_loader(const Root& root, Facts& facts) {
  const systemd::UnitIndex index(root);
  for (const std::string_view name : kUnits) {
    const auto unit = index.find(name);
    if (!unit || unit->masked) continue;
    const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
    for (const Error& error : loaded.errors) facts.gap(error);
    std::optional<Loader> found;
    for (const systemd::Setting& setting : loaded.settings)
      if (setting.directive != nullptr && setting.assignment.key.starts_with("ExecStart"))
        if (auto loader = as_loader(setting); loader && (!found || loader->loads))
          found = std::move(loader);
    if (found) return *found;
  }
  return {};
}

std::vector<RuleLine> rule_lines(const Root& root, const Loader& loader, Facts& facts) {
  if (loader.program == "auditctl")
    return read_file(root, loader.file.empty() ? kRulesFile : std::string_view(loader.file), facts);
  const auto entries = root.list(kRulesDirectory);
  if (!entries) {
    if (entries.error().code == ErrorCode::denied || entries.error().code == ErrorCode::limit) {
      facts.gap(entries.error());
      return {};
    }
    return read_file(root, kRulesFile, facts);  // augenrules loads what is there
  }
  Merge merge(blank_class(root));
  const Text all = concatenate(root, source_names(*entries, facts), facts);
  for_each_line(all, facts, [&](RuleLine line) { merge.take(std::move(line)); });
  return merge.finish();
}

std::string_view generated_state(const Root& root, const std::vector<RuleLine>& lines) {
  const auto text = root.read(kRulesFile);
  if (!text) return "missing";
  std::string wanted =
      fmt::format("## This file is automatically generated from {}\n", kRulesDirectory);
  for (const RuleLine& line : lines) wanted += line.text + "\n";
  return *text == wanted ? "same" : "differs";
}

}  // namespace plimsoll::audit
