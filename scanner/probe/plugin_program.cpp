// Exec probes: programs in any language that print their facts as JSON Lines.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "scanner/probe/plugin_json.h"
#include "scanner/probe/plugin_runner.h"
#include "scanner/root/root.h"
#include "scanner/root/sandbox.h"

namespace plimsoll {
namespace {

/// Runs in the child: from here on it can read and start programs, and change nothing.
int run_program(const std::string& path) {
  SandboxPlan plan;
  plan.may_execute = true;
  plan.program_directory = parent_path(path);
  static_cast<void>(enter_sandbox(plan));
  std::string name = path;
  std::string variables[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"};
  char* const arguments[] = {name.data(), nullptr};
  char* const environment[] = {variables[0].data(), variables[1].data(), nullptr};
  ::execve(path.c_str(), arguments, environment);
  const std::string why = fmt::format("it cannot be started: {}", std::strerror(errno));
  static_cast<void>(!::write(2, why.data(), why.size()));
  return 127;
}

/// The path of a root that is a directory of this host; empty when it is not.
std::string path_of(const Root& root) {
  if (root.top_fd() < 0) return {};
  char target[4096];
  const ssize_t size =
      ::readlink(fmt::format("/proc/self/fd/{}", root.top_fd()).c_str(), target, sizeof target);
  return size <= 0 ? std::string() : std::string(target, static_cast<std::size_t>(size));
}

class ProgramRunner : public PluginRunner {
 public:
  ProgramRunner(std::unique_ptr<PluginProcess> process, const PluginLimits& limits)
      : process_(std::move(process)), limits_(limits) {}

  Result<PluginSchema> hello(Deadline deadline) override {
    const auto line = next(deadline);
    if (!line) return fail(line.error());
    auto schema = schema_from_json(*line);
    if (schema) schema_ = *schema;
    return schema;
  }

  Result<void> read(const Request& request, FactCollector& facts, Deadline deadline) override {
    const std::string asked = request_as_json(schema_, request, path_of(request.root), facts);
    if (const auto sent = process_->send(asked, deadline); !sent) return sent;
    for (;;) {
      const auto line = next(deadline);
      if (!line) return fail(line.error());
      if (!facts.count_bytes(line->size())) break;
      const JsonAnswer answer = take_json(schema_, *line, facts);
      if (answer == JsonAnswer::end) return {};
      if (answer == JsonAnswer::refused) break;
    }
    return fail(ErrorCode::invalid, facts.problem());
  }

  PluginProcess& process() override { return *process_; }

 private:
  /// The next line, without its end.
  Result<std::string> next(Deadline deadline) {
    std::size_t searched = 0;
    for (;;) {
      const auto end = buffer_.find('\n', used_ + searched);
      if (end != std::string::npos) {
        std::string line = buffer_.substr(used_, end - used_);
        used_ = end + 1;
        return line;
      }
      buffer_.erase(0, used_);
      used_ = 0;
      searched = buffer_.size();
      const std::size_t most = std::min(limits_.bytes, limits_.fact_bytes);
      if (searched > most)
        return fail(ErrorCode::limit, fmt::format("it yielded more than {} bytes at once", most));
      if (const auto more = process_->receive(buffer_, deadline); !more) return fail(more.error());
    }
  }

  std::unique_ptr<PluginProcess> process_;
  PluginLimits limits_;
  PluginSchema schema_;
  std::string buffer_;
  std::size_t used_ = 0;  ///< of buffer_, by lines already handed out
};

}  // namespace

Result<std::unique_ptr<PluginRunner>> start_program(const std::string& path,
                                                    const PluginLimits& limits) {
  auto process = PluginProcess::start([&path] { return run_program(path); });
  if (!process) return fail(process.error());
  return std::unique_ptr<PluginRunner>(
      std::make_unique<ProgramRunner>(std::move(*process), limits));
}

}  // namespace plimsoll
