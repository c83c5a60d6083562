#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

#include "plugins/os/ssh/configuration.h"
#include "plugins/os/ssh/keywords.h"
#include "plugins/os/ssh/values.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/openssh/syntax.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using openssh::split_arguments;
using openssh::WordReader;
using ssh::Keyword;
using ssh::Kind;

constexpr std::string_view kMainFile = "/etc/ssh/ssh_config";
constexpr std::string_view kDirectory = "/etc/ssh";
constexpr std::array<std::string_view, 2> kFiles = {kMainFile, "/etc/ssh/ssh_config.d/a.conf"};

constexpr std::array kFields = {
    Field{"stricthostkeychecking", Type::text, "true, false, ask or accept-new"},
    Field{"hashknownhosts", Type::text, "names in known_hosts are hashed"},
    Field{"forwardagent", Type::text, "yes, no, or the socket to forward"},
    Field{"forwardx11", Type::text, "X11 is forwarded"},
    Field{"forwardx11trusted", Type::text, "forwarded X11 clients are trusted"},
    Field{"permitlocalcommand", Type::text, "LocalCommand is run"},
    Field{"hostbasedauthentication", Type::text, "the host vouches for the user"},
    Field{"gssapiauthentication", Type::text, "authentication by GSSAPI"},
    Field{"ciphers", Type::list, "ciphers offered, edits of the default carried out"},
    Field{"macs", Type::list, "message authentication codes offered"},
    Field{"kexalgorithms", Type::list, "key exchanges offered"},
    Field{"hostkeyalgorithms", Type::list, "signatures of hosts accepted"},
    Field{"sendenv", Type::set, "variables handed to the server"},
    Field{"connecttimeout", Type::text, "seconds, or none"},
};

constexpr unsigned kDepth = 16;          // READCONF_MAX_DEPTH
constexpr std::size_t kIncludes = 1024;  // files; ours
constexpr std::size_t kRefusals = 32;
constexpr std::size_t kIgnoring = 256;  // lines of IgnoreUnknown

constexpr Keyword kReadFile = {.name = "@file", .key = "@file", .kind = Kind::file};

class Reader {
 public:
  Reader(const Request& request, std::string other_version, Facts& facts)
      : root_(request.root),
        other_version_(std::move(other_version)),
        facts_(facts),
        host_(request.root) {}

  void run() {
    std::size_t scope = 0;
    read_file(std::string(kMainFile), {}, scope, 0);
    for (const Error& error : host_.errors()) facts_.gap(error);
    ssh::settle(read_, other_version_, facts_);
  }

 private:
  void refuse(Error error) {
    error.what += "; ssh does not go on with this";
    if (refusals_++ < kRefusals) facts_.gap(std::move(error), {}, Gap::Effect::may_add);
  }

  /// `scope` is that of the block around the file, and then of its last block.
  void read_file(const std::string& path, const Origin& from, std::size_t& scope, unsigned depth) {
    if (depth > kDepth)
      return refuse(
          {ErrorCode::limit, fmt::format("includes nested deeper than {}", kDepth), from});
    if (++files_ > kIncludes)
      return facts_.gap({ErrorCode::limit, fmt::format("more than {} files", kIncludes), from});
    const auto text = root_.read(path);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
      return;
    }
    if (depth > 0 && !is_safe(path)) return;
    read_.settings.push_back({kReadFile, {path}, {path}, 0});
    const std::size_t outer = scope;
    for (const openssh::ConfigLine& line : openssh::config_lines(*text))
      read_line(line, path, outer, scope, depth);
  }

  /// ssh refuses an included file that is not root's, or that others may write.
  bool is_safe(const std::string& path) {
    const auto stat = root_.stat(path);
    if (!stat || (stat->uid == 0 && (stat->mode & 022U) == 0)) return true;
    refuse({ErrorCode::invalid, "bad owner or permissions", {path, 0, 0}});
    return false;
  }

  void read_line(const openssh::ConfigLine& line, const std::string& path, std::size_t outer,
                 std::size_t& scope, unsigned depth) {
    const auto directive = openssh::read_directive(line.text);
    if (!directive) return;
    const Origin where{path, line.number, 1};
    const std::string name = lower(directive->keyword);
    const std::string_view rest = trim_left(directive->rest.value_or(std::string_view()));
    if (rest.empty())
      return refuse({ErrorCode::invalid, fmt::format("`{}` has no argument", name), where});
    if (name == "match") return enter_match(rest, where, outer, scope);
    const auto arguments = split_arguments(rest);
    if (!arguments) return refuse({ErrorCode::invalid, "a quote without an end", where});
    if (name == "host") return enter_host(*arguments, where, outer, scope);
    if (name == "include") return include(*arguments, where, scope, depth);
    const Keyword* keyword = ssh::find_keyword(name);
    if (keyword == nullptr) return meet_unknown(name, rest, where, scope);
    auto values = keyword->kind == Kind::algorithms && !other_version_.empty()
                      ? read_foreign_list(*arguments)
                      : ssh::read_values(*keyword, *arguments, rest, host_);
    if (!values && values.error().code == ErrorCode::unsupported)
      return facts_.gap({values.error().code, values.error().what, where});
    if (!values)
      return refuse(
          {values.error().code, fmt::format("`{}`: {}", name, values.error().what), where});
    if (values->empty()) return;
    if (keyword->key == "ignoreunknown") ignore(values->front(), scope);
    read_.settings.push_back({*keyword, std::move(*values), where, scope});
  }

  /// A list for another version stands as it is, but an edit of a list that is not known does not.
  [[nodiscard]] Result<std::vector<std::string>> read_foreign_list(
      const std::vector<std::string>& arguments) const {
    if (arguments.size() != 1 || arguments[0].empty())
      return fail(ErrorCode::invalid, "it takes one list");
    if (arguments[0].find_first_of("+-^") == 0 ||
        arguments[0].find_first_of("*?") != std::string::npos)
      return fail(
          ErrorCode::unsupported,
          fmt::format("the built-in list of openssh-client {} is not known", other_version_));
    return arguments;
  }

  // --- unknown keywords

  /// The first IgnoreUnknown whose scope holds counts, for all lines behind it.
  void ignore(const std::string& patterns, std::size_t scope) {
    if (ignored_everywhere_ || ignoring_.size() >= kIgnoring) return;
    ignoring_.push_back(patterns);
    ignored_everywhere_ = read_.scopes[scope].conditions.empty();
  }

  void meet_unknown(const std::string& name, std::string_view rest, const Origin& where,
                    std::size_t scope) {
    if (!other_version_.empty()) {
      // A keyword of another version: its value as written, the first one as for most.
      unknown_.push_back(name);
      const Keyword keyword = {unknown_.back(), unknown_.back(), Kind::command};
      read_.settings.push_back({keyword, {std::string(trim(rest))}, where, scope});
      return;
    }
    const auto hits =
        std::count_if(ignoring_.begin(), ignoring_.end(), [&](const std::string& all) {
          return openssh::matches_list(name, all, true) == openssh::ListMatch::positive;
        });
    const bool all_hit = static_cast<std::size_t>(hits) == ignoring_.size();
    if (ignored_everywhere_ && all_hit) return;
    refuse({ErrorCode::invalid,
            hits > 0 ? fmt::format("ssh knows no `{}`, and not for every host an `IgnoreUnknown` "
                                   "before it names it",
                                   name)
                     : fmt::format("ssh knows no `{}`", name),
            where});
  }

  // --- blocks

  /// `condition` is empty for what always holds.
  std::size_t open(const std::string& block, const std::string& condition, std::size_t outer) {
    ssh::Scope scope = read_.scopes[outer];
    scope.text += (scope.text.empty() ? "" : " && ") + block;
    if (!condition.empty())
      scope.conditions.push_back(
          conditions_.emplace(condition, static_cast<std::uint32_t>(conditions_.size()))
              .first->second);
    read_.scopes.push_back(std::move(scope));
    return read_.scopes.size() - 1;
  }

  void enter_host(const std::vector<std::string>& patterns, const Origin& where, std::size_t outer,
                  std::size_t& scope) {
    bool always = false;
    for (const std::string& pattern : patterns) {
      if (pattern.empty())
        return refuse({ErrorCode::invalid, "`Host` has an empty pattern", where});
      always = always || pattern.find_first_not_of('*') == std::string::npos;
    }
    for (const std::string& pattern : patterns) always = always && pattern.front() != '!';
    const std::string block = "Host " + join(patterns, " ");
    scope = open(block, always ? std::string() : block, outer);
  }

  void enter_match(std::string_view text, const Origin& where, std::size_t outer,
                   std::size_t& scope) {
    WordReader reader(text);
    std::vector<std::string> criteria;
    std::size_t attributes = 0;
    bool changes = false;
    while (const auto word = reader.next()) {
      if (word->empty() || word->starts_with('#')) break;
      const std::string name = lower(trim_left(*word, "!"));
      criteria.push_back(*word);
      if (name == "all") {
        const auto more = reader.next();
        if (attributes > 1 || (more && !more->empty() && !more->starts_with('#')))
          return refuse({ErrorCode::invalid, "`all` cannot be combined", where});
        ++attributes;
        break;
      }
      ++attributes;
      if (name == "canonical" || name == "final") continue;
      // HostName and User change between two lines what these are compared with.
      const bool varies = name == "exec" || name == "host" || name == "user";
      changes = changes || varies;
      if (!varies && name != "originalhost" && name != "localuser")
        return refuse({ErrorCode::invalid, fmt::format("`Match` knows no `{}`", *word), where});
      const auto argument = reader.next();
      if (!argument || argument->empty() || argument->starts_with('#'))
        return refuse({ErrorCode::invalid, fmt::format("`{}` has no argument", *word), where});
      criteria.push_back(*argument);
    }
    if (attributes == 0) return refuse({ErrorCode::invalid, "`Match` asks nothing", where});
    const std::string block = "Match " + join(criteria, " ");
    const bool always = criteria.size() == 1 && lower(criteria[0]) == "all";
    scope = open(block,
                 always    ? std::string()
                 : changes ? fmt::format("{} {}", read_.scopes.size(), block)
                           : block,
                 outer);
  }

  void include(const std::vector<std::string>& words, const Origin& where, std::size_t scope,
               unsigned depth) {
    for (const std::string& word : words) {
      if (word.empty() || word.starts_with('~')) {
        refuse({ErrorCode::invalid, fmt::format("`Include` does not take `{}`", word), where});
        continue;
      }
      const Root::Glob found = root_.glob(join_path(kDirectory, word));
      for (const Error& error : found.errors) facts_.gap(error);
      for (const std::string& file : found.paths) {
        std::size_t inside = scope;  // blocks of an included file end with it
        read_file(file, where, inside, depth + 1);
      }
    }
  }

  const Root& root_;
  const std::string other_version_;
  Facts& facts_;
  openssh::HostFiles host_;
  ssh::Configuration read_;
  std::unordered_map<std::string, std::uint32_t> conditions_;  ///< numbered in order of appearance
  std::vector<std::string> ignoring_;                          ///< IgnoreUnknown of some hosts
  bool ignored_everywhere_ = false;  ///< the last of them counts for all other hosts
  std::deque<std::string> unknown_;  ///< names of keywords of another version
  std::size_t files_ = 0;
  std::size_t refusals_ = 0;
};

/// The upstream part of a Debian version: `1:9.2p1-2` gives `9.2`.
std::string_view upstream(std::string_view version) {
  version = version.substr(version.find(':') == std::string_view::npos ? 0 : version.find(':') + 1);
  return version.substr(0, version.find_first_not_of("0123456789."));
}

Facts read_ssh(const Request& request) {
  Facts facts;
  const auto version = installed_version(request.root, "openssh-client");
  const auto main = request.root.lstat(kMainFile);
  if (!version && !main && main.error().code == ErrorCode::not_found &&
      !request.root.exists("/usr/bin/ssh")) {
    facts.not_applicable = "there is no /etc/ssh/ssh_config and no openssh-client";
    return facts;
  }
  const bool known = !version || upstream(*version) == "9.2";
  Reader(request, known ? std::string() : *version, facts).run();
  return facts;
}

}  // namespace

extern const Probe ssh_probe;
const Probe ssh_probe{
    .name = "ssh",
    .group = "os",
    .summary = "OpenSSH client, as the system's files configure it for all users",
    .semantics = "ssh_config(5), ssh(1)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_ssh,
    .files = kFiles,
};

}  // namespace plimsoll
