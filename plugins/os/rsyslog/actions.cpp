#include <algorithm>
#include <array>

#include "plugins/os/rsyslog/reader.h"
#include "scanner/base/text.h"

// Modules, actions and directives, in the new style and the old.
namespace plimsoll::rsyslog {
namespace {

/// `$InputTCPServerRun 514` and the like, each an input of a module.
struct Listener {
  std::string_view directive, module;
};
constexpr std::array<Listener, 5> kListeners = {{{"udpserverrun", "imudp"},
                                                 {"inputtcpserverrun", "imtcp"},
                                                 {"inputptcpserverrun", "imptcp"},
                                                 {"inputrelpserverrun", "imrelp"},
                                                 {"inputgssserverrun", "imgssapi"}}};

bool is_on(std::string_view value) {
  return iequals(value, "on") || iequals(value, "yes") || value == "1" || iequals(value, "true");
}

/// `0640`: four or five octal digits, the first one a zero.
bool is_mode(std::string_view text, std::size_t most) {
  return text.size() >= 4 && text.size() <= most && text.front() == '0' && to_integer(text, 8);
}

/// Something other than `;template` or a comment follows a file's name.
bool has_more_than_template(std::string_view action) {
  const auto end = std::min(action.size(), action.find_first_of(" ;"));
  const std::string_view after = trim_left(action.substr(end), " \t");
  return !after.empty() && after.front() != ';' && after.front() != '#';
}

}  // namespace

const Parameter* find(const Token& object, std::string_view name) {
  const auto found = std::find_if(object.parameters.rbegin(), object.parameters.rend(),
                                  [&](const Parameter& p) { return p.name == name; });
  return found == object.parameters.rend() ? nullptr : &*found;
}

std::string value_of(const Token& object, std::string_view name, std::string_view otherwise) {
  const Parameter* found = find(object, name);
  return std::string(found == nullptr ? otherwise : std::string_view(found->values.front()));
}

/// Something other than a `call` hands messages to a ruleset.
void Reader::is_given(const std::string& ruleset, Share share) {
  out_.called.push_back(ruleset);
  out_.messages.give(ruleset, share);
}

void Reader::module_object(const Token& token) {
  std::string name = lower(value_of(token, "load"));
  // A second one is ignored with a complaint.
  if (name == "builtin:omfile" && !out_.actions.given) {
    file_parameters(token, out_.actions);
    out_.actions.given = here();
  }
  if (name.starts_with("builtin:")) name.erase(0, 8);
  if (name == "omfile") return;
  add("module", std::move(name));
  if (const Parameter* ruleset = find(token, "ruleset"))
    is_given(ruleset->values.front(), Share::some);
}

void Reader::file_parameters(const Token& token, FileDefaults& files) {
  const auto take_mode = [&](std::string_view name, std::string& mode) {
    const Parameter* given = find(token, name);
    if (given == nullptr) return;
    files.given = here();
    if (is_mode(given->values.front(), 5))
      mode = given->values.front();
    else
      gap("`" + given->name + "` is no octal mode with a leading zero");
  };
  take_mode("filecreatemode", files.file_mode);
  take_mode("dircreatemode", files.directory_mode);
  const auto take_name = [&](std::string_view name, std::string& whose) {
    if (const Parameter* given = find(token, name)) whose = given->values.front();
  };
  take_name("fileowner", files.owner);
  take_name("fileownernum", files.owner);
  take_name("filegroup", files.group);
  take_name("filegroupnum", files.group);
}

void Reader::new_action(const Token& token) {
  const std::string name = lower(value_of(token, "type"));
  Item& item = add("action", name);
  item.ruleset = ruleset_;
  item.filter = filter();
  item.share = out_.messages.at(ruleset_, filters_);
  item.calls_before = out_.messages.calls_so_far();
  if (name == "omfile") {
    item.files = out_.actions;
    item.target = value_of(token, "file");
    if (item.target.empty()) item.target = "?" + value_of(token, "dynafile");
    file_parameters(token, item.files);
  } else if (name == "omfwd" || name == "omrelp") {
    item.target = value_of(token, "target", value_of(token, "targetsrv"));
    item.port = value_of(token, "port", "514");
    item.protocol = name == "omrelp" ? "relp" : lower(value_of(token, "protocol", "udp"));
    item.driver = value_of(token, "streamdriver", value_of(token, "streamdriver.name"));
    item.driver_mode =
        value_of(token, "streamdrivermode", value_of(token, "streamdriver.mode", "0"));
    item.auth_mode =
        value_of(token, "streamdriverauthmode",
                 value_of(token, "streamdriver.authmode", value_of(token, "tls.authmode")));
    item.check_purpose = is_on(value_of(token, "streamdriver.checkextendedkeypurpose"));
    item.ca_file = value_of(token, "streamdriver.cafile", value_of(token, "tls.cacert"));
    for (const std::string_view peers :
         {"streamdriverpermittedpeers", "streamdriver.permittedpeers", "tls.permittedpeer"})
      if (const Parameter* given = find(token, peers)) item.peers = given->values;
    item.relp_tls = name == "omrelp" && is_on(value_of(token, "tls"));
  } else {
    item.target = value_of(token, "users", value_of(token, "server"));
  }
}

/// The host and port of `@host:port;template`, `@@(o)[::1]:514`.
void Reader::old_forward(std::string_view text, Item& item) const {
  item.name = "omfwd";
  item.protocol = "udp";
  text.remove_prefix(1);
  if (text.starts_with('@')) {
    item.protocol = "tcp";
    text.remove_prefix(1);
  }
  if (text.starts_with('(')) text.remove_prefix(std::min(text.size(), text.find(')')));
  if (text.starts_with(')')) text.remove_prefix(1);
  std::size_t end = 0;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    end = std::min(text.size(), text.find(']'));
    item.target = std::string(text.substr(0, end));
    end = std::min(text.size(), end + 1);
  } else {
    end = std::min(text.size(), text.find_first_of(":;#"));
    item.target = std::string(trim(text.substr(0, end)));
  }
  item.port = "514";
  text.remove_prefix(end);
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    item.port = std::string(text.substr(0, text.find_first_not_of("0123456789")));
  }
  item.driver = forward_.driver;
  item.driver_mode = forward_.driver_mode;
  item.auth_mode = forward_.auth_mode;
  item.peers = forward_.peers;
}

void Reader::old_action(const Token& token) {
  std::string_view text = trim(token.text, " \t");
  if (text == "~") return out_.messages.discard(ruleset_, filters_);
  const bool is_file = text.find_first_of("/.?-") == 0;
  if (is_file && has_more_than_template(text)) return;  // rsyslog complains and drops the action
  Item& item = add("action", "omusrmsg");
  item.ruleset = ruleset_;
  item.filter = filter();
  item.share = out_.messages.at(ruleset_, filters_);
  item.calls_before = out_.messages.calls_so_far();
  if (text.starts_with(':')) {  // `:omusrmsg:root`: the module by name
    const auto colon = text.find(':', 1);
    item.name = lower(text.substr(1, std::min(colon, text.size()) - 1));
    text.remove_prefix(std::min(text.size(), colon == std::string_view::npos ? colon : colon + 1));
  } else if (text.starts_with('@')) {
    return old_forward(text, item);
  } else if (text.starts_with('|') || text.starts_with('^')) {
    item.name = text.front() == '|' ? "ompipe" : "omshell";
    text.remove_prefix(1);
  } else if (is_file) {
    item.name = "omfile";
    if (text.front() == '-') text.remove_prefix(1);  // not synced after each line
  }
  // The name of a file ends at a blank or at the `;` before a template.
  const bool is_path = item.name == "omfile" || item.name == "ompipe" || item.name == "omshell";
  item.target = std::string(trim(text.substr(0, text.find_first_of(is_path ? " ;" : ";"))));
  if (item.name == "omfile") item.files = out_.legacy;
}

void Reader::take_file_directive(std::string_view name, std::string_view value) {
  FileDefaults& files = out_.legacy;
  if (name == "filecreatemode" || name == "dircreatemode") {
    files.given = here();
    // Four digits count; what follows is ignored with a warning, anything else leaves all as is.
    if (!is_mode(value.substr(0, 4), 4)) return;
    (name == "filecreatemode" ? files.file_mode : files.directory_mode) = value.substr(0, 4);
  } else if (name == "fileowner" || name == "fileownernum") {
    files.owner = value;
  } else if (name == "filegroup" || name == "filegroupnum") {
    files.group = value;
  } else if (name == "resetconfigvariables") {
    files = {};
    forward_ = {};
  }
}

void Reader::take_directive(const Token& token) {
  std::string_view text = std::string_view(token.text).substr(1);
  const auto blank = std::min(text.size(), text.find_first_of(" \t"));
  const std::string name = lower(text.substr(0, blank));
  const std::string_view rest = trim(text.substr(blank), " \t");
  const std::string_view value = rest.substr(0, rest.find_first_of(" \t"));
  if (name == "modload") {
    std::string module = lower(base_name(value));
    if (module.ends_with(".so")) module.erase(module.size() - 3);
    add("module", std::move(module));
    return;
  }
  for (const Listener& listener : kListeners)
    if (name == listener.directive) add("input", std::string(listener.module)).port = value;
  add("directive", name).value = rest;
  take_file_directive(name, value);
  if (name == "ruleset") {
    ruleset_ = value == "RSYSLOG_DefaultRuleset" ? "" : value;
  } else if (name == "defaultruleset" || name.ends_with("bindruleset")) {
    is_given(std::string(value), name == "defaultruleset" ? Share::all : Share::some);
  } else if (name == "actionsendstreamdriver") {
    forward_.driver = value;
  } else if (name == "actionsendstreamdrivermode") {
    forward_.driver_mode = value;
  } else if (name == "actionsendstreamdriverauthmode") {
    forward_.auth_mode = value;
  } else if (name == "actionsendstreamdriverpermittedpeer") {
    if (forward_.peers.size() < kFilters) forward_.peers.emplace_back(value);
  }
}

}  // namespace plimsoll::rsyslog
