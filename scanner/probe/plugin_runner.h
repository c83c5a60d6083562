#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scanner/probe/plugin_process.h"
#include "scanner/probe/plugin_schema.h"

namespace plimsoll {

/// A plug-in's process and the language it speaks: frames over the C ABI, or JSON Lines. Used by
/// one thread at a time.
class PluginRunner {
 public:
  virtual ~PluginRunner() = default;
  /// What the plug-in says of itself; the first thing it says.
  virtual Result<PluginSchema> hello(Deadline deadline) = 0;
  /// Asks for the facts of a root. Failing, it says why the answer cannot be trusted: the process
  /// is of no use any more.
  virtual Result<void> read(const Request& request, FactCollector& facts, Deadline deadline) = 0;
  [[nodiscard]] virtual PluginProcess& process() = 0;
};

/// A shared object; `path` is trusted.
Result<std::unique_ptr<PluginRunner>> start_object(const std::string& path,
                                                   const PluginLimits& limits);
/// A program that prints facts; `path` is trusted.
Result<std::unique_ptr<PluginRunner>> start_program(const std::string& path,
                                                    const PluginLimits& limits);

/// The body of the process that serves a shared object: loads it and answers requests on standard
/// input until that closes. Returns the status to exit with.
int serve_object(const std::string& path);

}  // namespace plimsoll
