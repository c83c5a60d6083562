#include "plugins/framework/spring/place.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::spring {
namespace {

constexpr std::array<std::string_view, 3> kExtensions = {".yaml", ".yml", ".properties"};
/// More files of one place than anybody has profiles.
constexpr std::size_t kMostAround = 64;

/// A line at the left edge that begins with that key.
}  // namespace

std::optional<FileName> file_name(std::string_view path) {
  std::string_view name = base_name(path);
  FileName out;
  out.is_bootstrap = name.starts_with("bootstrap");
  if (!out.is_bootstrap && !name.starts_with("application")) return std::nullopt;
  const auto extension = std::find_if(kExtensions.begin(), kExtensions.end(),
                                      [&](std::string_view one) { return name.ends_with(one); });
  if (extension == kExtensions.end()) return std::nullopt;
  out.extension = static_cast<std::uint8_t>(extension - kExtensions.begin());
  name.remove_suffix(extension->size());
  name.remove_prefix(out.is_bootstrap ? std::string_view("bootstrap").size()
                                      : std::string_view("application").size());
  if (!name.empty() && (name[0] != '-' || name.size() == 1)) return std::nullopt;
  if (!name.empty()) out.profile = name.substr(1);
  std::string_view place = parent_path(path);
  out.in_config = base_name(place) == "config";
  if (out.in_config) place = parent_path(place);
  out.place = place.empty() ? "/" : place;
  return out;
}

// "Externalized Configuration": files of profiles after all others, `config` after the place
// itself, .properties after YAML; what bootstrap files say stands below all that.
bool is_read_before(std::string_view a, std::string_view b) {
  const auto rank = [](std::string_view path) {
    const FileName name = file_name(path).value_or(FileName{});
    return std::tuple(!name.is_bootstrap, !name.profile.empty(), name.in_config, name.extension,
                      std::string(path));
  };
  return rank(a) < rank(b);
}

std::shared_ptr<const void> survey(const Root&, std::span<const std::string> paths) {
  auto out = std::make_shared<Survey>();
  for (const std::string& path : paths)
    if (const auto name = file_name(path)) {
      auto& place = out->places[name->place];
      if (place == nullptr) place = std::make_unique<Place>();
      place->paths.push_back(path);
    }
  return out;
}

std::vector<std::string> files_around(const Root& root, std::string_view path) {
  std::vector<std::string> out = {std::string(path)};
  const auto own = file_name(path);
  if (!own) return out;
  for (const std::string& directory : {own->place, join_path(own->place, "config")}) {
    const auto entries = root.list(directory);
    if (!entries) continue;
    for (const DirEntry& entry : *entries) {
      std::string other = join_path(directory, entry.name);
      const auto name = file_name(other);
      if (entry.type == FileType::regular && name && name->place == own->place && other != path &&
          out.size() < kMostAround)
        out.push_back(std::move(other));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool is_others(const Document& document) {
  const std::string_view text = document.text;
  if (has_line_starting(text, "spring: spring. management: management. server: logging:"))
    return false;
  // Helm, Argo CD, kustomize; a list of objects in JSON.
  if (has_line_starting(text, "apiVersion:") && has_line_starting(text, "kind:")) return true;
  if (has_line_starting(text, "{{")) return true;
  return has_line_starting(text, "quarkus: quarkus. %dev. %prod. %test. micronaut: micronaut. mp.");
}

bool is_surely_ours(const Document& document) {
  const bool has_ending =
      std::any_of(kExtensions.begin(), kExtensions.end(),
                  [&](std::string_view one) { return document.path.ends_with(one); });
  return has_ending && has_line_starting(document.text, "spring: spring.") &&
         !has_line_starting(document.text, "apiVersion:");
}

}  // namespace plimsoll::spring
