#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/shell_assignment.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"file", Type::text, "the start file"},
    Field{"name", Type::text, "a variable such as TMOUT or PATH, or `umask`"},
    Field{"value", Type::text, "as written, quotes resolved, expansions not"},
    Field{"number", Type::integer, "the value, where it is a decimal number"},
    Field{"mask", Type::mode, "what umask sets, octal or symbolic"},
    Field{"elements", Type::list, "of PATH: its directories; an empty one is `.`"},
    Field{"relative", Type::boolean,
          "of PATH: a directory is empty or does not begin with `/` or `$`"},
    Field{"exported", Type::boolean, "handed on to programs"},
    Field{"read_only", Type::boolean, "cannot be changed afterwards"},
    Field{"conditional", Type::boolean,
          "in a block or behind `&&` or `||`: whether it happens is not known"},
};
enum Column : std::size_t {
  kFile,
  kName,
  kValue,
  kNumber,
  kMask,
  kElements,
  kRelative,
  kExported,
  kReadOnly,
  kConditional
};

// bash(1), "INVOCATION"; Debian's bash reads /etc/bash.bashrc, and its /etc/profile the directory.
constexpr std::array<std::string_view, 7> kFiles = {
    "/etc/profile",   "/etc/bash.bashrc", "/root/.bash_profile", "/root/.bash_login",
    "/root/.profile", "/root/.bashrc",    "/etc/profile.d/a.sh"};
constexpr std::size_t kNamedFiles = 6;

/// umask(1): octal, or symbolic as in chmod, where what is named is what stays allowed.
std::optional<std::uint32_t> parse_mask(std::string_view text) {
  if (const auto octal = to_integer(text, 8);
      octal && !text.empty() && text[0] >= '0' && text[0] <= '7')
    return *octal <= 0777 ? std::optional(static_cast<std::uint32_t>(*octal)) : std::nullopt;
  std::uint32_t allowed = 0;
  std::uint32_t named = 0;
  for (const std::string_view clause : split(text, ',')) {
    const auto equals = clause.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    std::uint32_t bits = 0;
    for (const char c : clause.substr(equals + 1)) {
      if (c != 'r' && c != 'w' && c != 'x') return std::nullopt;
      bits |= c == 'r' ? 4U : c == 'w' ? 2U : 1U;
    }
    for (const char c : clause.substr(0, equals)) {
      if (std::string_view("ugoa").find(c) == std::string_view::npos) return std::nullopt;
      const std::uint32_t who = c == 'a' ? 0777U : c == 'u' ? 0700U : c == 'g' ? 070U : 07U;
      named |= who;
      allowed = (allowed & ~who) | ((bits * 0111U) & who);
    }
  }
  if (named != 0777U) return std::nullopt;  // the rest stays as it was, which is not known
  return 0777U & ~allowed;
}

using Row = std::vector<Value>;

Row new_row(std::string_view file, std::string_view name, std::string_view value,
            bool conditional) {
  Row row(kFields.size());
  row[kFile] = std::string(file);
  row[kName] = std::string(name);
  row[kValue] = std::string(value);
  row[kExported] = row[kReadOnly] = false;
  row[kConditional] = conditional;
  return row;
}

void describe_path(Row& row, std::string_view value) {
  std::vector<std::string> elements;
  bool relative = false;
  for (const std::string_view element : split(value, ':')) {
    elements.emplace_back(element.empty() ? "." : element);
    relative = relative || (!elements.back().starts_with('/') && !elements.back().starts_with('$'));
  }
  row[kElements] = std::move(elements);
  row[kRelative] = relative;
}

class FileReader {
 public:
  FileReader(std::string_view file, Facts& facts) : file_(file), facts_(facts) {}

  void read(std::string_view text) {
    const ShellScript script = read_shell(text);
    for (const ShellCommand& command : script.commands) {
      if (command.words.front() == "umask")
        add_umask(command);
      else
        for (const ShellAssignment& assignment : shell_assignments(command))
          add(assignment, command);
    }
    if (script.broken_at != 0)
      facts_.gap({ErrorCode::invalid,
                  "a quote or substitution without an end",
                  {std::string(file_), script.broken_at, 1}});
  }

 private:
  [[nodiscard]] Origin origin(const ShellCommand& command) const {
    return {std::string(file_), command.line, 1};
  }

  void add_umask(const ShellCommand& command) {
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      const std::string& word = command.words[i];
      if (word.starts_with('-')) continue;
      Row row = new_row(file_, "umask", word, command.conditional);
      if (const auto mask = parse_mask(word)) row[kMask] = std::int64_t{*mask};
      facts_.row(std::move(row), origin(command));
      return;
    }
  }

  void add(const ShellAssignment& assignment, const ShellCommand& command) {
    if (!assignment.has_value) return mark(assignment);
    Row row = new_row(file_, assignment.name, assignment.value, command.conditional);
    if (const auto number = to_integer(assignment.value)) row[kNumber] = *number;
    if (assignment.name == "PATH") describe_path(row, assignment.value);
    row[kExported] = assignment.exported;
    row[kReadOnly] = assignment.read_only;
    Unmarked& unmarked = unmarked_[assignment.name];
    if (!assignment.exported) unmarked.exported.push_back(facts_.rows.size());
    if (!assignment.read_only) unmarked.read_only.push_back(facts_.rows.size());
    facts_.row(std::move(row), origin(command));
  }

  /// `export NAME` behind the assignment.
  void mark(const ShellAssignment& assignment) {
    const auto found = unmarked_.find(assignment.name);
    if (found == unmarked_.end()) return;
    if (assignment.exported) set(std::exchange(found->second.exported, {}), kExported);
    if (assignment.read_only) set(std::exchange(found->second.read_only, {}), kReadOnly);
  }

  void set(const std::vector<std::size_t>& rows, Column column) {
    for (const std::size_t row : rows) facts_.rows[row].fields[column] = true;
  }

  /// Rows of one name that a later `export NAME` or `readonly NAME` is about.
  struct Unmarked {
    std::vector<std::size_t> exported, read_only;
  };

  std::string_view file_;
  Facts& facts_;
  std::map<std::string, Unmarked, std::less<>> unmarked_;
};

void read_file(const Root& root, std::string_view file, Facts& facts) {
  const auto text = root.read(file);
  if (text) return FileReader(file, facts).read(*text);
  if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
}

Facts read_shell_profile(const Request& request) {
  Facts facts;
  for (std::size_t i = 0; i < kNamedFiles; ++i) read_file(request.root, kFiles[i], facts);
  const Root::Glob found = request.root.glob("/etc/profile.d/*.sh");
  for (const std::string& file : found.paths) read_file(request.root, file, facts);
  for (const Error& error : found.errors) facts.gap(error);
  return facts;
}

}  // namespace

extern const Probe shell_profile_probe;
const Probe shell_profile_probe{
    .name = "shell-profile",
    .group = "os",
    .summary = "variables and umask that the start files of login shells set",
    .semantics = "bash(1), sh(1), umask(1posix)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_shell_profile,
    .files = kFiles,
};

}  // namespace plimsoll
