#include "scanner/cli/safety.h"

#include <algorithm>

#include "scanner/cli/terminal.h"
#include "scanner/formats/image_description.h"
#include "scanner/probe/plugin.h"
#include "scanner/root/sandbox.h"

namespace plimsoll {

bool start_plugins(const std::vector<std::string>& directories) {
  const auto problems = load_plugins(directories);
  if (!problems) {
    print_error(problems.error(), "`--plugin-dir` takes a directory with plug-ins");
    return false;
  }
  for (const Error& problem : *problems)
    print_warning(problem.what, "the rules that ask it are unknown");
  return true;
}

Result<std::unique_ptr<Root>> open_target(const TargetChoice& target) {
  switch (target.kind) {
    case TargetChoice::Kind::image:
      return Root::image(target.path, describe_image);
    case TargetChoice::Kind::tree:
      return is_archive(target.path) ? Root::image(target.path, describe_image)
                                     : Root::tree(target.path);
    case TargetChoice::Kind::root:
      break;
  }
  return Root::directory(target.path);
}

void confine_to(const Root& root, std::span<const Probe* const> probes) {
  using Reading = SandboxPlan::Reading;
  const bool looks_further = std::any_of(
      probes.begin(), probes.end(), [](const Probe* probe) { return probe->looks_into_processes; });
  const Sandbox sandbox = enter_sandbox({.reading = root.is_live()      ? Reading::everything
                                                    : root.top_fd() < 0 ? Reading::nothing
                                                                        : Reading::below_top,
                                         .top = root.top_fd(),
                                         .other_processes = root.is_live() && looks_further,
                                         .killable_groups = plugin_groups()});
  if (!sandbox.warning.empty())
    print_warning(sandbox.warning, "the scan still opens files for reading only");
}

}  // namespace plimsoll
