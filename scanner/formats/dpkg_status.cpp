#include "scanner/formats/dpkg_status.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kStatusFile = "/var/lib/dpkg/status";
constexpr std::string_view kUpdates = "/var/lib/dpkg/updates";
constexpr std::string_view kStatusFolder = "/var/lib/dpkg/status.d";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// deb-version(7): an epoch of zero need not be written, and dpkg prints neither it nor its leading
/// zeros. Where a later part holds a colon the epoch has to stay.
std::string_view without_zero_epoch(std::string_view version) {
  const auto colon = version.find(':');
  if (colon == std::string_view::npos || !all_digits(version.substr(0, colon))) return version;
  const auto digit = std::min(version.find_first_not_of('0'), colon);
  if (digit < colon) return version.substr(digit);
  const std::string_view rest = version.substr(colon + 1);
  return rest.find(':') == std::string_view::npos ? rest : version.substr(colon - 1);
}

/// Reads one database file stanza by stanza.
class Reader {
 public:
  Reader(std::string_view text, std::string file, std::string_view default_status)
      : rest_(text), file_(std::move(file)), default_status_(default_status) {}

  /// The next stanza with a package name; false at the end. Errors go to `errors`.
  bool next(DpkgPackage& package, std::vector<Error>& errors) {
    while (!rest_.empty()) {
      while (rest_.starts_with('\n')) take_line();
      if (rest_.empty()) return false;
      if (stanza(package, errors)) return true;
    }
    return false;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view take_line() {
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    return line;
  }

  void complain(std::string what, std::vector<Error>& errors) {
    if (complained_) return;  // dpkg stops at the first mistake; one a stanza is enough to know
    complained_ = true;
    errors.push_back({ErrorCode::invalid, std::move(what), {file_, line_, 1}});
  }

  bool stanza(DpkgPackage& package, std::vector<Error>& errors) {
    package = {};
    package.status = default_status_;
    package.line = line_ + 1;
    complained_ = false;
    seen_ = 0;
    in_conffiles_ = false;
    while (!rest_.empty() && !rest_.starts_with('\n')) {
      const std::string_view line = take_line();
      // deb822(5): a line that begins with a blank continues the field above.
      if (is_blank(line.front())) {
        if (trim(line).empty()) complain("a line of blanks inside a field", errors);
        if (in_conffiles_) extend(package.conffiles, line);
        continue;
      }
      in_conffiles_ = false;
      const auto colon = line.find(':');
      const std::string_view name = trim_right(line.substr(0, colon));
      if (colon == std::string_view::npos || name.empty() ||
          name.find_first_of(" \t") != std::string_view::npos) {
        complain("neither a field nor its continuation", errors);
      } else {
        field(package, name, trim(line.substr(colon + 1)), errors);
        if (in_conffiles_) package.conffiles = line.substr(line.size());
      }
    }
    if (package.name.empty()) complain("a stanza without a package name", errors);
    package.file = file_;
    return !package.name.empty();
  }

  void field(DpkgPackage& package, std::string_view name, std::string_view value,
             std::vector<Error>& errors) {
    switch (name.front() | 0x20) {  // most fields are none of these: decide by the first letter
      case 'p':
        if (!iequals(name, "Package") || repeated(0, errors)) return;
        package.name = value;
        package.line = line_;
        return;
      case 'm':
        if (!iequals(name, "Multi-Arch") || repeated(6, errors)) return;
        package.coinstallable = iequals(value, "same");
        return;
      case 'c':
        in_conffiles_ = iequals(name, "Conffiles") && !repeated(7, errors);
        return;
      case 'v':
        if (!iequals(name, "Version") || repeated(1, errors)) return;
        package.version = without_zero_epoch(value);
        return;
      case 'a':
        if (!iequals(name, "Architecture") || repeated(2, errors)) return;
        package.architecture = value;
        return;
      case 'e':
        if (!iequals(name, "Essential") || repeated(3, errors)) return;
        package.essential = iequals(value, "yes");
        return;
      case 's':
        if (iequals(name, "Status") && !repeated(4, errors)) status(package, value, errors);
        if (iequals(name, "Source") && !repeated(5, errors)) source(package, value);
        return;
      default:
        return;
    }
  }

  /// The field goes on to the end of this line.
  static void extend(std::string_view& field, std::string_view line) {
    field = {field.data(), static_cast<std::size_t>(line.data() + line.size() - field.data())};
  }

  bool repeated(unsigned bit, std::vector<Error>& errors) {
    const bool twice = (seen_ & (1U << bit)) != 0;
    if (twice) complain("a field is given twice in one stanza", errors);
    seen_ |= 1U << bit;
    return twice;
  }

  /// dpkg(1), "Package states": what is wanted, a flag, and what is.
  void status(DpkgPackage& package, std::string_view value, std::vector<Error>& errors) {
    std::array<std::string_view, 3> parts;
    for (std::string_view& part : parts) {
      value = trim_left(value);
      const auto end = std::min(value.find_first_of(kBlanks), value.size());
      part = value.substr(0, end);
      value.remove_prefix(end);
    }
    if (parts[2].empty() || !trim(value).empty())
      complain("a status is three words: what is wanted, a flag, the state", errors);
    package.want = parts[0];
    package.flag = parts[1];
    package.status = parts[2];
  }

  /// deb822 `Source: name (version)`; the version is there only where it differs.
  static void source(DpkgPackage& package, std::string_view value) {
    const auto end = std::min(value.find_first_of(" \t("), value.size());
    package.source = value.substr(0, end);
    const auto open = value.find('(');
    if (open == std::string_view::npos) return;
    const auto close = std::min(value.find(')', open), value.size());
    package.source_version = trim(value.substr(open + 1, close - open - 1));
  }

  std::string_view rest_;
  std::string file_;
  std::string_view default_status_;
  std::uint32_t line_ = 0;
  unsigned seen_ = 0;
  bool complained_ = false;
  bool in_conffiles_ = false;  // the lines that begin with a blank belong to that field
};

void read_file(const Root& root, const std::string& path, std::string_view default_status,
               DpkgStatus& out) {
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) {
      out.present = true;
      out.errors.push_back(text.error());
    }
    return;
  }
  out.present = true;
  out.packages.reserve(out.packages.size() + text->size() / 1024 + 1);
  Reader reader(*text, path, default_status);
  DpkgPackage package;
  while (reader.next(package, out.errors)) out.packages.push_back(package);
}

/// Files of a folder that `wanted` accepts, in order of name.
template <class Wanted>
std::vector<std::string> files_of(const Root& root, std::string_view folder, Wanted wanted,
                                  std::vector<Error>& errors) {
  std::vector<std::string> out;
  const auto entries = root.list(folder);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found) errors.push_back(entries.error());
    return out;
  }
  for (const DirEntry& entry : *entries)
    if (wanted(std::string_view(entry.name))) out.push_back(join_path(folder, entry.name));
  return out;
}

using Entry = std::vector<DpkgPackage>::iterator;

/// Where the entries of one name that can stand begin: a stanza takes the place of all before it,
/// unless both are `Multi-Arch: same`, or it says (in `status`, not in the journal) that the
/// package is not installed.
Entry first_standing(Entry begin, Entry end) {
  Entry start = begin;
  bool coinstallable = false;  // of the stanza before
  for (Entry at = begin; at != end; ++at) {
    if (at->status == "not-installed" && !at->file.starts_with(kUpdates)) continue;
    if (!at->coinstallable || !coinstallable) start = at;
    coinstallable = at->coinstallable;
  }
  return start;
}

/// dpkg keeps one entry for a name, or one for each architecture where that is allowed; the stanza
/// read last is the one that stands.
void keep_last(std::vector<DpkgPackage>& packages) {
  std::stable_sort(packages.begin(), packages.end(),
                   [](const DpkgPackage& a, const DpkgPackage& b) { return a.name < b.name; });
  std::vector<DpkgPackage> kept;
  kept.reserve(packages.size());
  for (Entry begin = packages.begin(); begin != packages.end();) {
    const Entry end = std::find_if(begin, packages.end(), [&](const DpkgPackage& package) {
      return package.name != begin->name;
    });
    const Entry start = first_standing(begin, end);
    std::stable_sort(start, end, [](const DpkgPackage& a, const DpkgPackage& b) {
      return a.architecture < b.architecture;
    });
    for (Entry at = start; at != end; ++at)
      if (at + 1 == end || (at + 1)->architecture != at->architecture)
        kept.push_back(std::move(*at));
    begin = end;
  }
  packages = std::move(kept);
}

/// Finds `Package: name` at the start of a line from `at` on, and the start of its stanza.
std::optional<std::size_t> stanza_of(std::string_view text, std::string_view name, std::size_t at) {
  constexpr std::string_view kField = "Package:";
  for (; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
    const auto end = at + name.size();
    if (end < text.size() && !is_blank(text[end])) continue;
    auto start = at;
    while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '\t')) --start;
    if (start < kField.size() ||
        !iequals(text.substr(start - kField.size(), kField.size()), kField))
      continue;
    start -= kField.size();
    if (start > 0 && text[start - 1] != '\n') continue;
    const auto gap = text.rfind("\n\n", start);
    return gap == std::string_view::npos ? 0 : gap + 2;
  }
  return std::nullopt;
}

/// All stanzas of one package, found without parsing the others.
std::vector<DpkgPackage> find_all(std::string_view text, std::string_view name) {
  std::vector<DpkgPackage> out;
  std::vector<Error> ignored;  // the package probe reports what is wrong with the file
  for (std::size_t at = 0; const auto start = stanza_of(text, name, at);) {
    Reader reader(text.substr(*start), {}, "not-installed");
    DpkgPackage package;
    if (!reader.next(package, ignored)) break;
    if (package.name == name) out.push_back(package);
    at = text.size() - reader.left();
  }
  return out;
}

}  // namespace

bool DpkgPackage::is_unpacked() const {
  return status == "installed" || status == "unpacked" || status == "half-configured" ||
         status.starts_with("triggers-");
}

DpkgStatus read_dpkg_status(const Root& root) {
  DpkgStatus out;
  read_file(root, std::string(kStatusFile), "not-installed", out);
  // dpkg writes each change to a numbered file there and merges them into `status` later.
  for (const std::string& path : files_of(root, kUpdates, all_digits, out.errors))
    read_file(root, path, "not-installed", out);
  const auto described = [](std::string_view name) { return !name.ends_with(".md5sums"); };
  for (const std::string& path : files_of(root, kStatusFolder, described, out.errors))
    read_file(root, path, "installed", out);
  keep_last(out.packages);
  return out;
}

std::optional<std::string> installed_version(const Root& root, std::string_view package) {
  if (package.empty()) return std::nullopt;
  std::vector<Error> ignored;
  const auto text = root.read(kStatusFile);
  std::vector<DpkgPackage> entries;
  if (text && files_of(root, kUpdates, all_digits, ignored).empty()) {
    entries = find_all(*text, package);
    keep_last(entries);
  } else {
    entries = read_dpkg_status(root).packages;
  }
  for (const DpkgPackage& entry : entries)
    if (entry.name == package && entry.is_unpacked()) return std::string(entry.version);
  return std::nullopt;
}

}  // namespace plimsoll
