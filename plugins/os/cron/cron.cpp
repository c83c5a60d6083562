#include <algorithm>
#include <array>

#include "plugins/os/cron/crontab.h"
#include "plugins/os/file/names.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kCrontab = "/etc/crontab";
constexpr std::string_view kCronD = "/etc/cron.d";
constexpr std::string_view kSpool = "/var/spool/cron/crontabs";
constexpr std::array<std::string_view, 3> kFiles = {kCrontab, "/etc/cron.d/local",
                                                    "/etc/cron.daily/local"};
constexpr std::array<std::string_view, 4> kPeriods = {"hourly", "daily", "weekly", "monthly"};
constexpr std::size_t kScriptLines = 10'000;

constexpr std::array kFields = {
    Field{"file", Type::text, "where the job is written"},
    Field{"kind", Type::text, "crontab, or script (of cron.daily and the like)"},
    Field{"schedule", Type::text, "five fields one blank apart, `@daily`; of a script: `daily`"},
    Field{"user", Type::text, "whom it runs as"},
    Field{"command", Type::text, "what the shell is given; of a script one of its lines"},
    Field{"longest_wait", Type::integer, "days between two runs, at most; none for `@reboot`"},
};

/// cron(8) and run-parts(8): letters, digits, `_` and `-` alone.
bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  });
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts), names_(root) {}

  void system_crontab(const std::string& path) {
    const auto stat = look_at(path);
    // cron(8): system crontabs belong to root, and nobody else may write them.
    if (!stat || stat->uid != 0 || (stat->mode & 022) != 0) return;
    crontab(path, {});
  }

  void user_crontab(const std::string& path, const std::string& user) {
    const auto stat = look_at(path);
    if (!stat || stat->mode != 0600) return;
    if (stat->uid != 0 && names_.user(stat->uid) != user) return;
    crontab(path, user);
  }

  void script(const std::string& path, std::string_view period) {
    const auto stat = look_at(path);
    if (!stat || (stat->mode & 0111) == 0) return;
    const auto text = root_.read(path);
    if (!text) return gap(text.error());
    if (text->find('\0') != std::string_view::npos)
      return add(path, 0, "script", std::string(period), "root", path);
    script_lines(path, period, *text);
  }

  /// Calls `each(path, name)` for what a directory holds; one that is not there holds nothing.
  template <class Each>
  void for_each_file(std::string_view directory, Each each) {
    const auto entries = root_.list(directory);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) gap(entries.error());
      return;
    }
    for (const DirEntry& entry : *entries) each(join_path(directory, entry.name), entry.name);
  }

 private:
  /// A regular file, through links.
  std::optional<Stat> look_at(const std::string& path) {
    const auto stat = root_.stat(path);
    if (!stat) {
      if (stat.error().code != ErrorCode::not_found) gap(stat.error());
      return std::nullopt;
    }
    if (stat->type == FileType::regular) return *stat;
    if (stat->type != FileType::directory)
      gap({ErrorCode::wrong_type, "not a regular file", {path, 0, 0}});
    return std::nullopt;
  }

  void crontab(const std::string& path, const std::string& user) {
    const auto text = root_.read(path);
    if (!text) return gap(text.error());
    auto entries = cron::parse_crontab(*text, path, user.empty());
    if (!entries) return gap(entries.error());
    for (cron::Entry& entry : *entries)
      add(path, entry.line, "crontab", std::move(entry.schedule),
          user.empty() ? std::move(entry.user) : user, std::move(entry.command));
  }

  void script_lines(const std::string& path, std::string_view period, std::string_view text) {
    std::string joined;
    std::uint32_t first = 0;
    std::size_t rows = 0;
    for (const Line& line : lines(text)) {
      if (joined.empty()) first = line.number;
      std::string_view piece = trim(line.text);
      if (joined.empty() && piece.starts_with('#')) continue;
      const bool continued = piece.ends_with('\\');
      if (continued) piece.remove_suffix(1);
      joined += piece;
      if (continued || joined.empty()) continue;
      if (++rows > kScriptLines)
        return gap({ErrorCode::limit, "more than 10000 lines", {path, line.number, 1}});
      add(path, first, "script", std::string(period), "root", std::exchange(joined, {}));
    }
    if (!joined.empty()) add(path, first, "script", std::string(period), "root", joined);
  }

  void add(const std::string& path, std::uint32_t line, const char* kind, std::string schedule,
           std::string user, std::string command) {
    const auto wait = cron::longest_wait(schedule);
    facts_.row({path, std::string(kind), std::move(schedule), std::move(user), std::move(command),
                wait ? Value{*wait} : Value{}},
               {path, line, line == 0 ? 0U : 1U});
  }

  void gap(Error error) { facts_.gap(std::move(error), {}, Gap::Effect::may_add); }

  const Root& root_;
  Facts& facts_;
  files::Names names_;
};

Facts read_cron(const Request& request) {
  Facts facts;
  Reader reader(request.root, facts);
  reader.system_crontab(std::string(kCrontab));
  reader.for_each_file(kCronD, [&](const std::string& path, const std::string& name) {
    if (is_plain_name(name)) reader.system_crontab(path);
  });
  reader.for_each_file(kSpool, [&](const std::string& path, const std::string& name) {
    reader.user_crontab(path, name);
  });
  for (const std::string_view period : kPeriods)
    reader.for_each_file("/etc/cron." + std::string(period),
                         [&](const std::string& path, const std::string& name) {
                           if (is_plain_name(name)) reader.script(path, period);
                         });
  return facts;
}

}  // namespace

extern const Probe cron_probe;
const Probe cron_probe{
    .name = "cron",
    .group = "os",
    .summary = "jobs that cron runs, with their users",
    .semantics = "cron(8), crontab(5), run-parts(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_cron,
    .files = kFiles,
};

}  // namespace plimsoll
