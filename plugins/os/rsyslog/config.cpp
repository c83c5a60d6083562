#include "plugins/os/rsyslog/config.h"

#include <algorithm>
#include <array>

#include "plugins/os/rsyslog/lexer.h"
#include "scanner/base/text.h"

namespace plimsoll::rsyslog {
namespace {

constexpr std::size_t kDepth = 16;      // files that include each other
constexpr std::size_t kFiles = 4096;    // read in all
constexpr std::size_t kItems = 50'000;  // modules, inputs, actions and parameters
constexpr std::size_t kFilters = 64;    // blocks in blocks that a filter's text tells of
constexpr std::size_t kFilterText = 1000;

/// What the old-style directives have set for the forwarding actions that follow.
struct LegacyForward {
  std::string driver, driver_mode = "0", auth_mode;
  std::vector<std::string> peers;
};

/// `$InputTCPServerRun 514` and the like, each an input of a module.
struct Listener {
  std::string_view directive, module;
};
constexpr std::array<Listener, 5> kListeners = {{{"udpserverrun", "imudp"},
                                                 {"inputtcpserverrun", "imtcp"},
                                                 {"inputptcpserverrun", "imptcp"},
                                                 {"inputrelpserverrun", "imrelp"},
                                                 {"inputgssserverrun", "imgssapi"}}};

const Parameter* find(const Token& object, std::string_view name) {
  // The last parameter of a name stands; rsyslog warns about the others.
  const auto found = std::find_if(object.parameters.rbegin(), object.parameters.rend(),
                                  [&](const Parameter& p) { return p.name == name; });
  return found == object.parameters.rend() ? nullptr : &*found;
}

std::string value_of(const Token& object, std::string_view name, std::string_view otherwise = {}) {
  const Parameter* found = find(object, name);
  return std::string(found == nullptr ? otherwise : std::string_view(found->values.front()));
}

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

class Reader {
 public:
  Reader(const Root& root, Configuration& out) : root_(root), out_(out) {}
  void read_file(const std::string& path, const Origin& from, std::size_t depth);
  void finish();

 private:
  using Kind = Token::Kind;
  struct Frame {
    std::size_t filters;
    std::string ruleset;
    bool empty = true;   // a block without a statement is a syntax error,
    bool script = true;  // but for a ruleset's or a template's
  };

  void include(std::string_view pattern, const Origin& from, std::size_t depth, bool required);
  void include_match(const std::string& path, const Origin& from, std::size_t depth);
  void take(const Token& token, std::size_t depth);
  void take_object(const Token& token, std::size_t depth);
  void take_directive(const Token& token);
  void take_file_directive(std::string_view name, std::string_view value);
  void old_action(const Token& token);
  void old_forward(std::string_view text, Item& item) const;
  void new_action(const Token& token);
  void module_object(const Token& token);
  void file_parameters(const Token& token, FileDefaults& files);
  void statement_ends() { ended_ = true; }
  void new_statement();
  [[nodiscard]] std::string filter() const;
  [[nodiscard]] Origin here() const { return {file_, line_, 1}; }
  Item& add(std::string_view kind, std::string name);
  void gap(std::string what);
  void syntax_error(std::string what);

  const Root& root_;
  Configuration& out_;
  std::string file_;
  std::uint32_t line_ = 0;
  std::vector<std::string> open_files_;
  std::size_t files_read_ = 0;
  std::vector<std::string> filters_;
  std::vector<Frame> frames_;
  std::string ruleset_, pending_ruleset_;
  bool ended_ = true;
  bool stopped_ = false;
  std::size_t statement_begins_ = 0;  // the first item of the outermost statement
  bool declared_ = false;             // a block that follows belongs to ruleset() or template()
  LegacyForward forward_;
};

/// rsyslog stops at the first syntax error and works with the statements that it has whole.
void Reader::syntax_error(std::string what) {
  gap(std::move(what));
  stopped_ = true;
  if (frames_.empty()) return;
  const auto first = out_.items.begin() + static_cast<std::ptrdiff_t>(statement_begins_);
  const auto is_action = [](const Item& item) { return item.kind == "action"; };
  out_.items.erase(std::remove_if(first, out_.items.end(), is_action), out_.items.end());
}

void Reader::gap(std::string what) {
  out_.gaps.push_back(
      {{ErrorCode::invalid, std::move(what), here()}, {}, Gap::Effect::may_override});
}

Item& Reader::add(std::string_view kind, std::string name) {
  Item& item = out_.items.emplace_back();
  item.kind = kind;
  item.name = std::move(name);
  item.origin = here();
  return item;
}

std::string Reader::filter() const {
  std::string text;
  for (const std::string& part : filters_) {
    if (text.size() > kFilterText) break;
    if (!text.empty()) text += " > ";
    text += part.substr(0, kFilterText);
  }
  return text;
}

/// The filters before an action hold for it and for those joined to it with `&`.
void Reader::new_statement() {
  if (frames_.empty() && ended_) statement_begins_ = out_.items.size();
  if (!frames_.empty()) frames_.back().empty = false;
  if (!ended_) return;
  filters_.resize(frames_.empty() ? 0 : frames_.back().filters);
  ended_ = false;
}

void Reader::read_file(const std::string& path, const Origin& from, std::size_t depth) {
  const auto fail_with = [&](ErrorCode code, std::string what) {
    out_.gaps.push_back({{code, std::move(what), from}, {}, Gap::Effect::may_override});
  };
  if (std::find(open_files_.begin(), open_files_.end(), path) != open_files_.end())
    return;  // rsyslog refuses a file that is being read and goes on
  if (depth > kDepth) return fail_with(ErrorCode::limit, "more than 16 files include each other");
  if (++files_read_ > kFiles) {
    stopped_ = true;
    return fail_with(ErrorCode::limit, "more than 4096 files are included");
  }
  const auto text = root_.read(path);
  if (!text) {
    out_.gaps.push_back({text.error(), {}, Gap::Effect::may_override});
    return;
  }
  const std::string outer = std::move(file_);
  const std::uint32_t outer_line = line_;
  file_ = path;
  open_files_.push_back(path);
  Lexer lexer(*text);
  for (Token token = lexer.next(); token.kind != Kind::end && !stopped_; token = lexer.next()) {
    line_ = token.line;
    take(token, depth);
    if (out_.items.size() > kItems) {
      stopped_ = true;
      fail_with(ErrorCode::limit, "more than 50000 actions and parameters");
    }
  }
  open_files_.pop_back();
  file_ = outer;
  line_ = outer_line;
}

void Reader::include_match(const std::string& path, const Origin& from, std::size_t depth) {
  const auto stat = root_.stat(path);
  if (!stat) {
    out_.gaps.push_back({stat.error(), {}, Gap::Effect::may_override});
  } else if (stat->type == FileType::directory) {
    if (depth >= kDepth) {
      out_.gaps.push_back({{ErrorCode::limit, "directories are included too deep", from}, {}});
      return;
    }
    include(path + "/*", from, depth + 1, false);
  } else if (stat->type == FileType::regular) {
    read_file(path, from, depth + 1);
  }
}

/// A file named by a `$IncludeConfig` that is not there ends all reading; include() goes on.
void Reader::include(std::string_view pattern, const Origin& from, std::size_t depth,
                     bool required) {
  // A relative path starts where rsyslogd was started: systemd does that in `/`.
  const Root::Glob found = root_.glob(normal_path(pattern));
  for (const Error& error : found.errors)
    out_.gaps.push_back({error, {}, Gap::Effect::may_override});
  if (found.paths.empty() && required && pattern.find_first_of("*?[") == std::string_view::npos) {
    gap("rsyslog reads nothing after this line: `" + std::string(pattern) + "` is not there");
    stopped_ = true;
  }
  for (const std::string& path : found.paths) {
    if (stopped_) return;
    include_match(path, from, depth);
  }
}

void Reader::take(const Token& token, std::size_t depth) {
  switch (token.kind) {
    case Kind::invalid:
      return syntax_error(token.text);
    case Kind::include:
      return include(token.text, here(), depth, true);
    case Kind::directive:
      return take_directive(token);
    case Kind::selector:
    case Kind::condition:
      new_statement();
      if (filters_.size() < kFilters) filters_.push_back(token.text);
      return;
    case Kind::other_else:
      ended_ = true;
      new_statement();
      if (filters_.size() < kFilters) filters_.emplace_back("else");
      return;
    case Kind::open:
      new_statement();
      frames_.push_back({filters_.size(), ruleset_, true, !declared_});
      declared_ = false;
      if (!pending_ruleset_.empty()) ruleset_ = std::move(pending_ruleset_);
      pending_ruleset_.clear();
      return;
    case Kind::close:
      if (frames_.empty() || (frames_.back().empty && frames_.back().script))
        return syntax_error(frames_.empty() ? "a `}` without a `{`"
                                            : "a block without a statement");
      ruleset_ = std::move(frames_.back().ruleset);
      frames_.pop_back();
      return statement_ends();
    case Kind::ampersand:
      ended_ = false;
      return;
    case Kind::action:
      new_statement();
      old_action(token);
      return statement_ends();
    case Kind::call:
      new_statement();
      if (token.text.empty())
        out_.all_called = true;
      else
        out_.called.push_back(token.text);
      return statement_ends();
    case Kind::statement:
      new_statement();
      return statement_ends();
    case Kind::object:
      return take_object(token, depth);
    case Kind::end:
      return;
  }
}

void Reader::take_object(const Token& token, std::size_t depth) {
  if (token.text == "include") {
    const std::string file = value_of(token, "file");
    if (const Parameter* text = find(token, "text");
        text != nullptr && !text->values.front().empty())
      gap("include(text=...) is not followed");
    if (!file.empty()) include(file, here(), depth, false);
    return;
  }
  if (token.text == "action") {
    new_statement();
    new_action(token);
    return statement_ends();
  }
  if (token.text == "module") return module_object(token);
  declared_ = token.text == "ruleset" || token.text == "template";
  if (token.text == "ruleset") {
    new_statement();
    pending_ruleset_ = value_of(token, "name");
  } else if (token.text == "input") {
    Item& item = add("input", lower(value_of(token, "type")));
    item.port = value_of(token, "port");
    item.target = value_of(token, "address");
    if (const Parameter* ruleset = find(token, "ruleset")) {
      item.ruleset = ruleset->values.front();
      out_.called.push_back(item.ruleset);
    }
  } else if (token.text == "global") {
    for (const Parameter& parameter : token.parameters)
      add("global", parameter.name).value = join(parameter.values, ",");
  }
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
    out_.called.push_back(ruleset->values.front());
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
  if (text == "~") return;  // throws the message away
  const bool is_file = text.find_first_of("/.?-") == 0;
  if (is_file && has_more_than_template(text)) return;  // rsyslog complains and drops the action
  Item& item = add("action", "omusrmsg");
  item.ruleset = ruleset_;
  item.filter = filter();
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
    out_.called.emplace_back(value);
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

/// What is said once for all: the driver that actions without their own use, and its CA file.
void Reader::finish() {
  if (!stopped_ && !frames_.empty()) gap("a `{` without its `}`");
  std::string driver, ca_file;
  for (const Item& item : out_.items) {
    if (item.kind != "global" && item.kind != "directive") continue;
    if (item.name == "defaultnetstreamdriver") driver = item.value;
    if (item.name == "defaultnetstreamdrivercafile") ca_file = item.value;
  }
  for (Item& item : out_.items) {
    if (item.name != "omfwd" || item.kind != "action") continue;
    if (item.driver.empty()) item.driver = driver.empty() ? "ptcp" : driver;
    if (item.ca_file.empty()) item.ca_file = ca_file;
  }
  std::sort(out_.called.begin(), out_.called.end());
}

}  // namespace

Configuration read_configuration(const Root& root, std::string_view main_file) {
  Configuration out;
  Reader reader(root, out);
  reader.read_file(std::string(main_file), {std::string(main_file), 0, 0}, 0);
  reader.finish();
  return out;
}

}  // namespace plimsoll::rsyslog
