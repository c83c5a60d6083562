#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/os/file/names.h"
#include "plugins/os/rsyslog/config.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using rsyslog::Configuration;
using rsyslog::FileDefaults;
using rsyslog::Item;
using rsyslog::Share;

constexpr std::string_view kMain = "/etc/rsyslog.conf";
constexpr std::array<std::string_view, 2> kFiles = {kMain, "/etc/rsyslog.d/50-local.conf"};

constexpr std::array kFields = {
    Field{"kind", Type::text, "module, input, action, global, directive, or defaults (of files)"},
    Field{"name", Type::text,
          "the module, without `builtin:`; of a parameter its name in lower case"},
    Field{"value", Type::text, "of a global parameter or directive"},
    Field{"ruleset", Type::text, "the ruleset an action is in; empty: the default one"},
    Field{"used", Type::boolean, "something hands messages to that ruleset"},
    Field{"filter", Type::text,
          "what selects messages for an action, nested ones joined with ` > `"},
    Field{"messages", Type::text,
          "how many of all come to an action: all, rest (all but what filters before threw away), "
          "some, none"},
    Field{"target", Type::text, "file, host or users of an action; address of an input"},
    Field{"port", Type::text, "of a remote host or an input"},
    Field{"protocol", Type::text, "udp, tcp or relp"},
    Field{"tls", Type::boolean, "messages travel encrypted"},
    Field{"stream_driver", Type::text, "ptcp, gtls or ossl: its own, or the default one"},
    Field{"stream_driver_mode", Type::integer, "1: TLS only"},
    Field{"stream_driver_auth_mode", Type::text,
          "how the peer proves who it is: x509/name, anon, ..."},
    Field{"check_extended_key_purpose", Type::boolean,
          "the peer's certificate must be one of a server"},
    Field{"permitted_peers", Type::list, "names or fingerprints the peer may have"},
    Field{"ca_file", Type::text, "certificates that the peer's is checked against"},
    Field{"file_create_mode", Type::mode, "permissions that new files get, before the umask"},
    Field{"dir_create_mode", Type::mode, "permissions that new directories get"},
    Field{"file_owner", Type::text, "owner that new files get, as written; empty: the process's"},
    Field{"file_group", Type::text, "group that new files get, as written; empty: the process's"},
    Field{"mode", Type::mode, "permissions of the file that is there now"},
    Field{"user", Type::text, "owner of the file that is there now"},
    Field{"group", Type::text, "group of the file that is there now"},
};

Value text_or_none(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

/// A mode in the spelling of all probes; what is not one was reported already.
std::string four_digits(const std::string& mode) {
  return fmt::format("{:04o}", to_integer(mode, 8).value_or(0));
}

void add_file_defaults(const FileDefaults& files, std::vector<Value>& fields) {
  fields.emplace_back(four_digits(files.file_mode));
  fields.emplace_back(four_digits(files.directory_mode));
  fields.emplace_back(files.owner);
  fields.emplace_back(files.group);
}

/// Who may read the log that exists: what rsyslog would give a new one says nothing about it.
void add_existing(const Root& root, const files::Names& names, const std::string& path,
                  std::vector<Value>& fields, Facts& facts) {
  const auto stat = root.stat(path);
  if (!stat || stat->type != FileType::regular) {
    if (!stat && stat.error().code != ErrorCode::not_found)
      facts.gap(stat.error(), {}, Gap::Effect::may_add);
    fields.resize(fields.size() + 3);
    return;
  }
  fields.emplace_back(fmt::format("{:04o}", stat->mode));
  fields.push_back(names.users_error() ? Value{} : Value{names.user(stat->uid)});
  fields.push_back(names.groups_error() ? Value{} : Value{names.group(stat->gid)});
}

bool has_tls(const Item& item) {
  if (item.name == "omrelp") return item.relp_tls;
  return item.protocol == "tcp" && item.driver_mode == "1" &&
         (item.driver == "gtls" || item.driver == "ossl");
}

void add_forwarding(const Item& item, std::vector<Value>& fields) {
  if (item.name != "omfwd" && item.name != "omrelp") {
    fields.resize(fields.size() + 8);
    return;
  }
  const auto mode = to_integer(item.driver_mode);
  fields.emplace_back(item.protocol);
  fields.emplace_back(has_tls(item));
  fields.push_back(text_or_none(item.driver));
  fields.push_back(mode ? Value{*mode} : Value{});
  fields.emplace_back(item.auth_mode);
  fields.emplace_back(item.check_purpose);
  fields.emplace_back(item.peers);
  fields.emplace_back(item.ca_file);
}

bool is_used(const Configuration& configuration, const std::string& ruleset) {
  return ruleset.empty() || configuration.all_called ||
         std::binary_search(configuration.called.begin(), configuration.called.end(), ruleset);
}

/// A name of a ruleset that is worked out when it runs may be any.
Share share_of(const Configuration& configuration, const Item& item) {
  const Share given = configuration.messages.of_ruleset(item.ruleset);
  const Share own =
      std::min(item.share, configuration.messages.after_calls(item.ruleset, item.calls_before));
  return std::min(own, configuration.all_called ? std::max(given, Share::some) : given);
}

void add_row(const Root& root, const files::Names& names, const Configuration& configuration,
             const Item& item, Facts& facts) {
  const bool is_action = item.kind == "action";
  const bool is_file = is_action && item.name == "omfile";
  std::vector<Value> fields = {item.kind, item.name, item.value, item.ruleset};
  fields.push_back(is_action ? Value{is_used(configuration, item.ruleset)} : Value{});
  fields.push_back(is_action ? Value{item.filter} : Value{});
  fields.push_back(is_action ? Value{std::string(share_name(share_of(configuration, item)))}
                             : Value{});
  fields.push_back(text_or_none(item.target));
  fields.push_back(text_or_none(item.port));
  add_forwarding(item, fields);
  if (is_file || item.kind == "defaults")
    add_file_defaults(item.files, fields);
  else
    fields.resize(fields.size() + 4);
  if (is_file && item.target.starts_with('/'))
    add_existing(root, names, item.target, fields, facts);
  else
    fields.resize(kFields.size());
  facts.row(std::move(fields), item.origin);
}

/// What actions that a site adds tomorrow would get: each of the two forms, where it is in use.
std::vector<Item> defaults_of(const Configuration& configuration) {
  std::vector<Item> out;
  const auto add = [&](std::string name, const FileDefaults& files) {
    Item& item = out.emplace_back();
    item.kind = "defaults";
    item.name = std::move(name);
    item.files = files;
    if (files.given) item.origin = *files.given;
  };
  if (configuration.legacy.given || !configuration.actions.given)
    add("directives", configuration.legacy);
  if (configuration.actions.given) add("omfile", configuration.actions);
  return out;
}

Facts read_rsyslog(const Request& request) {
  Facts facts;
  const auto stat = request.root.stat(kMain);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    facts.not_applicable = "there is no /etc/rsyslog.conf";
    return facts;
  }
  Configuration configuration = rsyslog::read_configuration(request.root, kMain);
  const files::Names names(request.root);
  for (const Item& item : configuration.items)
    add_row(request.root, names, configuration, item, facts);
  for (const Item& item : defaults_of(configuration))
    add_row(request.root, names, configuration, item, facts);
  facts.gaps.insert(facts.gaps.end(), std::make_move_iterator(configuration.gaps.begin()),
                    std::make_move_iterator(configuration.gaps.end()));
  return facts;
}

}  // namespace

extern const Probe rsyslog_probe;
const Probe rsyslog_probe{
    .name = "rsyslog",
    .group = "os",
    .summary = "what rsyslog listens to, and where it writes and sends messages",
    .semantics = "rsyslog.conf(5), rsyslogd(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_rsyslog,
    .files = kFiles,
};

}  // namespace plimsoll
