#include "scanner/probe/plugin.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include "scanner/base/text.h"
#include "scanner/probe/plugin_runner.h"
#include "scanner/probe/plugin_set.h"
#include "scanner/probe/plugin_trust.h"

namespace plimsoll {
namespace {

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

/// A plug-in as a probe: owns what the Probe points into.
class Plugin {
 public:
  Plugin(std::string file, std::string name, const PluginLimits& limits)
      : file_(std::move(file)), limits_(limits) {
    schema_.name = std::move(name);
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// Starts the process; its hello is waited for later, so that several start side by side.
  void start() {
    const auto path = trusted_path(file_);
    if (!path) return give_up(path.error());
    auto runner =
        file_.ends_with(".so") ? start_object(*path, limits_) : start_program(*path, limits_);
    if (!runner) return give_up(runner.error());
    runner_ = std::move(*runner);
  }

  void greet() {
    if (!runner_) return;
    auto schema = runner_->hello(std::chrono::steady_clock::now() + limits_.time);
    if (!schema) return give_up(with_end(schema.error()));
    const std::string why = why_unusable(*schema, schema_.name);
    if (!why.empty()) return give_up({ErrorCode::invalid, why, {}});
    schema_ = std::move(*schema);
  }

  /// What the rest of plimsoll sees, once `greet` is done.
  const Probe& probe() {
    for (const auto& column : schema_.fields)
      fields_.push_back({column.name, column.type, column.doc});
    files_.assign(schema_.files.begin(), schema_.files.end());
    probe_.name = schema_.name;
    probe_.group = "plugin";
    probe_.summary = schema_.summary;
    probe_.semantics = schema_.semantics;
    probe_.shape = schema_.shape;
    probe_.fields = fields_;
    probe_.open_keys = schema_.open_keys;
    probe_.read = [](const Request& request) {
      return static_cast<const Plugin*>(request.self)->read(request);
    };
    probe_.files = files_;
    probe_.self = this;
    probe_.broken = problem_;
    return probe_;
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] pid_t group() const { return runner_ ? runner_->process().group() : -1; }

 private:
  void give_up(const Error& error) {
    problem_ = fmt::format("the plug-in `{}` is not used: {}", printable(file_), error.what);
    runner_.reset();
  }

  /// The error, and what is known of the end of the process.
  Error with_end(Error error) const {
    if (error.code == ErrorCode::limit && error.what == "it did not answer in time")
      error.what = fmt::format("it did not answer within {}", seconds(limits_.time));
    const std::string end = runner_->process().end();
    if (!end.empty()) error.what += "; " + end;
    return error;
  }

  Facts read(const Request& request) const {
    const std::lock_guard one_at_a_time(mutex_);
    Facts nothing;
    if (!problem_.empty()) {
      nothing.gap({ErrorCode::failed, problem_, {}});
      return nothing;
    }
    if (!runner_->process().running()) {
      nothing.gap({ErrorCode::failed,
                   fmt::format("the plug-in `{}` was ended when it failed before", file_),
                   {}});
      return nothing;
    }
    FactCollector facts(schema_, limits_);
    const auto done =
        runner_->read(request, facts, std::chrono::steady_clock::now() + limits_.time);
    if (done) return std::move(facts.facts());
    // What came before the failure is not whole, so none of it counts.
    const Error error = with_end(done.error());
    nothing.gap({error.code, fmt::format("the plug-in `{}` failed: {}", file_, error.what), {}});
    return nothing;
  }

  std::string file_;
  PluginLimits limits_;
  PluginSchema schema_;
  std::unique_ptr<PluginRunner> runner_;
  std::string problem_;
  mutable std::mutex mutex_;
  std::vector<Field> fields_;
  std::vector<std::string_view> files_;
  Probe probe_;
};

// The plug-ins of this process, for plugin_groups.
std::vector<std::shared_ptr<Plugin>>& loaded() {
  static std::vector<std::shared_ptr<Plugin>> plugins;
  return plugins;
}

/// The name that a file gives its probe; empty when it is no plug-in: hidden, no regular file, or
/// neither a shared object nor executable.
std::string probe_name(const std::string& directory, std::string_view file) {
  struct stat found {};
  if (file.starts_with('.') || file.ends_with('~') ||
      ::stat(join_path(directory, file).c_str(), &found) != 0 || !S_ISREG(found.st_mode))
    return {};
  if (file.ends_with(".so")) return std::string(file.substr(0, file.size() - 3));
  if ((found.st_mode & 0111U) == 0) return {};
  return std::string(file.substr(0, file.find('.')));
}

/// Names in a directory, sorted.
Result<std::vector<std::string>> names_in(const std::string& directory) {
  DIR* dir = ::opendir(directory.c_str());
  if (dir == nullptr)
    return fail(ErrorCode::not_found,
                fmt::format("cannot list the plug-in directory: {}", std::strerror(errno)),
                {directory});
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir)) names.emplace_back(entry->d_name);
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::shared_ptr<Plugin>>> plugins_in(const std::string& directory,
                                                        const PluginLimits& limits) {
  const auto names = names_in(directory);
  if (!names) return fail(names.error());
  std::vector<std::shared_ptr<Plugin>> out;
  for (const std::string& file : *names) {
    std::string name = probe_name(directory, file);
    if (!name.empty())
      out.push_back(std::make_shared<Plugin>(join_path(directory, file), std::move(name), limits));
  }
  return out;
}

}  // namespace

Result<std::vector<Error>> load_plugins(const std::vector<std::string>& directories,
                                        const PluginLimits& limits) {
  std::vector<std::shared_ptr<Plugin>> plugins;
  for (const std::string& directory : directories) {
    auto more = plugins_in(directory, limits);
    if (!more) return fail(more.error());
    plugins.insert(plugins.end(), more->begin(), more->end());
  }
  if (plugins.empty()) return std::vector<Error>{};
  std::signal(SIGPIPE, SIG_IGN);  // a plug-in that went away is an error of write(2)
  std::vector<Error> problems;
  for (const auto& plugin : plugins) plugin->start();
  for (const auto& plugin : plugins) {
    plugin->greet();
    const Probe& probe = plugin->probe();
    if (!plugin->problem().empty())
      problems.push_back({ErrorCode::failed, plugin->problem(), {plugin->file()}});
    if (add_probe(std::shared_ptr<const Probe>(plugin, &probe)))
      loaded().push_back(plugin);
    else
      problems.push_back({ErrorCode::invalid,
                          fmt::format("the plug-in `{}` is not used: there is a probe `{}` already",
                                      printable(plugin->file()), probe.name),
                          {plugin->file()}});
  }
  return problems;
}

std::vector<pid_t> plugin_groups() {
  std::vector<pid_t> groups;
  for (const auto& plugin : loaded())
    if (plugin->group() > 0) groups.push_back(plugin->group());
  return groups;
}

}  // namespace plimsoll
