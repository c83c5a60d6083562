#include "plugins/os/aide/reader.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/probe/matcher.h"

namespace plimsoll::aide {
namespace {

constexpr std::size_t kDepth = 16;             // aide.conf(5), "@@include FILE"
constexpr std::size_t kFiles = 4096;           // read in all
constexpr std::size_t kExpanded = 16U << 20U;  // bytes of all lines with their variables filled in
constexpr std::size_t kItems = 20'000;         // options, groups and rules
constexpr std::string_view kBlank = " \t";

// aide.conf(5), "Config options" and "Report options"; those with an attribute expression are
// checked for it, of the others nothing but the value is told.
constexpr std::array<std::string_view, 33> kOptions = {"database",
                                                       "database_in",
                                                       "database_out",
                                                       "database_new",
                                                       "database_attrs",
                                                       "database_add_metadata",
                                                       "log_level",
                                                       "gzip_dbout",
                                                       "root_prefix",
                                                       "acl_no_symlink_follow",
                                                       "warn_dead_symlinks",
                                                       "config_version",
                                                       "config_check_warn_unrestricted_rules",
                                                       "num_workers",
                                                       "report_url",
                                                       "report_level",
                                                       "report_format",
                                                       "report_base16",
                                                       "report_detailed_init",
                                                       "report_quiet",
                                                       "report_append",
                                                       "report_grouped",
                                                       "grouped",
                                                       "report_summarize_changes",
                                                       "summarize_changes",
                                                       "report_ignore_added_attrs",
                                                       "report_ignore_removed_attrs",
                                                       "report_ignore_changed_attrs",
                                                       "report_force_attrs",
                                                       "report_ignore_e2fsattrs",
                                                       "syslog_format",
                                                       "verbose",
                                                       "ignore_list"};
// Of these the first line stands; of report_url each; of the others the last one.
constexpr std::array<std::string_view, 5> kFirstStands = {
    "database_in", "database_out", "log_level", "root_prefix", "num_workers"};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
 public:
  Reader(const Root& root, Configuration& out) : root_(root), out_(out) {}
  void read_file(const std::string& path, std::size_t depth, const std::string& prefix);

 private:
  struct Condition {
    bool active;  // the lines now are used
    bool outer;   // those around are
    bool had_else = false;
  };
  void line(std::string_view text, std::size_t depth, const std::string& prefix);
  void macro(std::string_view text, std::size_t depth, const std::string& prefix);
  void condition(std::string_view text);
  [[nodiscard]] bool holds(std::string_view test);
  void include(std::string_view arguments, bool may_run, std::size_t depth,
               const std::string& prefix);
  void include_file(const std::string& path, bool may_run, std::size_t depth,
                    const std::string& prefix);
  void assignment(std::string_view text);
  void option(std::string name, std::string value);
  void rule(std::string_view text, const std::string& prefix);
  [[nodiscard]] std::string expand(std::string_view text);
  [[nodiscard]] bool active() const { return conditions_.empty() || conditions_.back().active; }
  [[nodiscard]] Origin here() const { return {file_, line_, 1}; }
  void fail(std::string what);
  void add(Item item);

  const Root& root_;
  Configuration& out_;
  Groups groups_;
  std::map<std::string, std::string, std::less<>> variables_;
  std::vector<Condition> conditions_;
  std::string file_;
  std::uint32_t line_ = 0;
  std::size_t files_read_ = 0, expanded_ = 0;
  std::map<std::string, std::size_t, std::less<>> options_;  // where each is among the items
  bool stopped_ = false;
};

/// AIDE refuses to run with a line that it does not understand, so nothing is watched.
void Reader::fail(std::string what) {
  out_.gaps.push_back({{ErrorCode::invalid, std::move(what), here()}, {}});
  stopped_ = true;
}

/// `@@{VAR}` is the variable's value, or nothing.
std::string Reader::expand(std::string_view text) {
  std::string out;
  while (true) {
    const auto begin = text.find("@@{");
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) break;
    out += text.substr(0, begin);
    const auto value = variables_.find(text.substr(begin + 3, end - begin - 3));
    if (value != variables_.end()) out += value->second;
    if (value != variables_.end()) expanded_ += value->second.size();
    if (expanded_ > kExpanded) {
      fail("more than 16 MiB once variables are filled in");
      return {};
    }
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

void Reader::read_file(const std::string& path, std::size_t depth, const std::string& prefix) {
  if (depth > kDepth) return fail("includes are nested more than 16 deep");
  if (++files_read_ > kFiles) return fail("more than 4096 files are included");
  const auto text = root_.read(path);
  if (!text) {
    out_.gaps.push_back({text.error(), {}});
    stopped_ = true;  // AIDE ends here, too
    return;
  }
  const std::string outer = std::exchange(file_, path);
  const std::uint32_t outer_line = line_;
  const std::size_t open = conditions_.size();
  for (const Line& each : lines(*text)) {
    line_ = each.number;
    line(trim(each.text), depth, prefix);
    if (stopped_) return;
  }
  if (conditions_.size() != open) return fail("an @@if without its @@endif");
  file_ = outer;
  line_ = outer_line;
}

void Reader::line(std::string_view text, std::size_t depth, const std::string& prefix) {
  if (text.empty() || text.front() == '#') return;
  if (text.starts_with("@@") && !text.starts_with("@@{")) return macro(text, depth, prefix);
  if (!active()) return;
  if (text.front() == '/' || text.front() == '!' || text.front() == '=') return rule(text, prefix);
  assignment(text);
}

void Reader::macro(std::string_view text, std::size_t depth, const std::string& prefix) {
  const auto blank = std::min(text.size(), text.find_first_of(kBlank));
  const std::string_view name = text.substr(2, blank - 2);
  const std::string_view rest = trim(text.substr(blank), kBlank);
  if (name.starts_with("if")) return condition(text.substr(4));
  if (name == "else") {
    if (conditions_.empty() || conditions_.back().had_else)
      return fail("an @@else without its @@if");
    Condition& now = conditions_.back();
    now.active = now.outer && !now.active;
    now.had_else = true;
    return;
  }
  if (name == "endif") {
    if (conditions_.empty()) return fail("an @@endif without its @@if");
    conditions_.pop_back();
    return;
  }
  if (!active()) return;
  if (name == "define") {
    const auto end = std::min(rest.size(), rest.find_first_of(kBlank));
    variables_[std::string(rest.substr(0, end))] = expand(trim(rest.substr(end), kBlank));
  } else if (name == "undef") {
    if (const auto found = variables_.find(rest); found != variables_.end())
      variables_.erase(found);
  } else if (name == "include" || name == "x_include") {
    include(rest, name == "x_include", depth, prefix);
  } else if (name != "x_include_setenv") {
    fail("an unknown macro: `@@" + std::string(name) + "`");
  }
}

/// `@@if [not] defined X`, and the old `@@ifdef X`, `@@ifnhost X`.
void Reader::condition(std::string_view text) {
  std::string test(trim(text, kBlank));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOld = {
      {{"def", "defined "},
       {"ndef", "not defined "},
       {"host", "hostname "},
       {"nhost", "not hostname "}}};
  if (!text.starts_with(' ') && !text.starts_with('\t')) {
    const auto blank = std::min(text.size(), text.find_first_of(kBlank));
    const auto* old = std::find_if(kOld.begin(), kOld.end(), [&](const auto& form) {
      return form.first == text.substr(0, blank);
    });
    if (old == kOld.end()) return fail("an unknown macro: `@@if" + std::string(text) + "`");
    test = std::string(old->second) + std::string(trim(text.substr(blank), kBlank));
  }
  const bool outer = active();
  conditions_.push_back({outer && holds(test), outer});
}

bool Reader::holds(std::string_view test) {
  bool wanted = true;
  while (test.starts_with("not ") || test.starts_with("not\t")) {
    wanted = !wanted;
    test = trim(test.substr(4), kBlank);
  }
  const auto blank = std::min(test.size(), test.find_first_of(kBlank));
  const std::string operand = expand(trim(test.substr(blank), kBlank));
  const std::string_view name = test.substr(0, blank);
  if (operand.empty()) {
    fail("a condition without its operand");
  } else if (name == "defined") {
    return variables_.contains(operand) == wanted;
  } else if (name == "exists") {
    return root_.exists(operand) == wanted;
  } else if (name == "hostname") {
    const auto host = root_.read("/etc/hostname");
    if (!host)
      fail("the host's name is not known");
    else
      return (trim(host->substr(0, host->find_first_of(".\n"))) == operand) == wanted;
  } else {
    fail("an unknown condition: `" + std::string(name) + "`");
  }
  return false;
}

void Reader::include(std::string_view arguments, bool may_run, std::size_t depth,
                     const std::string& prefix) {
  const auto parts = words(arguments, kBlank);
  if (parts.empty() || parts.size() > 3) return fail("an include needs a path");
  const std::string path = expand(parts[0]);
  if (!path.starts_with('/')) return fail("an include of a path that is not absolute");
  if (parts.size() == 1) return include_file(path, may_run, depth, prefix);
  const auto names =
      Matcher::compile(Op::matches, Type::text, {"(?s).*(?:" + expand(parts[1]) + ").*"});
  if (!names) return fail("a regular expression that this program cannot follow");
  const auto entries = root_.list(path);
  if (!entries) {
    out_.gaps.push_back({entries.error(), {}});
    stopped_ = true;
    return;
  }
  const std::string inner = parts.size() == 3 ? prefix + expand(parts[2]) : prefix;
  for (const DirEntry& entry : *entries) {
    if (stopped_) return;
    const std::string file = join_path(path, entry.name);
    if (!names->test(entry.name).value_or(false)) continue;
    const auto stat = root_.stat(file);
    if (stat && stat->type == FileType::regular) include_file(file, may_run, depth, inner);
  }
}

/// What an executable prints is configuration, too, and nobody knows what it would print there.
void Reader::include_file(const std::string& path, bool may_run, std::size_t depth,
                          const std::string& prefix) {
  const auto stat = root_.stat(path);
  if (!may_run || !stat || (stat->mode & 0111) == 0) return read_file(path, depth + 1, prefix);
  const Error error{
      ErrorCode::unsupported, "what this program prints is part of aide.conf", {path, 0, 0}};
  const auto unknown = [&](std::string subject) {
    if (std::none_of(out_.gaps.begin(), out_.gaps.end(),
                     [&](const Gap& gap) { return gap.subject == subject; }))
      out_.gaps.push_back({error, std::move(subject)});
  };
  unknown("rule");
  unknown("group");
  // Options whose first line stands are safe from it once they are set.
  if (!options_.contains("database_in")) unknown("option");
}

void Reader::assignment(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = trim(text.substr(0, equals), kBlank);
  if (equals == std::string_view::npos || name.empty())
    return fail("a line that is no option, group, rule or macro");
  const std::string_view value = trim(text.substr(equals + 1), kBlank);
  if (has(kOptions, name)) return option(std::string(name), expand(value));
  if (!std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      }))
    return fail("an unknown option: `" + std::string(name) + "`");
  auto attributes = groups_.evaluate(value);
  if (!attributes) return fail("no attribute expression: `" + std::string(value) + "`");
  groups_.define(std::string(name), *attributes);
  add({Item::Kind::group, std::string(name), {}, ' ', {}, std::move(*attributes), here()});
}

void Reader::option(std::string name, std::string value) {
  if (name == "database") name = "database_in";
  if (name == "grouped" || name == "summarize_changes") name.insert(0, "report_");
  const auto [old, is_new] = options_.try_emplace(name, out_.items.size());
  Item item{Item::Kind::option, std::move(name), std::move(value), ' ', {}, {}, here()};
  if (is_new || item.name == "report_url")
    add(std::move(item));
  else if (!has(kFirstStands, item.name))
    out_.items[old->second] = std::move(item);
}

/// `[!=]regex [types] [expression]`. Blanks around `+`, `-` and `,` mean nothing.
void Reader::rule(std::string_view text, const std::string& prefix) {
  Item item{Item::Kind::rule, {}, {}, ' ', {}, {}, here()};
  if (text.front() != '/') {
    item.sign = text.front();
    text.remove_prefix(1);
  }
  if (!text.starts_with('/')) return fail("a rule's expression begins with `/`");
  std::size_t end = 0;
  while (end < text.size() && kBlank.find(text[end]) == std::string_view::npos)
    end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  std::string regex = expand(text.substr(0, end));
  if (stopped_) return;
  // A backslash before a blank, an @ or a backslash is the config's, any other the expression's.
  for (std::size_t at = 0; at < regex.size(); ++at) {
    const bool escapes = regex[at] == '\\' && at + 1 < regex.size() &&
                         std::string_view(" @\\").find(regex[at + 1]) != std::string_view::npos;
    item.name += regex[escapes ? ++at : at];
  }
  item.name.insert(0, prefix);
  std::string rest;
  for (const char c : trim(text.substr(end), kBlank)) {
    const bool joins = std::string_view("+-,").find(c) != std::string_view::npos;
    if (joins) rest.erase(trim_right(rest, kBlank).size());
    const bool blank = kBlank.find(c) != std::string_view::npos;
    if (blank && !rest.empty() &&
        std::string_view("+-,").find(rest.back()) != std::string_view::npos)
      continue;
    rest += c;
  }
  auto parts = words(rest, kBlank);
  const bool has_types = parts.size() == 2 || (item.sign == '!' && parts.size() == 1);
  if (has_types) {
    for (const std::string_view type : split(parts.front(), ',')) {
      if (type.size() != 1 || std::string_view("fdlcbpsDP0").find(type) == std::string_view::npos)
        return fail("an unknown file type: `" + std::string(type) + "`");
      if (type != "0") item.types.emplace_back(type);
    }
    parts.erase(parts.begin());
  }
  if (parts.size() != (item.sign == '!' ? 0U : 1U)) return fail("a rule that is not complete");
  if (item.sign != '!') {
    auto attributes = groups_.evaluate(parts.front());
    if (!attributes) return fail("no attribute expression: `" + std::string(parts.front()) + "`");
    item.attributes = std::move(*attributes);
  }
  add(std::move(item));
}

void Reader::add(Item item) {
  if (out_.items.size() >= kItems) return fail("more than 20000 options, groups and rules");
  out_.items.push_back(std::move(item));
}

}  // namespace

Configuration read_configuration(const Root& root, const std::string& main_file) {
  Configuration out;
  Reader reader(root, out);
  reader.read_file(main_file, 0, {});
  return out;
}

}  // namespace plimsoll::aide
