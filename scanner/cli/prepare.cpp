#include "scanner/cli/prepare.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "scanner/base/date.h"
#include "scanner/base/text.h"
#include "scanner/baseline/embedded.h"
#include "scanner/baseline/load.h"
#include "scanner/baseline/lock.h"
#include "scanner/cli/terminal.h"
#include "scanner/probe/deep_reading.h"

namespace plimsoll {
namespace {

constexpr std::string_view kSiteFile = "/etc/plimsoll/plimsoll.toml";
constexpr std::size_t kLargestFile = 16U << 20U;

Result<std::string> read_all(int descriptor, const std::string& path) {
  std::string text;
  std::string piece(1U << 16U, '\0');
  for (;;) {
    const ssize_t got = read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::failed, std::strerror(errno), {path});
    if (got == 0) return text;
    text.append(piece, 0, static_cast<std::size_t>(got));
    if (text.size() > kLargestFile)
      return fail(ErrorCode::limit, fmt::format("larger than {} bytes", kLargestFile), {path});
  }
}

bool is_file_name(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.ends_with(".toml");
}

/// `--baseline FILE` becomes the id of what the file holds.
bool add_file(std::string& name, Library& library) {
  const auto text = read_host_file(name);
  if (!text) return print_error(text.error()), false;
  Loaded loaded = load_baseline(*text, name, all_probes());
  write_stderr(render(loaded.problems));
  if (has_errors(loaded.problems)) return false;
  name = loaded.baseline.id;
  library.add(std::move(loaded.baseline), *text);
  return true;
}

bool read_site(const std::string& config, Site& site) {
  const std::string path = config.empty() ? std::string(kSiteFile) : config;
  const auto text = read_host_file(path);
  if (!text && text.error().code == ErrorCode::not_found && config.empty()) return true;
  if (!text) return print_error(text.error()), false;
  Diagnostics problems;
  site = load_site(*text, path, problems);
  write_stderr(render(problems));
  return !has_errors(problems);
}

bool read_pins(const std::string& file, Lock& out) {
  const auto text = read_host_file(file);
  auto lock = text ? read_lock(*text, file) : Result<Lock>(fail(text.error()));
  if (!lock) return print_error(lock.error(), "`plimsoll baseline lock` writes this file"), false;
  out = std::move(*lock);
  return true;
}

std::string host_name(const Root& root) {
  const auto text = root.read("/etc/hostname");
  return text ? std::string(trim(text->substr(0, text->find('\n')))) : std::string();
}

}  // namespace

Result<std::string> read_host_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return fail(errno == ENOENT   ? ErrorCode::not_found
                : errno == EACCES ? ErrorCode::denied
                                  : ErrorCode::failed,
                std::strerror(errno), {path});
  struct stat status = {};
  Result<std::string> out = fail(ErrorCode::wrong_type, "not a regular file", {path});
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) out = read_all(descriptor, path);
  close(descriptor);
  return out;
}

namespace {

std::string_view default_baseline(TargetChoice::Kind target) {
  switch (target) {
    case TargetChoice::Kind::tree:
      return kTreeBaseline;
    case TargetChoice::Kind::image:
      return kImageBaseline;
    case TargetChoice::Kind::root:
      break;
  }
  return kDefaultBaseline;
}

}  // namespace

bool prepare(const BaselineChoice& given, Prepared& out, TargetChoice::Kind target) {
  out.library = Library(embedded_baselines());
  if (!read_site(given.config, out.site)) return false;
  Choice choice{given.baselines,          given.level, given.rules, given.set,
                default_baseline(target), given.deep};
  bool sound = true;
  for (auto* names : {&choice.baselines, &out.site.baselines})
    for (std::string& name : *names)
      if (is_file_name(name)) sound = add_file(name, out.library) && sound;
  if (!sound) return false;
  Diagnostics problems;
  Lock lock;
  if (!given.lock.empty() && !read_pins(given.lock, lock)) return false;
  apply_lock(lock, out.library, problems);
  out.plan = make_plan(choice, out.site, out.library, problems);
  if (!given.lock.empty()) check_lock(lock, out.plan, out.library, problems);
  if (!has_errors(problems)) out.rules = compile_rules(out.plan, all_probes(), problems);
  write_stderr(render(problems));
  return !has_errors(problems);
}

ScanResult perform_scan(const Prepared& prepared, const Root& root, const ScanSettings& settings) {
  ScanResult out;
  out.tool_version = PLIMSOLL_VERSION;
  out.started = utc_text(settings.started);
  for (const Baseline* baseline : prepared.plan.baselines)
    out.baselines.emplace_back(baseline->id, baseline->version);
  const std::string today = out.started.substr(0, 10);
  JudgeOptions options{.jobs = settings.jobs};
  options.look_for_documents = settings.of_source_tree;
  if (settings.of_source_tree) options.today = today;
  if (settings.all_findings) options.most_findings = std::numeric_limits<std::size_t>::max();
  out.outcomes = judge(prepared.rules, root, options, out.notices);
  out.deep_rules_left_out = prepared.plan.left_out.size();
  out.deep_files = deep_reading().files;
  out.deep_bytes = deep_reading().bytes;
  const std::string host = prepared.site.waivers.empty() ? std::string() : host_name(root);
  apply_waivers(prepared.site.waivers, {today, host, prepared.plan.left_out}, out.outcomes,
                out.notices);
  for (std::string& notice : overdue_reviews(prepared.plan, today))
    out.notices.push_back(std::move(notice));
  for (const FileRead& file : root.files_read()) out.evidence.emplace_back(file.path, file.sha256);
  if (root.image() != nullptr)
    for (Outcome& outcome : out.outcomes)
      for (Finding& finding : outcome.findings)
        if (!finding.origin.is_default()) finding.made_by = root.made_by(finding.origin.file);
  count_outcomes(out);
  return out;
}

}  // namespace plimsoll
