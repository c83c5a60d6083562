#include "scanner/formats/os_release.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"id", Type::text, "the distribution, lower case: `debian`"},
    Field{"version_id", Type::version, "the release: `12`"},
    Field{"version_codename", Type::text, "`bookworm`"},
    Field{"pretty_name", Type::text, "the name for people"},
    Field{"support_end", Type::text, "YYYY-MM-DD, when the vendor says so"},
};

// os-release(5): /etc/os-release takes precedence over /usr/lib/os-release.
constexpr std::array<std::string_view, 2> kFiles = {"/etc/os-release", "/usr/lib/os-release"};

Facts read(const Request& request) {
  Facts facts;
  const auto release = read_os_release(request.root);
  if (release)
    for (const auto& [key, found] : *release) facts.setting(key, found.first, found.second);
  else if (release.error().code == ErrorCode::not_found)
    facts.not_applicable = release.error().what;
  else
    facts.gap(release.error());
  return facts;
}

}  // namespace

extern const Probe os_release_probe;
const Probe os_release_probe{
    .name = "os-release",
    .group = "os",
    .summary = "which operating system and release this is",
    .semantics = "os-release(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read,
    .files = kFiles,
};

}  // namespace plimsoll
