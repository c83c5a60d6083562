#include "plugins/os/audit-rules/rule_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "plugins/os/audit-rules/audit_syscalls.h"
#include "plugins/os/audit-rules/c_number.h"
#include "plugins/os/audit-rules/rule_field.h"
#include "scanner/base/text.h"

namespace plimsoll::audit {
namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxKey = 256;
constexpr std::size_t kMaxFields = 64;
constexpr std::uint32_t kCalls = 2048;  // AUDIT_BITMASK_SIZE of the kernel, in bits

/// getopt_long(3) over the words of a line, with auditctl's options.
class Options {
 public:
  explicit Options(std::vector<std::string> words) : words_(std::move(words)) {}

  struct Option {
    std::string name;  ///< `-w`, `--backlog_wait_time`; empty: unknown or without its argument
    std::string argument;
    std::string word;
  };
  /// The next one; nothing at the end. Words that belong to no option are counted.
  std::optional<Option> next() {
    while (inside_.empty()) {
      if (at_ == words_.size()) return std::nullopt;
      const std::string& word = words_[at_++];
      if (word == "--") {
        strays_ += words_.size() - at_;
        at_ = words_.size();
      } else if (word.starts_with("--")) {
        return long_option(word);
      } else if (word.size() > 1 && word.front() == '-') {
        inside_ = std::string_view(word).substr(1);
      } else {
        ++strays_;
      }
    }
    return short_option();
  }
  [[nodiscard]] std::size_t strays() const { return strays_; }
  [[nodiscard]] std::size_t count() const { return words_.size(); }

 private:
  Option short_option() {
    constexpr std::string_view kPlain = "hicslDvt";
    constexpr std::string_view kWithArgument = "CefrbaAdSFmRwWkpq";
    const char c = inside_.front();
    Option option{std::string("-") + c, {}, words_[at_ - 1]};
    inside_.remove_prefix(1);
    if (kPlain.find(c) != std::string_view::npos) return option;
    if (kWithArgument.find(c) == std::string_view::npos) return {{}, {}, option.word};
    if (!inside_.empty()) {
      option.argument = inside_;
    } else if (at_ < words_.size()) {
      option.argument = words_[at_++];
    } else {
      return {{}, {}, option.word};
    }
    inside_ = {};
    return option;
  }
  Option long_option(const std::string& word) {
    constexpr std::array<std::string_view, 5> kLong = {"loginuid-immutable", "backlog_wait_time",
                                                       "reset-lost",
                                                       "reset_backlog_wait_time_actual", "signal"};
    const auto equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(2, equals - 2);
    std::string_view found;
    for (const std::string_view known : kLong)
      if (known == name || (!name.empty() && known.starts_with(name))) {
        if (!found.empty() && found != name) return {{}, {}, word};  // ambiguous
        if (found.empty() || known == name) found = known;
      }
    const bool takes = found == "backlog_wait_time" || found == "signal";
    if (found.empty() || (!takes && equals != std::string::npos)) return {{}, {}, word};
    Option option{fmt::format("--{}", found), {}, word};
    if (!takes) return option;
    if (equals != std::string::npos) {
      option.argument = word.substr(equals + 1);
    } else if (at_ < words_.size()) {
      option.argument = words_[at_++];
    } else {
      return {{}, {}, word};
    }
    return option;
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::string_view inside_;  ///< what is left of a word of short options
  std::size_t strays_ = 0;
};

/// Only blanks separate words: a tab is part of one. `\ ` stands for a blank, `\\` for a backslash,
/// except in the first word.
std::vector<std::string> split_line(std::string_view line) {
  std::vector<std::string> out(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool escape =
        line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == ' ' || line[i + 1] == '\\');
    if (line[i] == ' ') {
      if (inside) out.emplace_back();
      inside = false;
      continue;
    }
    inside = true;
    if (escape) ++i;
    out.back() += line[i];
  }
  if (!inside) out.pop_back();
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

/// Builds the command of one line, option by option, as auditctl does; stops at the first fault.
class Builder {
 public:
  explicit Builder(const Names& names) : names_(names) {}

  Command build(Options options) {
    while (command_.fault.empty()) {
      const auto option = options.next();
      if (!option) break;
      if (option->name.empty())
        fail(fmt::format("option `{}` is invalid", option->word));
      else
        take(*option, options);
    }
    if (command_.fault.empty() && options.strays() > 0 && !key_of_delete_)
      fail("a word that belongs to no option");
    finish();
    return std::move(command_);
  }

 private:
  using Kind = Command::Kind;

  void fail(std::string why) { command_.fault = std::move(why); }
  [[nodiscard]] bool has_list() const { return !command_.list.empty(); }

  void take(const Options::Option& option, const Options& options) {
    const std::string& argument = option.argument;
    if (option.name.starts_with("--")) return control(option);
    switch (option.name[1]) {
      case 'a':
      case 'A':
      case 'd':
        return set_list(option.name[1], argument);
      case 'w':
      case 'W':
        return set_watch(option.name[1], argument);
      case 'S':
        return add_syscalls(argument);
      case 'F':
        return add_field(argument);
      case 'C':
        return add_comparison(argument);
      case 'p':
        return set_perm(argument, true);
      case 'k':
        if (!can_have_key_ || !has_list())
          return fail("a key needs a watch or system call before it");
        return add_key(argument);
      case 'D':
        if (options.count() != 1 && options.count() != 3)
          return fail("`-D` takes no more than a key");
        command_.kind = Kind::remove_all;
        key_of_delete_ = options.count() == 3;
        // `-D -k key` is taken as a whole.
        can_have_key_ = true;
        command_.list = "exit";
        return;
      default:
        return control(option);
    }
  }

  void control(const Options::Option& option) {
    const std::string& value = option.argument;
    const char c = option.name[1];
    const bool level = c == 'e' || c == 'f';
    if (level && value != "0" && value != "1" && value != "2")
      return fail(fmt::format("`{}` takes 0, 1 or 2", option.name));
    if ((c == 'r' || c == 'b' || option.name == "--backlog_wait_time") && !is_number(value))
      return fail(fmt::format("`{}` takes a number", option.name));
    if (c == 'R') return fail("rule files cannot include others");
    if (has_list()) return fail("control options cannot be joined with a rule");
    command_.kind = Kind::control;
    command_.options.push_back({option.name, value});
  }

  void set_list(char option, const std::string& argument) {
    constexpr std::array<std::string_view, 6> kLists = {"task",    "exit",       "user",
                                                        "exclude", "filesystem", "io_uring"};
    if (has_list()) return fail("more than one rule on a line");
    const auto parts = split(argument, ',');
    if (parts.size() != 2) return fail(fmt::format("`{}` is no list and action", argument));
    for (const std::string_view part : parts) {
      if (std::find(kLists.begin(), kLists.end(), part) != kLists.end())
        command_.list = part;
      else if (part == "always" || part == "never")
        command_.action = part;
    }
    if (command_.list.empty() || command_.action.empty() || command_.list == "io_uring")
      return fail(fmt::format("`{}` is no list and action", argument));
    if (command_.list == "task" && has_syscalls_) return fail("system calls in the task list");
    command_.kind = option == 'd' ? Kind::remove : Kind::add;
    command_.prepend = option == 'A';
    if (command_.list == "filesystem") can_have_key_ = true;
    // auditctl(8): the action is ignored, nothing on this list is recorded.
    if (command_.list == "exclude") command_.action = "never";
  }

  void set_watch(char option, std::string path) {
    if (has_list()) return fail("a watch with a list or another watch");
    if (!path.starts_with('/')) return fail("the path must start with `/`");
    if (path.size() >= kMaxPath) return fail("the path is too long");
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    command_.list = "exit";
    command_.action = "always";
    command_.kind = option == 'W' ? Kind::remove : Kind::add;
    command_.watch = std::move(path);
    command_.perm = "rwxa";
    command_.syscalls = {"all"};
    identity_.push_back("watch=" + command_.watch);
    can_have_key_ = has_syscalls_ = true;
    ++fields_;
  }

  void add_syscalls(const std::string& argument) {
    const std::string& list = command_.list;
    if (list == "task" || list == "user" || list == "filesystem" || list == "exclude")
      return fail(fmt::format("system calls in the {} list", list));
    for (const std::string_view name : words(argument, ","))
      if (!add_syscall(name)) return fail(fmt::format("there is no system call `{}`", name));
    can_have_key_ = has_syscalls_ = true;
  }

  /// False: auditctl refuses it. The last `arch` says whose number a name has; which ABI the number
  /// is held against is another question, see `settle_calls`.
  bool add_syscall(std::string_view name) {
    const Machine table = table_.value_or(names_.host.native());
    if (name == "all" || !names_.knows_calls) {
      command_.syscalls.emplace_back(name);
    } else if (const auto number = syscall_number(name, table)) {
      calls_.push_back(*number);
    } else if (const auto given = c_number(name)) {
      // audit_rule_syscallbyname_data of libaudit: strtol(3) into an int, of which the kernel has
      // a bit for each.
      const auto wide = std::min<std::uint64_t>(*given, std::numeric_limits<std::int64_t>::max());
      const auto low = static_cast<std::uint32_t>(wide);
      if (low >= kCalls) return false;
      calls_.push_back(static_cast<int>(low));
    } else if (!has_table(table)) {
      command_.has_unknown_calls = true;
      command_.syscalls.emplace_back(name);
    } else {
      return false;
    }
    return true;
  }

  void add_field(const std::string& argument) {
    if (!has_list()) return fail("a list must be given before a field");
    if (argument.starts_with("key=")) {
      if (!can_have_key_) return fail("a key needs a watch or system call before it");
      return add_key(argument.substr(4));
    }
    const FieldResult field = parse_field(argument, names_);
    if (!field.fault.empty()) return fail(field.fault);
    if (field.name == "arch") return set_arch(field);
    if (field.name == "perm") {
      if (field.op != "=") return fail("`perm` takes `=` only");
      return set_perm(field.value, false);
    }
    if (field.name == "path" || field.name == "dir") return set_target(field);
    if (field.name == "exe") can_have_key_ = true;
    if (field.name == "msgtype" && command_.list != "exclude" && command_.list != "user")
      return fail("`msgtype` belongs to the exclude and user lists");
    identity_.push_back(field.text);
    command_.filters.push_back(field.text);
    count_field();
  }

  void set_arch(const FieldResult& field) {
    if (has_syscalls_) return fail("`arch` must stand before `-S`");
    if (field.op != "=" && field.op != "!=") return fail("`arch` takes `=` and `!=` only");
    table_ = field.machine;
    identity_.push_back(field.text);
    conditions_.push_back({*field.machine, field.op == "="});
    count_field();
  }

  void set_target(const FieldResult& field) {
    if (command_.list != "exit") return fail(fmt::format("`{}` is for the exit list", field.name));
    if (field.op != "=" || !field.value.starts_with('/') || !command_.watch.empty())
      return fail(fmt::format("the kernel refuses `{}`", field.text));
    const bool slash = field.value.size() > 1 && field.value.back() == '/';
    if (slash && field.name == "path") return fail("the kernel refuses a path that ends with `/`");
    command_.watch = field.value;
    while (command_.watch.size() > 1 && command_.watch.back() == '/') command_.watch.pop_back();
    command_.reach = field.name == "dir" ? Command::Reach::tree : Command::Reach::file;
    identity_.push_back(field.text);
    can_have_key_ = true;
    count_field();
  }

  void add_comparison(const std::string& argument) {
    if (!has_list()) return fail("a list must be given before a field");
    const FieldResult field = parse_comparison(argument);
    if (!field.fault.empty()) return fail(field.fault);
    identity_.push_back("-C " + field.text);
    command_.filters.push_back(field.text);
    count_field();
  }

  void set_perm(std::string_view letters, bool option) {
    if (!has_list()) return fail("permissions need a watch before them");
    if (option && fields_ == 0) return fail("permissions need a field before them");
    if (letters.size() > 4) return fail("more than four permissions");
    std::string perm;
    const std::string given = lower(letters);
    for (const char c : std::string_view("rwxa"))
      if (given.find(c) != std::string::npos) perm += c;
    if (given.find_first_not_of("rwxa") != std::string::npos)
      return fail(fmt::format("`{}` are not permissions of `rwxa`", letters));
    command_.perm = std::move(perm);
    can_have_key_ = true;
    count_field();
  }

  void add_key(std::string_view key) {
    key_size_ += key.size() + (command_.keys.empty() ? 0 : 1);
    if (key_size_ > kMaxKey) return fail("the key is too long");
    command_.keys.emplace_back(key);
  }

  void count_field() {
    if (++fields_ > kMaxFields) fail("more than 64 fields");
  }

  void finish() {
    if (!command_.fault.empty()) {
      command_.kind = Kind::invalid;
      return;
    }
    if (command_.kind == Kind::nothing && has_syscalls_) {
      command_.kind = Kind::invalid;
      command_.fault = "no list is given";
    }
    if (command_.kind != Kind::add && command_.kind != Kind::remove) return;
    settle_calls();
    command_.identity = fmt::format(
        "{} {} {} perm={} {} {}", command_.list, command_.action, fmt::join(identity_, " "),
        command_.perm, fmt::join(command_.syscalls, ","), fmt::join(command_.keys, "\1"));
  }

  /// The ABIs of this host for which all conditions on `arch` hold: audit_filter_rules of the
  /// kernel asks for all fields of a rule.
  void settle_abis() {
    for (const auto& [name, machine] :
         {std::pair{"b32", names_.host.b32}, {"b64", names_.host.b64}}) {
      const bool holds = machine && std::all_of(conditions_.begin(), conditions_.end(),
                                                [abi = machine](const Condition& one) {
                                                  return (one.machine == *abi) == one.is_equal;
                                                });
      if (holds) command_.arch.emplace_back(name);
    }
    command_.never_holds = command_.arch.empty();
  }

  void settle_calls() {
    auto& calls = command_.syscalls;
    const bool has_all = std::find(calls.begin(), calls.end(), "all") != calls.end();
    if (has_all || (calls.empty() && calls_.empty() && command_.list == "exit")) {
      calls = {"all"};
      calls_.clear();
    }
    if (!conditions_.empty() || !calls.empty() || !calls_.empty()) settle_abis();
    // Numbers mean other calls to the other ABI: where both are meant, the native one is told.
    const std::string native = names_.host.b64 ? "b64" : "b32";
    if (command_.arch.size() > 1 && calls != std::vector<std::string>{"all"} &&
        !(calls.empty() && calls_.empty()))
      command_.arch = {native};
    Machine whose = table_.value_or(names_.host.native());
    if (!command_.never_holds && !command_.arch.empty())
      whose = command_.arch.front() == "b64" ? *names_.host.b64 : *names_.host.b32;
    for (const int number : calls_) calls.push_back(syscall_name(number, whose));
    std::sort(calls.begin(), calls.end());
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
  }

  const Names& names_;
  Command command_;
  std::vector<std::string> identity_;
  struct Condition {
    Machine machine;
    bool is_equal;
  };
  std::vector<Condition> conditions_;  ///< on `arch`
  std::optional<Machine> table_;       ///< that of the last of them
  std::vector<int> calls_;
  std::size_t fields_ = 0;
  std::size_t key_size_ = 0;
  bool has_syscalls_ = false;
  bool can_have_key_ = false;
  bool key_of_delete_ = false;
};

}  // namespace

Command parse_rule(std::string_view line, const Names& names) {
  const std::string_view text = trim_left(line, " ");
  if (text.empty() || text.front() == '#') return {};
  return Builder(names).build(Options(split_line(text)));
}

}  // namespace plimsoll::audit
