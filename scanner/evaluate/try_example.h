#pragma once

#include <memory>
#include <string>

#include "scanner/baseline/load.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// What an example came to: empty `problem` when its rule gave the verdict that it should.
struct ExampleTrial {
  std::string problem;  ///< "`sshd.x` gave `pass`, wanted `drift`"
  std::string detail;   ///< findings or reason, for whoever has to find out why
};

/// The tree of an example, in memory. Fails when an owner has no known id.
Result<std::unique_ptr<Root>> root_of(const Example& example);

/// Runs one example through the real probe and rule, over a tree in memory.
ExampleTrial try_example(const Example& example, const Baseline& baseline);
/// The same over a directory of this host: the files are written to a new one below `temporary`,
/// which is removed afterwards. Owners other than root need the rights to set them.
ExampleTrial try_example_on_disk(const Example& example, const Baseline& baseline,
                                 const std::string& temporary);

}  // namespace plimsoll
