#include "plugins/framework/spring/imports.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/framework/spring/names.h"
#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

constexpr std::size_t kMostImports = 32;  ///< of one file
constexpr std::size_t kDeepest = 8;

bool is_readable_name(std::string_view path) {
  return path.ends_with(".properties") || path.ends_with(".yml") || path.ends_with(".yaml");
}

bool takes(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

void Importer::add(Source source, const std::string& path, std::uint32_t home,
                   Environment& environment) {
  doubts_.errors.insert(doubts_.errors.end(), source.errors.begin(), source.errors.end());
  open_.push_back(path);
  for (Part& part : source.parts) {
    std::vector<Entry> imports;
    for (const Entry& entry : part.entries)
      if (indexed(entry.key).list == "spring.config.import") imports.push_back(entry);
    const Conditions when = part.when;
    environment.add(std::move(part), home);
    for (const Entry& entry : imports)
      for (const std::string_view location : split(entry.value, ','))
        if (!trim(location).empty()) follow(trim(location), entry, when, home, environment);
  }
  open_.pop_back();
}

void Importer::leave(const Entry& entry, std::string_view location, std::string_view why) {
  doubts_.unread.push_back({ErrorCode::unsupported,
                            fmt::format("`{}` is imported, and {}", printable(location), why),
                            entry.origin});
}

std::vector<std::string> Importer::candidates(std::string_view location,
                                              std::string_view from) const {
  std::string_view name = location;
  if (takes(name, "classpath:")) {
    while (takes(name, "/")) continue;
    return {join_path(place_, name)};
  }
  const bool is_file = takes(name, "file:");
  if (name.starts_with('/') || name.find(':') != std::string_view::npos) return {};
  if (!is_file) return {join_path(parent_path(from), name)};
  // Below the directory that the program is started in: mostly the top, or that of the module.
  std::vector<std::string> out = {normal_path(join_path("/", name))};
  if (const std::size_t sources = place_.find("/src/main/"); sources != std::string::npos)
    out.push_back(normal_path(join_path(place_.substr(0, sources), name)));
  return out;
}

void Importer::follow(std::string_view location, const Entry& entry, const Conditions& when,
                      std::uint32_t home, Environment& environment) {
  const std::string_view whole = location;
  const bool is_optional = takes(location, "optional:");
  const auto places = candidates(location, entry.origin.file);
  if (places.empty()) return leave(entry, whole, "it lies outside of the tree");
  if (++followed_ > kMostImports || open_.size() > kDeepest)
    return leave(entry, whole, fmt::format("there are more than {} imports", kMostImports));
  for (const std::string& place : places) {
    const std::string path = normal_path(place);
    if (!is_readable_name(path) || !root_.exists(path)) continue;
    if (std::find(open_.begin(), open_.end(), path) != open_.end()) return;
    const auto text = root_.read(path);
    if (!text) {
      doubts_.errors.push_back(text.error());
      return;
    }
    return add(read_source(*text, path, when), path, home, environment);
  }
  // A program starts without an optional one; a file may also come with the library that has it.
  const bool is_known_place = !location.starts_with("file:");
  if (!is_optional || !is_known_place) leave(entry, whole, "it is not in the tree");
}

}  // namespace plimsoll::spring
