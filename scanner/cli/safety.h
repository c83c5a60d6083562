#pragma once

#include <span>
#include <string>
#include <vector>

#include "scanner/cli/options.h"
#include "scanner/probe/probe.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// Starts the plug-ins of these directories, so that find_probe knows them. Says on stderr which
/// are not used and why; false after an error, when a directory is not there. Before baselines are
/// loaded (rules are checked against the schemas) and before `confine_to`.
bool start_plugins(const std::vector<std::string>& directories);

/// The host or tree to look at.
Result<std::unique_ptr<Root>> open_target(const TargetChoice& target);

/// Gives up everything but reading below `root` and printing, for good: see scanner/root/sandbox.h.
/// `probes` are those that will run: some look into other processes of a live host.
/// Says so on stderr when the kernel cannot enforce it. After plug-ins were started and output
/// files opened, before the first byte of the root is read and before any thread is started.
void confine_to(const Root& root, std::span<const Probe* const> probes);

}  // namespace plimsoll
