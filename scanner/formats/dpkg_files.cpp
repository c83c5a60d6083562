#include "scanner/formats/dpkg_files.h"

#include <fmt/format.h>

#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kDiversions = "/var/lib/dpkg/diversions";
constexpr std::string_view kInfo = "/var/lib/dpkg/info";
constexpr std::string_view kStatusFolder = "/var/lib/dpkg/status.d/";
constexpr std::uint64_t kLargestList = 64U << 20U;
constexpr std::size_t kSumSize = 32;

/// Takes whole lines; what is left without a newline is a file that was cut off.
template <class Take>
std::optional<Error> each_line(std::string_view text, const std::string& file, Take take) {
  const auto error = [&](std::uint32_t line, std::string what) {
    return Error{ErrorCode::invalid, std::move(what), {file, line, 0}};
  };
  std::uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return error(number, "the last line is cut off");
    if (const char* const wrong = take(text.substr(0, end))) return error(number, wrong);
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

/// Takes the last word off a text.
std::string_view pop_word(std::string_view& text) {
  text = trim_right(text);
  const auto blank = text.find_last_of(kBlanks);
  const std::string_view word = text.substr(blank == std::string_view::npos ? 0 : blank + 1);
  text.remove_suffix(word.size());
  return word;
}

/// Canonical directories, each resolved once.
class Directories {
 public:
  explicit Directories(const Root& root) : root_(root) {}
  const std::string& canonical(std::string_view directory) {
    const auto [at, is_new] = known_.try_emplace(std::string(directory));
    if (is_new) at->second = root_.resolve(directory).value_or(std::string());
    return at->second;
  }

 private:
  const Root& root_;
  std::unordered_map<std::string, std::string> known_;
};

/// Looks for some files in the lists of one package after the other.
class Finder {
 public:
  Finder(const Root& root, const std::vector<std::string>& paths)
      : paths_(paths), info_(root), diversions_(DpkgDiversions::read(root)), directories_(root) {
    for (const std::string& path : paths) {
      names_.insert(base_name(path));
      is_packaged_.emplace(path, false);
    }
    if (!diversions_) return;
    for (const auto& [path, diversion] : diversions_->all())
      if (names_.contains(base_name(diversion.place))) names_.insert(base_name(path));
  }

  void look_in(const DpkgPackage& package) {
    const std::string_view kind = has_sums_only(package) ? "md5sums" : "list";
    const auto text = info_.read(package, kind);
    const std::string file = info_.path_of(package, kind);
    std::optional<Error> wrong;
    if (!text && package.is_unpacked())
      wrong = missing_list(file);
    else if (text && !*text)
      wrong = text->error();
    else if (text && kind == "list")
      wrong = each_listed(**text, file, [&](std::string_view line) { mark(line, package); });
    else if (text)
      wrong = each_sum(**text, file,
                       [&](std::string_view, std::string_view line) { mark(line, package); });
    if (wrong) errors_.push_back(std::move(*wrong));
  }

  Packaged answer(DpkgStatus status) {
    Packaged out{status.present, {}, std::move(status.errors)};
    if (info_.error()) out.errors.push_back(*info_.error());
    if (!diversions_) out.errors.push_back(diversions_.error());
    std::move(errors_.begin(), errors_.end(), std::back_inserter(out.errors));
    for (const std::string& path : paths_) out.is_packaged.push_back(is_packaged_[path]);
    return out;
  }

 private:
  void mark(std::string_view line, const DpkgPackage& package) {
    // Nearly every line is none that is looked for, and its last part tells.
    if (!names_.contains(base_name(line.substr(0, line.size() - (line.ends_with('/') ? 1 : 0)))))
      return;
    const std::string path = dpkg_path(line);
    std::string_view place = path;
    if (diversions_) place = diversions_->place_of(path, package.name);
    const auto found =
        is_packaged_.find(join_path(directories_.canonical(parent_path(place)), base_name(place)));
    if (found != is_packaged_.end()) found->second = true;
  }

  const std::vector<std::string>& paths_;
  DpkgInfo info_;
  Result<DpkgDiversions> diversions_;
  Directories directories_;
  std::unordered_set<std::string_view> names_;  // last parts of listed paths that matter
  std::unordered_map<std::string_view, bool> is_packaged_;
  std::vector<Error> errors_;
};

}  // namespace

std::string dpkg_path(std::string_view written) {
  while (written.starts_with('/') || written.starts_with("./")) written.remove_prefix(1);
  if (written.ends_with('/')) written.remove_suffix(1);
  if (written == ".") return "/";  // how a list names the top
  std::string out = "/";
  return out.append(written);
}

std::string full_name(const DpkgPackage& package) {
  std::string name = lower(package.name);
  if (package.coinstallable) name.append(":").append(package.architecture);
  return name;
}

Result<DpkgDiversions> DpkgDiversions::read(const Root& root) {
  DpkgDiversions out;
  const auto text = root.read(kDiversions);
  if (!text && text.error().code == ErrorCode::not_found) return out;
  if (!text) return fail(text.error());
  // dpkg-divert(1), "Files": three lines each: the path, where its file lies instead, and the
  // package whose own file stays in place; a colon for the administrator's diversions.
  std::vector<std::string_view> three;
  const auto wrong = each_line(*text, std::string(kDiversions), [&](std::string_view line) {
    three.push_back(line);
    if (three.size() < 3) return static_cast<const char*>(nullptr);
    out.by_path_[dpkg_path(three[0])] = {dpkg_path(three[1]), lower(three[2])};
    three.clear();
    return static_cast<const char*>(nullptr);
  });
  if (wrong) return fail(*wrong);
  if (!three.empty())
    return fail(ErrorCode::invalid, "the last diversion is cut off", {std::string(kDiversions)});
  return out;
}

std::string_view DpkgDiversions::place_of(std::string_view path, std::string_view package) const {
  const auto found = by_path_.find(path);
  if (found == by_path_.end() || iequals(found->second.package, package)) return path;
  return found->second.place;
}

DpkgInfo::DpkgInfo(const Root& root) : stream_(root) {
  const auto entries = root.list(kInfo);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found) error_ = entries.error();
    return;
  }
  for (const DirEntry& entry : *entries) names_.insert(entry.name);
}

bool has_sums_only(const DpkgPackage& package) { return package.file.starts_with(kStatusFolder); }

std::string DpkgInfo::path_of(const DpkgPackage& package, std::string_view kind) const {
  if (has_sums_only(package)) return fmt::format("{}.{}", package.file, kind);
  // A package that may be there once an architecture has that in the name of its files.
  const std::string name = lower(package.name);
  std::string file = fmt::format("{}.{}", full_name(package), kind);
  if (package.coinstallable && !names_.contains(file)) file = fmt::format("{}.{}", name, kind);
  return join_path(kInfo, file);
}

std::optional<Result<std::string>> DpkgInfo::read(const DpkgPackage& package,
                                                  std::string_view kind) {
  const std::string path = path_of(package, kind);
  if (!has_sums_only(package) && !names_.contains(base_name(path))) return std::nullopt;
  std::string text;
  const auto size =
      stream_.read(path, kLargestList, [&](std::string_view piece) { text.append(piece); });
  if (size) return text;
  if (size.error().code == ErrorCode::not_found) return std::nullopt;
  return Result<std::string>(fail(size.error()));
}

std::optional<Error> each_listed(std::string_view text, const std::string& file,
                                 const std::function<void(std::string_view line)>& take) {
  return each_line(text, file, [&](std::string_view line) -> const char* {
    if (line.empty()) return "an empty line in a list of files";
    take(line);
    return nullptr;
  });
}

std::optional<Error> each_sum(
    std::string_view text, const std::string& file,
    const std::function<void(std::string_view sum, std::string_view line)>& take) {
  return each_line(text, file, [&](std::string_view line) -> const char* {
    if (line.size() < kSumSize + 3 || line.substr(kSumSize, 2) != "  ")
      return "neither a sum nor two blanks and a path behind it";
    take(line.substr(0, kSumSize), line.substr(kSumSize + 2));
    return nullptr;
  });
}

std::map<std::string, std::string_view, std::less<>> conffiles_of(const DpkgPackage& package) {
  std::map<std::string, std::string_view, std::less<>> out;
  for (const Line& line : lines(package.conffiles)) {
    // deb-conffiles(5): ` /path sum`, and flags behind the sum; a path may have blanks in it.
    std::string_view rest = line.text;
    std::string_view sum = pop_word(rest);
    while (sum == "obsolete" || sum == "remove-on-upgrade") sum = pop_word(rest);
    rest = trim(rest);
    if (!rest.empty()) out.emplace(dpkg_path(rest), sum);
  }
  return out;
}

Error missing_list(std::string file) {
  return {ErrorCode::not_found, "the list of the package's files is missing", {std::move(file)}};
}

Packaged find_packaged(const Root& root, const std::vector<std::string>& paths) {
  DpkgStatus status = read_dpkg_status(root);
  Finder finder(root, paths);
  for (const DpkgPackage& package : status.packages)
    if (package.status != "not-installed") finder.look_in(package);
  return finder.answer(std::move(status));
}

}  // namespace plimsoll
