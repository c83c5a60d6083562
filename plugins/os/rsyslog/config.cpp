#include "plugins/os/rsyslog/config.h"

#include <algorithm>

#include "plugins/os/rsyslog/lexer.h"
#include "plugins/os/rsyslog/reader.h"
#include "scanner/base/text.h"

// Files, includes and the blocks that statements stand in; what the statements say is in
// actions.cpp.
namespace plimsoll::rsyslog {
namespace {

constexpr std::size_t kDepth = 16;      // files that include each other
constexpr std::size_t kFiles = 4096;    // read in all
constexpr std::size_t kItems = 50'000;  // modules, inputs, actions and parameters
constexpr std::size_t kFilterText = 1000;

}  // namespace

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
      out_.messages.call(ruleset_, token.text, out_.messages.at(ruleset_, filters_));
      return statement_ends();
    case Kind::statement:
      new_statement();
      if (trim(token.text) == "stop") out_.messages.discard(ruleset_, filters_);
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
    const std::string queue = lower(value_of(token, "queue.type"));
    if (!queue.empty() && queue != "direct") out_.messages.has_queue(pending_ruleset_);
  } else if (token.text == "input") {
    Item& item = add("input", lower(value_of(token, "type")));
    item.port = value_of(token, "port");
    item.target = value_of(token, "address");
    if (const Parameter* ruleset = find(token, "ruleset")) {
      item.ruleset = ruleset->values.front();
      is_given(item.ruleset, Share::some);
    }
  } else if (token.text == "global") {
    for (const Parameter& parameter : token.parameters)
      add("global", parameter.name).value = join(parameter.values, ",");
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
  out_.messages.settle();
}

Configuration read_configuration(const Root& root, std::string_view main_file) {
  Configuration out;
  Reader reader(root, out);
  reader.read_file(std::string(main_file), {std::string(main_file), 0, 0}, 0);
  reader.finish();
  return out;
}

}  // namespace plimsoll::rsyslog
