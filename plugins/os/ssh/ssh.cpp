#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "plugins/os/ssh/keywords.h"
#include "plugins/os/ssh/values.h"
#include "scanner/base/text.h"
#include "scanner/formats/openssh/algorithms.h"
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
constexpr std::size_t kRows = 1U << 17U;

/// Where lines go: to the scope of the last Host or Match, in this file and around it.
struct Place {
  std::string outer;                                    ///< around the file
  std::string scope;                                    ///< with the block that the line is in
  std::set<std::string, std::less<>> taken;             ///< keys that the block has set
  std::set<std::pair<std::string, std::string>> items;  ///< and the elements of those that add up
};

class Reader {
 public:
  Reader(const Request& request, Facts& facts)
      : root_(request.root), facts_(facts), host_(request.root) {}

  void run() {
    Place place;
    read_file(std::string(kMainFile), {}, place, 0);
    for (const Error& error : host_.errors()) facts_.gap(error);
    add_defaults();
  }

 private:
  void refuse(Error error) {
    error.what += "; ssh does not go on with this";
    if (refusals_++ < kRefusals) facts_.gap(std::move(error), {}, Gap::Effect::may_add);
  }

  void read_file(const std::string& path, const Origin& from, Place& place, unsigned depth) {
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
    facts_.setting("@file", path, {path});
    for (const openssh::ConfigLine& line : openssh::config_lines(*text))
      read_line(line, path, place, depth);
  }

  /// ssh refuses an included file that is not root's, or that others may write.
  bool is_safe(const std::string& path) {
    const auto stat = root_.stat(path);
    if (!stat || (stat->uid == 0 && (stat->mode & 022U) == 0)) return true;
    refuse({ErrorCode::invalid, "bad owner or permissions", {path, 0, 0}});
    return false;
  }

  void read_line(const openssh::ConfigLine& line, const std::string& path, Place& place,
                 unsigned depth) {
    const auto directive = openssh::read_directive(line.text);
    if (!directive) return;
    const Origin where{path, line.number, 1};
    const std::string name = lower(directive->keyword);
    const std::string_view rest = trim_left(directive->rest.value_or(std::string_view()));
    if (rest.empty())
      return refuse({ErrorCode::invalid, fmt::format("`{}` has no argument", name), where});
    if (name == "match") return enter_match(rest, where, place);
    const auto arguments = split_arguments(rest);
    if (!arguments) return refuse({ErrorCode::invalid, "a quote without an end", where});
    if (name == "host") return enter_host(*arguments, where, place);
    if (name == "include") return include(*arguments, where, place, depth);
    const Keyword* keyword = ssh::find_keyword(name);
    if (keyword == nullptr && (name == "canonicalizepermittedcnames" || is_ignored(name))) return;
    if (keyword == nullptr)
      return refuse({ErrorCode::invalid, fmt::format("ssh knows no `{}`", name), where});
    auto values = ssh::read_values(*keyword, *arguments, rest, host_);
    if (!values)
      return refuse(
          {values.error().code, fmt::format("`{}`: {}", name, values.error().what), where});
    take(*keyword, std::move(*values), where, place);
  }

  [[nodiscard]] bool is_ignored(std::string_view name) const {
    return openssh::matches_list(name, ignored_, true) == openssh::ListMatch::positive;
  }

  // --- blocks

  void open(std::string block, Place& place) {
    place.scope = place.outer.empty() ? std::move(block) : place.outer + " && " + block;
    place.taken.clear();
    place.items.clear();
  }

  void enter_host(const std::vector<std::string>& patterns, const Origin& where, Place& place) {
    for (const std::string& pattern : patterns)
      if (pattern.empty())
        return refuse({ErrorCode::invalid, "`Host` has an empty pattern", where});
    open("Host " + join(patterns, " "), place);
  }

  void enter_match(std::string_view text, const Origin& where, Place& place) {
    WordReader reader(text);
    std::vector<std::string> criteria;
    std::size_t attributes = 0;
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
      const bool known = name == "exec" || name == "host" || name == "originalhost" ||
                         name == "user" || name == "localuser";
      if (!known)
        return refuse({ErrorCode::invalid, fmt::format("`Match` knows no `{}`", *word), where});
      const auto argument = reader.next();
      if (!argument || argument->empty() || argument->starts_with('#'))
        return refuse({ErrorCode::invalid, fmt::format("`{}` has no argument", *word), where});
      criteria.push_back(*argument);
    }
    if (attributes == 0) return refuse({ErrorCode::invalid, "`Match` asks nothing", where});
    open("Match " + join(criteria, " "), place);
  }

  void include(const std::vector<std::string>& words, const Origin& where, Place& place,
               unsigned depth) {
    for (const std::string& word : words) {
      if (word.empty() || word.starts_with('~')) {
        refuse({ErrorCode::invalid, fmt::format("`Include` does not take `{}`", word), where});
        continue;
      }
      const Root::Glob found = root_.glob(join_path(kDirectory, word));
      for (const Error& error : found.errors) facts_.gap(error);
      for (const std::string& file : found.paths) {
        // Blocks of an included file end with it.
        Place inside;
        inside.outer = inside.scope = place.scope;
        inside.taken = place.taken;
        inside.items = place.items;
        read_file(file, where, inside, depth + 1);
        if (inside.scope != place.scope) continue;
        place.taken = std::move(inside.taken);
        place.items = std::move(inside.items);
      }
    }
  }

  // --- values

  /// Of what is taken once the first value stands; elements that are there already add nothing.
  void take(const Keyword& keyword, std::vector<std::string> values, const Origin& where,
            Place& place) {
    const std::string key(keyword.key);
    const bool adds_up = keyword.kind == Kind::item || keyword.kind == Kind::environment_names ||
                         keyword.kind == Kind::forward;
    if (values.empty() || (!adds_up && !place.taken.insert(key).second)) return;
    // Whichever of the two comes first stands.
    if (key == "proxycommand" && place.taken.contains("proxyjump")) return;
    if (key == "proxyjump" && place.taken.contains("proxycommand")) return;
    if (key == "ignoreunknown") ignored_ = values.front();
    for (std::string& value : values) {
      const bool is_name = keyword.kind == Kind::environment_names;
      if (is_name && value.starts_with('-')) continue;
      // Names of variables alone may be there twice.
      if (adds_up && !is_name && !place.items.emplace(key, value).second) continue;
      if (facts_.rows.size() >= kRows)
        return facts_.gap({ErrorCode::limit, fmt::format("more than {} settings", kRows), where});
      if (place.scope.empty()) set_.insert(key);
      facts_.setting(key, std::move(value), where, place.scope);
    }
  }

  void add_defaults() {
    if (!set_.contains("gssapikexalgorithms"))
      facts_.setting("gssapikexalgorithms", std::string(openssh::default_gss_kex()), {});
    std::set<std::string, std::less<>> done = set_;
    for (const Keyword& keyword : ssh::keywords())
      if (!keyword.fallback.empty() && done.insert(std::string(keyword.key)).second)
        facts_.setting(std::string(keyword.key), std::string(keyword.fallback), {});
    using openssh::Algorithms;
    constexpr std::array<std::pair<std::string_view, Algorithms>, 7> kLists = {{
        {"ciphers", Algorithms::ciphers},
        {"macs", Algorithms::macs},
        {"kexalgorithms", Algorithms::kex},
        {"hostkeyalgorithms", Algorithms::keys},
        {"casignaturealgorithms", Algorithms::ca_signatures},
        {"hostbasedacceptedalgorithms", Algorithms::keys},
        {"pubkeyacceptedalgorithms", Algorithms::keys},
    }};
    for (const auto& [key, which] : kLists)
      if (!done.contains(key))
        facts_.setting(std::string(key), openssh::join_names(openssh::algorithms(which).defaults),
                       {});
  }

  const Root& root_;
  Facts& facts_;
  openssh::HostFiles host_;
  std::set<std::string, std::less<>> set_;  ///< keys that the main scope sets
  std::string ignored_;                     ///< IgnoreUnknown
  std::size_t files_ = 0;
  std::size_t refusals_ = 0;
};

Facts read_ssh(const Request& request) {
  Facts facts;
  Reader(request, facts).run();
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
