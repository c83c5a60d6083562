#include "plugins/os/dpkg-files/unpackaged.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "scanner/formats/dpkg_files.h"
#include "scanner/root/walk.h"

namespace plimsoll::dpkg_files {
namespace {

constexpr std::array<std::string_view, 12> kDirectories = {
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec",
    "/bin",     "/sbin",     "/lib",     "/lib32",     "/lib64",     "/usr/games"};
constexpr std::size_t kMostPrograms = 200000;

/// The directories by their canonical paths, none below another: on a merged /usr they are fewer.
std::vector<std::string> places(const Root& root, std::vector<Error>& errors) {
  std::set<std::string> real;
  for (const std::string_view directory : kDirectories) {
    auto path = root.resolve(directory);
    if (path)
      real.insert(std::move(*path));
    else if (path.error().code != ErrorCode::not_found)
      errors.push_back(path.error());
  }
  std::vector<std::string> out;
  for (const std::string& path : real)
    if (out.empty() || (out.back() != "/" && !path.starts_with(out.back() + "/")))
      out.push_back(path);
  return out;
}

std::vector<std::string> programs(const Root& root, unsigned jobs, std::vector<Error>& errors) {
  WalkOptions options{
      .starts = places(root, errors), .types = bit(FileType::regular), .jobs = jobs};
  std::vector<std::vector<std::string>> found(std::max(1U, jobs));
  const WalkReport report = walk(root, options, [&](const WalkEntry& entry, unsigned worker) {
    auto& mine = found[worker];
    if ((entry.stat.mode & 0111U) != 0 && mine.size() <= kMostPrograms)
      mine.push_back(entry.path());
  });
  errors.insert(errors.end(), report.errors.begin(), report.errors.end());
  std::vector<std::string> out;
  for (auto& mine : found) {
    if (mine.size() > kMostPrograms)
      errors.push_back({ErrorCode::limit, "more than 200000 programs", {}});
    std::move(mine.begin(), mine.end(), std::back_inserter(out));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Unpackaged find_unpackaged_programs(const Root& root, unsigned jobs) {
  Unpackaged out;
  std::vector<std::string> paths = programs(root, jobs, out.errors);
  const Packaged packaged = find_packaged(root, paths);
  out.has_database = packaged.has_database;
  out.errors.insert(out.errors.end(), packaged.errors.begin(), packaged.errors.end());
  // A list that was not read could have named any of them.
  if (!packaged.errors.empty()) return out;
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (!packaged.is_packaged[i]) out.paths.push_back(std::move(paths[i]));
  return out;
}

}  // namespace plimsoll::dpkg_files
