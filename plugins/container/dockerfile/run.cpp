#include "plugins/container/dockerfile/run.h"

#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"
#include "scanner/formats/shell_words.h"

namespace plimsoll::dockerfile {
namespace {

using shell::Command;
using Joint = Command::Joint;

constexpr std::size_t kNever = static_cast<std::size_t>(-1);

bool has_word(const Command& command, std::string_view wanted) {
  return std::any_of(command.words.begin(), command.words.end(),
                     [&](const shell::Word& word) { return word.text == wanted; });
}

bool has_part(const Command& command, std::string_view part) {
  return std::any_of(command.words.begin(), command.words.end(), [&](const shell::Word& word) {
    return word.text.find(part) != std::string::npos;
  });
}

bool is_download(const Command& command) {
  return is_one_of(command.name(), "curl wget fetch aria2c http https");
}

/// `path` is `directory`, above it, or everything in it.
bool covers(std::string_view path, std::string_view directory) {
  path = trim_right(path, "*");
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.size() < 5 || !directory.starts_with(path)) return false;
  return directory.size() == path.size() || directory[path.size()] == '/';
}

/// rm(1), find(1): a command that empties the directory. Braces are read as far as their first
/// name.
bool empties(const Command& command, std::string_view directory) {
  const std::string_view name = command.name();
  if (name == "find" && command.words.size() > 1)
    return covers(command.words[1].text, directory) &&
           (has_word(command, "-delete") || has_word(command, "rm"));
  if (name != "rm") return false;
  return std::any_of(command.words.begin() + 1, command.words.end(), [&](const shell::Word& word) {
    const std::size_t brace = word.text.find('{');
    if (brace != std::string::npos && brace > 4)
      return directory.starts_with(std::string_view(word.text).substr(0, brace));
    return covers(word.text, directory);
  });
}

/// Where a package manager keeps what it has fetched.
std::vector<std::string_view> cache_directories(std::string_view manager) {
  if (manager == "apt") return {"/var/lib/apt/lists"};
  if (manager == "apk") return {"/var/cache/apk", "/etc/apk/cache"};
  if (manager == "yum" || manager == "dnf")
    return {"/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"};
  if (manager == "zypper") return {"/var/cache/zypp"};
  return {};
}

constexpr OptionsWithValue kCurl = {
    "AbcCdDeEFHKmoPQrtTuUwxXyYz",
    "url header data output user request proxy cacert cert key user-agent retry max-time "
    "connect-timeout range form upload-file write-out data-raw data-binary retry-delay output-dir"};
constexpr OptionsWithValue kWget = {
    "oaeitOUPBQlARDIXTw",
    "output-document output-file append-output tries timeout user password header user-agent "
    "directory-prefix input-file progress post-data ca-certificate certificate private-key"};
constexpr OptionsWithValue kUserAdd = {"bcdefgGkKpRPsuZ",
                                       "uid gid groups home-dir shell comment base-dir expiredate "
                                       "inactive skel key password root prefix "
                                       "selinux-user"};

class Describer {
 public:
  Describer(const shell::Script& script, const RunContext& context)
      : commands_(script.commands), context_(context) {}

  std::vector<CommandFacts> run() {
    facts_.resize(commands_.size());
    downloads_before_.resize(commands_.size() + 1);
    for (std::size_t i = 0; i < commands_.size(); ++i) summarise(i);
    for (std::size_t i = 0; i < commands_.size(); ++i) describe_one(i);
    return std::move(facts_);
  }

 private:
  // --- what is known of the script as a whole

  void summarise(std::size_t i) {
    const Command& command = commands_[i];
    PackageAction& action = facts_[i].action = read_package_action(command);
    if (action.installs) last_install_[action.manager] = i;
    if (action.cleans) last_clean_[action.manager] = i;
    for (const std::string_view manager : {"apt", "apk", "yum", "dnf", "zypper"})
      for (const std::string_view directory : cache_directories(manager))
        if (empties(command, directory)) last_clean_[manager] = i;
    const bool sets = command.name() == "set" || shell::is_shell(command.name());
    if (sets && pipefail_from_ == kNever && has_word(command, "pipefail")) pipefail_from_ = i;
    for (const shell::Assignment& one : command.assignments)
      if (one.name == "PIP_NO_CACHE_DIR" && is_on(one.value.text)) pip_cache_off_ = true;
    if (command.name() == "export" && has_part(command, "PIP_NO_CACHE_DIR=")) pip_cache_off_ = true;
    downloads_before_[i + 1] = downloads_before_[i] + (is_download(command) ? 1U : 0U);
  }

  static bool is_on(std::string_view value) { return is_one_of(lower(value), "1 true on yes"); }

  [[nodiscard]] static bool after(const std::map<std::string_view, std::size_t>& last,
                                  std::string_view manager, std::size_t i) {
    const auto found = last.find(manager);
    return found != last.end() && found->second > i;
  }

  [[nodiscard]] bool is_cached_outside(std::string_view manager) const {
    const auto mounted = [&](const std::string& target) {
      if (manager == "pip")
        return target.find("/.cache/pip") != std::string::npos || target.ends_with("/.cache");
      if (manager == "yarn")
        return target.find("yarn") != std::string::npos || target.ends_with("/.cache");
      const auto directories = cache_directories(manager);
      return std::any_of(directories.begin(), directories.end(), [&](std::string_view directory) {
        return covers(target, directory) || covers(directory, target);
      });
    };
    return std::any_of(context_.caches.begin(), context_.caches.end(), mounted);
  }

  // --- one command

  void add(std::size_t i, std::string_view trait) { facts_[i].traits.emplace_back(trait); }

  void describe_one(std::size_t i) {
    started(i);
    if (context_.at_run_time) return;
    packages(i);
    by_name(i);
    modes(i);
    pipes(i);
    credentials(i);
  }

  /// What matters of a command in the container as well.
  void started(std::size_t i) {
    const Command& command = commands_[i];
    const std::string_view name = command.name();
    const std::string_view operand =
        command.words.size() > 1 ? std::string_view(command.words[1].text) : "";
    const bool server = name == "sshd" || name == "dropbear" ||
                        (name == "service" && is_one_of(operand, "ssh sshd"));
    if (server) add(i, "ssh-server");
    if (runs_download(i)) add(i, "download-to-shell");
  }

  void packages(std::size_t i) {
    const PackageAction& action = facts_[i].action;
    if (action.manager.empty()) return;
    for (const std::string& trait : action.traits)
      if (trait != "cache-kept") add(i, trait);
    const bool installs_named = std::any_of(action.packages.begin(), action.packages.end(),
                                            [](const Package& one) { return one.server; });
    if (installs_named) add(i, "ssh-server");
    if (action.updates_index && !after(last_install_, action.manager, i)) add(i, "update-alone");
    if (keeps_cache(i)) add(i, "cache-kept");
  }

  [[nodiscard]] bool keeps_cache(std::size_t i) const {
    const PackageAction& action = facts_[i].action;
    const bool said =
        std::find(action.traits.begin(), action.traits.end(), "cache-kept") != action.traits.end();
    const std::string_view manager = action.manager;
    if (is_cached_outside(manager)) return false;
    if (manager == "apt") return action.updates_index && !after(last_clean_, manager, i);
    if (manager == "apk") return said;
    if (manager == "pip") return said && !context_.pip_cache_off && !pip_cache_off_;
    if (manager == "yarn") return said && !last_clean_.contains(manager);
    const bool leaves = manager == "yum" || manager == "dnf" || manager == "zypper";
    return leaves && action.installs && !after(last_clean_, manager, i);
  }

  void by_name(std::size_t i) {
    const Command& command = commands_[i];
    const std::string_view name = command.name();
    if (name == "sudo") add(i, "sudo");
    if (name == "cd") add(i, "directory-change");
    if (name == "apt") add(i, "apt-command");
    if (is_one_of(name, "free ifconfig kill mount ps service shutdown ssh top vim"))
      add(i, "out-of-place");
    if (name == "curl" && read_arguments(command, kCurl).has_any("k insecure"))
      add(i, "curl-insecure");
    if (name == "wget") wget(i);
    if (name == "ln") link(i);
    if (name == "git") git(i);
    if (name == "useradd" || name == "usermod" || name == "chpasswd" || name == "passwd")
      account(i);
    written(i);
  }

  /// Settings that a command writes to a file: sources.list(5), apt.conf(5), yum.conf(5).
  void written(std::size_t i) {
    if (!writes(i)) return;
    if (says(i, "trusted=yes") || says(i, "Trusted: yes") || says(i, "AllowUnauthenticated \"true"))
      add(i, "unauthenticated");
    if (says(i, "sslverify=0") || says(i, "sslverify=false") || says(i, "sslverify=False"))
      add(i, "package-tls-off");
  }

  [[nodiscard]] bool writes(std::size_t i) const {
    const Command& command = commands_[i];
    if (is_one_of(command.name(), "sed tee add-apt-repository")) return true;
    const bool redirected = std::any_of(
        command.redirects.begin(), command.redirects.end(), [](const shell::Redirect& one) {
          return one.op.starts_with('>') && one.target.text != "/dev/null";
        });
    const bool piped = i + 1 < commands_.size() && commands_[i + 1].joint == Joint::pipe;
    return redirected || (piped && is_one_of(commands_[i + 1].name(), "tee sudo"));
  }

  [[nodiscard]] bool says(std::size_t i, std::string_view part) const {
    const Command& command = commands_[i];
    return has_part(command, part) ||
           std::any_of(command.redirects.begin(), command.redirects.end(),
                       [&](const shell::Redirect& one) {
                         return one.op == "<<" && one.target.text.find(part) != std::string::npos;
                       });
  }

  void wget(std::size_t i) {
    const Arguments given = read_arguments(commands_[i], kWget);
    // getopt_long(3) takes an unambiguous beginning of a long option for the whole.
    for (const Arguments::Option& option : given.options)
      if (option.name.starts_with("no-check-c")) return add(i, "wget-insecure"), progress(i, given);
    progress(i, given);
  }

  void progress(std::size_t i, const Arguments& given) {
    const bool calm = given.has_any("progress q quiet o output-file a append-output no-verbose") ||
                      (given.has("n") && given.has("v"));
    if (!calm) add(i, "progress-bar");
  }

  void link(std::size_t i) {
    const Arguments given = read_arguments(commands_[i], {"St", "suffix target-directory"});
    if (given.operands.size() > 1 && given.operands.back()->text == "/bin/sh") add(i, "shell-link");
  }

  void git(std::size_t i) {
    const auto& words = commands_[i].words;
    for (std::size_t k = 1; k < words.size(); ++k) {
      const std::string word = lower(words[k].text);
      if (!word.starts_with("http.") || word.find("sslverify") == std::string::npos) continue;
      const std::size_t equals = word.find('=');
      const std::string value = equals != std::string::npos ? word.substr(equals + 1)
                                : k + 1 < words.size()      ? lower(words[k + 1].text)
                                                            : std::string();
      if (is_one_of(value, "false 0 no off")) return add(i, "git-tls-off");
    }
  }

  void account(std::size_t i) {
    const std::string_view name = commands_[i].name();
    const Arguments given =
        read_arguments(commands_[i], name == "passwd" ? OptionsWithValue{"inwxrR", ""} : kUserAdd);
    if (name == "chpasswd" || (name == "passwd" && given.has("stdin")))
      return add(i, "password-set");
    if (name != "useradd" && name != "usermod") return;
    const std::string* password =
        given.value("p") != nullptr ? given.value("p") : given.value("password");
    if (password != nullptr && !is_one_of(*password, "! * !! x")) add(i, "password-set");
    const std::string* uid = given.value("u") != nullptr ? given.value("u") : given.value("uid");
    const bool large = uid != nullptr && uid->size() > 5 && to_integer(*uid);
    // useradd(8), -l: lastlog and faillog get an entry for the id, and so its size, otherwise.
    if (name == "useradd" && large && !given.has_any("l no-log-init")) add(i, "large-id");
  }

  void modes(std::size_t i) {
    const Command& command = commands_[i];
    const std::string_view name = command.name();
    if (!is_one_of(name, "chmod install mkdir")) return;
    const Arguments given =
        read_arguments(command, name == "chmod" ? OptionsWithValue{"", "reference"}
                                                : OptionsWithValue{"mogtSZ", "mode owner group"});
    const std::string* option =
        given.value("m") != nullptr ? given.value("m") : given.value("mode");
    const std::string_view mode = name == "chmod"     ? given.operand(0)
                                  : option != nullptr ? std::string_view(*option)
                                                      : "";
    const ModeTraits found = read_mode(mode);
    if (found.set_id) add(i, "set-id");
    if (found.world_writable) add(i, "world-writable");
  }

  // --- pipes

  void pipes(std::size_t i) {
    const bool safe = context_.pipefail || pipefail_from_ < i;
    if (commands_[i].joint == Joint::pipe && commands_[i].via.empty() && !safe)
      add(i, "pipe-unchecked");
  }

  /// A shell or interpreter that takes its program from a download: through a pipe, or from a
  /// substitution.
  [[nodiscard]] bool runs_download(std::size_t i) const {
    const Command& command = commands_[i];
    if (command.joint == Joint::pipe && reads_program(command) &&
        any_download(command.pipeline_start, i))
      return true;
    const bool runs = shell::is_shell(command.name()) || is_one_of(command.name(), "eval source .");
    if (!runs || command.words.size() < 2 || command.inner_start >= i) return false;
    const std::string& last = command.words.back().text;
    const bool substituted =
        has_part(command, "<(") || has_part(command, "$(") || last.find('`') != std::string::npos;
    return substituted && any_download(command.inner_start, i);
  }

  [[nodiscard]] bool any_download(std::size_t from, std::size_t to) const {
    return from < to && downloads_before_[from] != downloads_before_[to];
  }

  static bool reads_program(const Command& command) {
    const std::string_view name = command.name();
    if (shell::is_shell(name)) return shell::reads_program(command);
    const bool interpreter = name.starts_with("python") || is_one_of(name, "perl ruby node php");
    if (!interpreter) return false;
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      const std::string& word = command.words[i].text;
      if (word == "-" || word == "/dev/stdin" || word == "--") return true;
      if (!word.starts_with('-') || is_one_of(word, "-c -m -e -r")) return false;
    }
    return true;
  }

  // --- credentials

  void credentials(std::size_t i) {
    const Command& command = commands_[i];
    if (has_secret(command)) add(i, "secret");
    if (!context_.secret_mount && sets_up_credentials(command)) add(i, "credentials-login");
  }

  static bool sets_up_credentials(const Command& command) {
    const std::string_view name = command.name();
    const auto word = [&](std::size_t k) {
      return k < command.words.size() ? std::string_view(command.words[k].text)
                                      : std::string_view();
    };
    if (name == "aws")
      return word(1) == "configure" && word(2) == "set" &&
             is_one_of(word(3), "aws_access_key_id aws_secret_access_key aws_session_token");
    if (name == "gcloud") return word(1) == "auth" && word(2) == "activate-service-account";
    return name == "az" && word(1) == "login";
  }

  const std::vector<Command>& commands_;
  const RunContext& context_;
  std::vector<CommandFacts> facts_;
  std::map<std::string_view, std::size_t> last_install_, last_clean_;
  std::size_t pipefail_from_ = kNever;
  std::vector<unsigned> downloads_before_;  ///< of each command, and behind the last
  bool pip_cache_off_ = false;
};

ModeTraits octal_mode(std::int64_t mode) {
  return {(mode & 06000) != 0, (mode & 0002) != 0 && (mode & 01000) == 0};
}

}  // namespace

ModeTraits read_mode(std::string_view mode) {
  if (mode.empty()) return {};
  const bool octal = mode.find_first_not_of("01234567") == std::string_view::npos;
  if (octal) return octal_mode(to_integer(mode.substr(0, 8), 8).value_or(0));
  ModeTraits out;
  if (mode.size() > 64) return out;
  for (const std::string_view clause : split(mode, ',')) {
    const std::size_t op = clause.find_first_of("+=");
    if (op == std::string_view::npos) continue;
    const std::string_view who = clause.substr(0, op), what = clause.substr(op + 1);
    if (who.find_first_not_of("ugoa") != std::string_view::npos) return {};
    if (what.find('s') != std::string_view::npos && who != "o") out.set_id = true;
    // Without a letter the umask keeps others from writing.
    const bool others = who.find_first_of("oa") != std::string_view::npos;
    if (others && what.find('w') != std::string_view::npos &&
        what.find('t') == std::string_view::npos)
      out.world_writable = true;
  }
  return out;
}

std::vector<CommandFacts> describe(const shell::Script& script, const RunContext& context) {
  return Describer(script, context).run();
}

}  // namespace plimsoll::dockerfile
