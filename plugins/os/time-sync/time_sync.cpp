#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kMain = "/etc/chrony/chrony.conf";
constexpr std::string_view kProgram = "/usr/sbin/chronyd";
constexpr std::array<std::string_view, 3> kFiles = {kMain, "/etc/chrony/conf.d/local.conf",
                                                    "/etc/chrony/sources.d/local.sources"};
constexpr std::string_view kScope = "chrony";
constexpr std::size_t kDepth = 10;        // include levels, as in chronyd
constexpr std::size_t kDirectories = 10;  // of one confdir or sourcedir
constexpr std::size_t kFilesRead = 4096;
constexpr std::size_t kShadowed = 16;  // earlier lines kept for one directive

constexpr std::array kFields = {
    Field{"@server", Type::text, "the host of a `server` line"},
    Field{"@pool", Type::text, "the host of a `pool` line"},
    Field{"@file", Type::text, "the files read, in reading order"},
    Field{"server", Type::text, "host and options of a time server"},
    Field{"pool", Type::text, "name and options of a pool of time servers"},
    Field{"peer", Type::text, "host and options of a peer"},
    Field{"user", Type::text, "whom chronyd runs as after its start"},
    Field{"cmdport", Type::integer, "UDP port for chronyc; 0: none"},
    Field{"port", Type::integer, "UDP port for NTP clients, where any are allowed"},
    Field{"keyfile", Type::text, "keys for symmetric authentication"},
};

// chrony.conf(5) of chrony 4.3; it refuses every other name.
constexpr std::array<std::string_view, 91> kDirectives = {"acquisitionport",
                                                          "allow",
                                                          "authselectmode",
                                                          "bindacqaddress",
                                                          "bindacqdevice",
                                                          "bindaddress",
                                                          "bindcmdaddress",
                                                          "bindcmddevice",
                                                          "binddevice",
                                                          "broadcast",
                                                          "clientloglimit",
                                                          "clockprecision",
                                                          "cmdallow",
                                                          "cmddeny",
                                                          "cmdport",
                                                          "cmdratelimit",
                                                          "combinelimit",
                                                          "commandkey",
                                                          "confdir",
                                                          "corrtimeratio",
                                                          "deny",
                                                          "driftfile",
                                                          "dscp",
                                                          "dumpdir",
                                                          "dumponexit",
                                                          "fallbackdrift",
                                                          "generatecommandkey",
                                                          "hwclockfile",
                                                          "hwtimestamp",
                                                          "include",
                                                          "initstepslew",
                                                          "keyfile",
                                                          "leapsecmode",
                                                          "leapsectz",
                                                          "linux_freq_scale",
                                                          "linux_hz",
                                                          "local",
                                                          "lock_all",
                                                          "log",
                                                          "logbanner",
                                                          "logchange",
                                                          "logdir",
                                                          "mailonchange",
                                                          "makestep",
                                                          "manual",
                                                          "maxchange",
                                                          "maxclockerror",
                                                          "maxdistance",
                                                          "maxdrift",
                                                          "maxjitter",
                                                          "maxntsconnections",
                                                          "maxsamples",
                                                          "maxslewrate",
                                                          "maxupdateskew",
                                                          "minsamples",
                                                          "minsources",
                                                          "nocerttimecheck",
                                                          "noclientlog",
                                                          "nosystemcert",
                                                          "ntpsigndsocket",

                                                          "ntscachedir",
                                                          "ntsdumpdir",
                                                          "ntsntpserver",
                                                          "ntsport",
                                                          "ntsprocesses",
                                                          "ntsratelimit",
                                                          "ntsrefresh",
                                                          "ntsrotate",
                                                          "ntsservercert",
                                                          "ntsserverkey",
                                                          "ntstrustedcerts",
                                                          "peer",
                                                          "pidfile",
                                                          "pool",
                                                          "port",
                                                          "ptpport",
                                                          "ratelimit",
                                                          "refclock",

                                                          "reselectdist",

                                                          "rtcautotrim",
                                                          "rtcdevice",
                                                          "rtcfile",
                                                          "rtconutc",
                                                          "rtcsync",
                                                          "sched_priority",
                                                          "server",
                                                          "smoothtime",
                                                          "sourcedir",
                                                          "stratumweight",
                                                          "tempcomp",
                                                          "user"};

// Each line of these counts; of all others the last one.
constexpr std::array<std::string_view, 14> kRepeated = {
    "server",   "pool",          "peer",         "allow",          "deny",
    "cmdallow", "cmddeny",       "refclock",     "hwtimestamp",    "broadcast",
    "log",      "ntsservercert", "ntsserverkey", "ntstrustedcerts"};
constexpr std::array<std::string_view, 3> kSources = {"server", "pool", "peer"};

struct Default {
  std::string_view key, value;
};
constexpr std::array<Default, 4> kDefaults = {{{"user", "_chrony"},
                                               {"cmdport", "323"},
                                               {"port", "123"},
                                               {"pidfile", "/run/chrony/chronyd.pid"}}};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  void read(std::string_view main_file) {
    read_file(std::string(main_file), 0, false);
    for (const std::vector<std::string>& directories : source_directories_)
      fragments(directories, ".sources", 0, true);
    for (const Default& known : kDefaults)
      if (last_.find(known.key) == last_.end())
        facts_.setting(std::string(known.key), std::string(known.value), {}, std::string(kScope));
  }

 private:
  void read_file(const std::string& path, std::size_t depth, bool only_sources);
  void line(std::string_view text, std::size_t depth, bool only_sources);
  void include(const std::string& pattern, std::size_t depth);
  void fragments(const std::vector<std::string>& directories, std::string_view suffix,
                 std::size_t depth, bool only_sources);
  void set(const std::string& key, std::string value);
  void stop(Error error) {
    facts_.gap(std::move(error));
    stopped_ = true;
  }
  [[nodiscard]] Origin here() const { return {file_, line_, 1}; }

  const Root& root_;
  Facts& facts_;
  std::map<std::string, std::size_t, std::less<>> last_;  // where a setting is among the facts
  std::vector<std::vector<std::string>> source_directories_;
  std::string file_;
  std::uint32_t line_ = 0;
  std::size_t files_read_ = 0;
  bool stopped_ = false;
};

void Reader::read_file(const std::string& path, std::size_t depth, bool only_sources) {
  if (depth > kDepth || ++files_read_ > kFilesRead)
    return stop({ErrorCode::limit, "too many files, or files in files", here()});
  const auto text = root_.read(path);
  if (!text) return stop(text.error());
  facts_.setting("@file", path, {path, 0, 0}, std::string(kScope));
  const std::string outer = std::exchange(file_, path);
  const std::uint32_t outer_line = line_;
  for (const Line& each : lines(*text)) {
    if (stopped_) return;
    line_ = each.number;
    line(each.text.substr(0, each.text.find('\0')), depth, only_sources);
  }
  file_ = outer;
  line_ = outer_line;
}

/// chrony.conf(5): a comment is a line of its own; blanks between words count as one.
void Reader::line(std::string_view text, std::size_t depth, bool only_sources) {
  const auto parts = words(text);
  if (parts.empty() || std::string_view("!;#%").find(parts[0].front()) != std::string_view::npos)
    return;
  const std::string key = lower(parts[0]);
  const std::vector<std::string_view> rest(parts.begin() + 1, parts.end());
  if (!has(kDirectives, key) || (only_sources && !has(kSources, key)))
    return stop({ErrorCode::invalid, "chronyd refuses this directive: `" + key + "`", here()});
  if (key == "include") {
    if (rest.size() != 1) return stop({ErrorCode::invalid, "include takes one pattern", here()});
    return include(std::string(rest[0]), depth);
  }
  if (key == "confdir" || key == "sourcedir") {
    if (rest.empty() || rest.size() > kDirectories)
      return stop({ErrorCode::invalid, "one to ten directories", here()});
    const std::vector<std::string> directories(rest.begin(), rest.end());
    if (key == "confdir") return fragments(directories, ".conf", depth, false);
    source_directories_.push_back(directories);
  }
  if (has(kSources, key)) {
    if (rest.empty()) return stop({ErrorCode::invalid, "a source without its name", here()});
    if (key != "peer") facts_.setting("@" + key, std::string(rest[0]), here(), std::string(kScope));
  }
  set(key, join(rest, " "));
}

void Reader::include(const std::string& pattern, std::size_t depth) {
  const Root::Glob found = root_.glob(pattern);
  for (const Error& error : found.errors) facts_.gap(error);
  if (found.paths.empty() && pattern.find_first_of("*?[") == std::string::npos)
    return stop({ErrorCode::not_found, "chronyd needs this file: `" + pattern + "`", here()});
  for (const std::string& path : found.paths)
    if (!stopped_) read_file(path, depth + 1, false);
}

/// Of files with one name the one in the first directory counts; all are read in order of name.
void Reader::fragments(const std::vector<std::string>& directories, std::string_view suffix,
                       std::size_t depth, bool only_sources) {
  std::map<std::string, std::string> files;
  for (const std::string& directory : directories) {
    const auto entries = root_.list(directory);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) facts_.gap(entries.error());
      continue;
    }
    for (const DirEntry& entry : *entries)
      if (entry.name.ends_with(suffix) && entry.name.front() != '.')
        files.emplace(entry.name, join_path(directory, entry.name));
  }
  for (const auto& [name, path] : files)
    if (!stopped_) read_file(path, depth + 1, only_sources);
}

void Reader::set(const std::string& key, std::string value) {
  if (has(kRepeated, key)) {
    facts_.setting(key, std::move(value), here(), std::string(kScope));
    return;
  }
  const auto [found, is_new] = last_.try_emplace(key, facts_.rows.size());
  if (is_new) {
    facts_.setting(key, std::move(value), here(), std::string(kScope));
    return;
  }
  Fact& fact = facts_.rows[found->second];
  if (fact.shadowed.size() < kShadowed)
    fact.shadowed.push_back({fact.value, fact.origin, "the last line stands"});
  fact.value = std::move(value);
  fact.origin = here();
}

Facts defaults_alone() {
  Facts facts;
  for (const Default& known : kDefaults)
    facts.setting(std::string(known.key), std::string(known.value), {}, std::string(kScope));
  return facts;
}

Facts read_time_sync(const Request& request) {
  Facts facts;
  const auto stat = request.root.stat(kMain);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    // Without its file an installed chronyd asks nobody: it ends at once.
    if (request.root.stat(kProgram)) return defaults_alone();
    facts.not_applicable = "there is no /etc/chrony/chrony.conf";
    return facts;
  }
  Reader(request.root, facts).read(kMain);
  return facts;
}

}  // namespace

extern const Probe time_sync_probe;
const Probe time_sync_probe{
    .name = "time-sync",
    .group = "os",
    .summary = "time servers and settings of chrony",
    .semantics = "chrony.conf(5), chronyd(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_time_sync,
    .files = kFiles,
};

}  // namespace plimsoll
