#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "plugins/framework/spring/environment.h"
#include "plugins/framework/spring/fields.h"
#include "plugins/framework/spring/imports.h"
#include "plugins/framework/spring/place.h"
#include "plugins/framework/spring/settings.h"
#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll {
namespace spring {
namespace {

constexpr std::array<std::string_view, 4> kFiles = {
    "/src/main/resources/application.yml", "/src/main/resources/application.properties",
    "/src/main/resources/application-prod.yml", "/src/main/resources/config/application.yml"};

bool is_named_so(std::string_view path) {
  const std::string_view name = base_name(path);
  return (name.starts_with("application") || name.starts_with("bootstrap")) &&
         path.find("/src/test/") == std::string_view::npos && file_name(path).has_value();
}

/// A file with another name is one when somebody asks for it and it speaks of Spring.
bool looks_so(const Document& document) {
  return file_name(document.path) ? !is_others(document) : is_surely_ours(document);
}

/// Reads files that belong together, and tells what each has to say.
class Reading {
 public:
  Reading(const Request& request, const std::vector<std::string>& paths)
      : root_(request.root),
        paths_(paths),
        given_(*request.document),
        selections_(request.selections),
        facts_(paths.size()),
        found_(paths.size()) {}

  std::vector<Facts> run() {
    std::vector<std::uint32_t> order(paths_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return is_read_before(paths_[a], paths_[b]);
    });
    std::optional<std::uint32_t> main;
    for (const std::uint32_t home : order) {
      if (!read(home)) continue;
      const auto name = file_name(paths_[home]);
      if (!name || (!name->is_bootstrap && name->profile.empty())) main = home;
    }
    environment_.arrange();
    if (!environment_.problem().empty())
      found_.front().errors.push_back({ErrorCode::limit, environment_.problem(), {paths_.front()}});
    const Telling telling{environment_, facts_, main, selections_};
    tell_properties(telling);
    tell_conclusions(telling);
    tell_gaps();
    return std::move(facts_);
  }

 private:
  /// What one file puts in doubt it does for all of them; one reason is enough for the others.
  void tell_gaps() {
    Doubts shared;
    for (std::uint32_t home = 0; home < found_.size(); ++home) {
      tell(found_[home], facts_[home]);
      if (shared.errors.empty()) shared.errors = found_[home].errors;
      if (shared.unread.empty()) shared.unread = found_[home].unread;
    }
    for (std::uint32_t home = 0; home < found_.size(); ++home)
      tell({found_[home].errors.empty() ? shared.errors : std::vector<Error>{},
            found_[home].unread.empty() ? shared.unread : std::vector<Error>{}},
           facts_[home]);
  }

  static void tell(const Doubts& doubts, Facts& facts) {
    for (const Error& error : doubts.errors) facts.gap(error);
    for (const Error& error : doubts.unread) facts.gap(error, {}, Gap::Effect::may_add);
  }

  /// False for a file that is somebody else's.
  bool read(std::uint32_t home) {
    const std::string& path = paths_[home];
    std::string_view text = given_.text;
    if (path != given_.path) {
      const auto other = root_.read(path);
      if (!other) {
        found_[home].errors.push_back(other.error());
        return true;
      }
      if (is_others({path, *other})) return false;
      text = *other;
    }
    const auto name = file_name(path);
    const Conditions when{{name && !name->profile.empty() ? Condition{name->profile} : Condition{}},
                          false};
    Importer importer(root_, name ? name->place : std::string(parent_path(path)), found_[home]);
    importer.add(read_source(text, path, when), path, home, environment_);
    return true;
  }

  const Root& root_;
  const std::vector<std::string>& paths_;
  const Document& given_;
  std::span<const Selection> selections_;
  std::vector<Facts> facts_;
  Environment environment_;
  std::vector<Doubts> found_;  ///< of each file
};

/// What one of them has to say, for once: nothing of it is kept. `paths` are sorted.
Facts take_facts(const std::vector<std::string>& paths, std::vector<Facts>& all,
                 std::string_view path) {
  const auto at = std::lower_bound(paths.begin(), paths.end(), path);
  if (at == paths.end() || *at != path) return {};
  return std::exchange(all[static_cast<std::size_t>(at - paths.begin())], {});
}

Facts read(const Request& request) {
  const Document& document = *request.document;
  const auto name = file_name(document.path);
  if (request.survey == nullptr || !name) {
    const auto paths = files_around(request.root, document.path);
    auto facts = Reading(request, paths).run();
    return take_facts(paths, facts, document.path);
  }
  const Place& place = *static_cast<const Survey*>(request.survey)->places.at(name->place);
  std::call_once(place.once, [&] { place.facts = Reading(request, place.paths).run(); });
  return take_facts(place.paths, place.facts, document.path);
}

}  // namespace
}  // namespace spring

extern const Probe spring_probe;
const Probe spring_probe{
    .name = "spring",
    .group = "framework",
    .summary =
        "properties of a Spring Boot application: merged, by profile, placeholders filled in",
    .semantics = "Spring Boot reference, Externalized Configuration",
    .shape = Shape::settings,
    .fields = spring::kFields,
    .read = spring::read,
    .files = spring::kFiles,
    .documents = {.by_name = spring::is_named_so,
                  .by_text = spring::looks_so,
                  .called = "Spring Boot configuration",
                  .survey = spring::survey},
};

}  // namespace plimsoll
