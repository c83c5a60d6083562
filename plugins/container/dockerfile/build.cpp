#include "plugins/container/dockerfile/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "plugins/container/dockerfile/copy.h"
#include "plugins/container/dockerfile/image.h"
#include "plugins/container/dockerfile/label.h"
#include "plugins/container/dockerfile/row.h"
#include "plugins/container/dockerfile/run.h"
#include "scanner/formats/secrets.h"
#include "plugins/container/dockerfile/stage.h"
#include "scanner/base/text.h"

namespace plimsoll::dockerfile {
namespace {

constexpr std::size_t kMostStages = 1000;
constexpr std::size_t kMostRows = 300000;

/// The linter that a comment silences, or empty.
std::string_view suppressed_tool(std::string_view comment) {
  const auto given = words(comment, " \t");
  if (given.empty()) return {};
  if (istarts_with(given[0], "checkov:skip=")) return "checkov";
  if (istarts_with(given[0], "trivy:ignore:")) return "trivy";
  if (istarts_with(given[0], "nosemgrep")) return "semgrep";
  const std::size_t at = given.size() > 2 && given[1] == "global" ? 2 : 1;
  if (given[0] != "hadolint" || at >= given.size() || !given[at].starts_with("ignore")) return {};
  return comment.find('=') != std::string_view::npos ? "hadolint" : std::string_view();
}

class Builder {
 public:
  Builder(const Syntax& syntax, const Request& request)
      : syntax_(syntax),
        request_(request),
        wanted_(request.selections),
        path_(request.document->path) {}

  Facts build() {
    add(Row("file", path_, 0).set(kName, path_).set(kValue, std::string()).set(kLabels, Traits()));
    for (const Error& error : syntax_.errors) facts_.gap(error);
    for (const Directive& one : syntax_.directives)
      add(Row("directive", one.name, one.line).set(kName, one.name).set(kValue, one.value));
    for (const Comment& one : syntax_.comments) comment(one);
    for (const Instruction& one : syntax_.instructions)
      if (!full_) instruction(one);
    return finish();
  }

 private:
  // --- rows

  std::size_t add(Row& row) { return add(std::move(row)); }
  std::size_t add(Row&& row) {
    row.stage = stages_.empty() ? -1 : static_cast<std::int64_t>(stages_.size()) - 1;
    if (rows_.size() >= kMostRows && !full_) {
      full_ = true;
      facts_.gap(
          {ErrorCode::limit, fmt::format("more than {} facts", kMostRows), {path_, row.line(), 0}});
    }
    rows_.push_back(std::move(row));
    return rows_.size() - 1;
  }
  /// A row that nothing later adds a trait to.
  void add_final(Row& row) {
    if (wanted_.row(row)) add(std::move(row));
  }

  [[nodiscard]] std::string subject(const Instruction& one) const {
    std::string flags;
    for (const std::string& flag : one.flags) flags.append(flag).append(" ");
    return shortened(
        fmt::format("{} {}{}", one.keyword, flags, std::string_view(one.rest.text).substr(0, 200)));
  }

  // --- dispatch

  void comment(const Comment& one) {
    const std::string_view tool = suppressed_tool(one.text);
    if (tool.empty()) return;
    add(Row("suppression", shortened(one.text), one.line)
            .set(kName, std::string(tool))
            .set(kValue, one.text));
  }

  void instruction(const Instruction& one) {
    const std::string_view keyword = one.keyword;
    if (keyword == "FROM" && !one.trigger) from(one);
    Row row("instruction", subject(one), one.line);
    row.set(kName, one.keyword);
    if (stages_.empty() && keyword != "ARG" && keyword != "FROM") row.trait("before-from");
    if (one.trigger && (keyword == "FROM" || keyword == "MAINTAINER" || keyword == "ONBUILD"))
      row.trait("disallowed-trigger");
    if (keyword == "MAINTAINER") row.trait("deprecated");
    if (one.rest.text.empty() && one.heredocs.empty()) row.trait("malformed");
    const std::size_t index = add(row);
    dispatch(one, index);
    if (keyword != "RUN" || one.trigger) previous_run_.reset();
  }

  void dispatch(const Instruction& one, std::size_t row) {
    const std::string_view keyword = one.keyword;
    if (keyword == "RUN") return run(one, row);
    if (keyword == "COPY" || keyword == "ADD") return copy(one);
    if (keyword == "ENV" || keyword == "ARG") return variables(one, row);
    if (keyword == "LABEL") return labels(one, row);
    if (keyword == "EXPOSE") return ports(one);
    if (keyword == "USER") return user(one);
    if (keyword == "WORKDIR" || keyword == "VOLUME") return directory(one);
    if (keyword == "CMD" || keyword == "ENTRYPOINT") return program(one, row);
    if (keyword == "HEALTHCHECK") return healthcheck(one, row);
    if (keyword == "SHELL") return shell_instruction(one);
  }

  /// The stage whose state an instruction reads: of what stands before FROM, one that nothing
  /// knows.
  Stage& stage() { return stages_.empty() ? outside_ : stages_.back(); }
  Scope& scope() { return stages_.empty() ? global_ : stages_.back().scope; }

  Expanded expanded(std::string_view word) { return expand(word, scope(), syntax_.escape); }

  // --- FROM

  void from(const Instruction& one) {
    if (stages_.size() >= kMostStages) {
      full_ = true;
      facts_.gap({ErrorCode::limit,
                  fmt::format("more than {} stages", kMostStages),
                  {path_, one.line, 0}});
      return;
    }
    const auto given = words(one.rest.text);
    const Expanded reference =
        expand(given.empty() ? std::string_view() : given[0], global_, syntax_.escape);
    Stage made;
    made.index = static_cast<std::int64_t>(stages_.size());
    if (given.size() == 3 && iequals(given[1], "as")) made.name = lower(given[2]);
    if (const auto base = by_name_.find(lower(reference.text)); base != by_name_.end())
      inherit(stages_[base->second], made);
    made.posix_shell = made.posix_shell && !is_windows_image(reference.text);
    stages_.push_back(std::move(made));
    Stage& now = stages_.back();
    now.row = add(stage_row(one, now));
    if (!now.name.empty()) by_name_.insert_or_assign(now.name, stages_.size() - 1);
    if (now.base < 0 && reference.text != "scratch") image(one, reference);
  }

  Row stage_row(const Instruction& one, const Stage& now) {
    Row row("stage", subject(one), one.line);
    if (!now.name.empty()) row.set(kName, now.name);
    if (by_name_.contains(now.name)) row.trait("duplicate-name");
    if (now.name == "scratch" || now.name == "context") row.trait("reserved-name");
    return row;
  }

  // "FROM": a stage that is built from another one has its configuration; also its variables.
  static void inherit(const Stage& base, Stage& made) {
    made.base = base.index;
    made.scope = base.scope;
    made.posix_shell = base.posix_shell;
    made.pipefail = base.pipefail;
    made.workdir = base.workdir;
    made.user = base.user;
    made.healthcheck = base.healthcheck;
    made.labels = base.labels;
  }

  void image(const Instruction& one, const Expanded& reference) {
    Row row("image", subject(one), one.line);
    describe_image(reference, row);
    for (const std::string& flag : one.flags) {
      if (!flag.starts_with("--platform=")) continue;
      const std::string_view platform = std::string_view(flag).substr(11);
      // A variable is for the one who builds; TARGETPLATFORM is what is taken without the flag.
      if (platform.find('$') == std::string_view::npos) row.trait("platform-fixed");
      if (is_one_of(platform, "$TARGETPLATFORM ${TARGETPLATFORM}")) row.trait("platform-redundant");
    }
    if (reference.open) row.trait("variable");
    add(row);
  }

  // --- ENV, ARG

  void variables(const Instruction& one, std::size_t row) {
    const bool is_env = one.keyword == "ENV";
    std::vector<std::pair<std::string, std::string>> pairs = name_value_pairs(one, syntax_.escape);
    if (is_env && refers_to_itself(pairs)) rows_[row].trait("self-reference");
    std::vector<std::pair<std::string, Expanded>> values;
    for (const auto& [name, raw] : pairs) {
      const bool has_value = is_env || raw.find('=') == 0;
      Expanded value =
          has_value ? expanded(is_env ? raw : raw.substr(1)) : Expanded{"", true, false, false};
      if (value.broken) rows_[row].trait("malformed");
      variable(one, name, value, has_value);
      if (is_env)
        values.emplace_back(name, std::move(value));
      else
        argument(one, name, value, has_value);
    }
    // "Environment replacement": all of one ENV see the values from before it.
    if (!one.trigger)
      for (auto& [name, value] : values) assign(name, std::move(value), true);
  }

  void assign(const std::string& name, Expanded value, bool is_env) {
    if (value.open)
      scope().declare(name, is_env);
    else
      scope().set(name, std::move(value.text), is_env);
  }

  // "ARG": without a default it takes that of a global one of the same name.
  void argument(const Instruction& one, const std::string& name, const Expanded& value,
                bool has_value) {
    if (one.trigger) return;
    if (has_value) return assign(name, value, false);
    const auto global = stages_.empty() ? global_.known.end() : global_.known.find(name);
    if (global != global_.known.end())
      scope().set(name, global->second, false);
    else if (!scope().known.contains(name))
      scope().declare(name, false);
  }

  bool refers_to_itself(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::unordered_map<std::string, std::size_t> names;
    for (std::size_t i = 0; i < pairs.size(); ++i) names.emplace(pairs[i].first, i);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (pairs[i].second.find('$') == std::string::npos) continue;
      for (const std::string& name : references(pairs[i].second, syntax_.escape)) {
        const auto found = names.find(name);
        if (found == names.end() || found->second == i) continue;
        if (!scope().known.contains(name) && !scope().open.contains(name)) return true;
      }
    }
    return false;
  }

  void variable(const Instruction& one, const std::string& name, const Expanded& value,
                bool has_value) {
    Row row("variable", shortened(fmt::format("{} {}", one.keyword, name)), one.line);
    row.set(kName, name).set(kForm, one.keyword);
    if (has_value) row.set(kValue, value.text);
    Traits traits = variable_traits(name, value.text, has_value);
    const bool is_arg = one.keyword == "ARG";
    // An argument needs no default: whoever builds gives the value, and the history keeps it.
    if (names_secret(name) && (is_arg || may_be_secret(value.text))) traits.emplace_back("secret");
    if (names_account(name) && (is_arg || may_be_secret(value.text)))
      traits.emplace_back("account");
    row.traits(std::move(traits));
    const bool file = names_secret_file(name) && has_value && !value.text.empty();
    if (!file && !wanted_.row(row)) return;
    const std::size_t index = add(row);
    if (file && stage().secret_files.size() < 64)
      stage().secret_files.push_back({index, value.text});
  }

  /// Variables that switch off the verification of certificates, wherever they are set.
  static Traits variable_traits(std::string_view name, std::string_view value, bool has_value) {
    Traits out;
    if (name == "PYTHONHTTPSVERIFY" && value == "0") out.emplace_back("python-tls-off");
    if (name == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0") out.emplace_back("node-tls-off");
    // npm-config(7), "Environment Variables": any case.
    if (iequals(name, "NPM_CONFIG_STRICT_SSL") && is_one_of(lower(value), "false 0"))
      out.emplace_back("npm-tls-off");
    if (name == "PIP_TRUSTED_HOST" && !value.empty()) out.emplace_back("pip-trusted-host");
    // git looks only whether it is set.
    if (name == "GIT_SSL_NO_VERIFY" && has_value) out.emplace_back("git-tls-off");
    return out;
  }

  // --- RUN, CMD, ENTRYPOINT, HEALTHCHECK

  void run(const Instruction& one, std::size_t row) {
    RunContext context;
    context.pipefail = stage().pipefail;
    const auto pip = scope().known.find("PIP_NO_CACHE_DIR");
    context.pip_cache_off =
        pip != scope().known.end() && is_one_of(lower(pip->second), "1 true on yes");
    for (const std::string& flag : one.flags) run_flag(flag, one, row, context);
    const ExecForm exec = exec_form(one.rest.text);
    const MappedText text = exec.is_json ? one.rest : script_of(one);
    const std::size_t count = script(one, text, exec, context);
    consecutive(one, row, count);
  }

  void run_flag(std::string_view flag, const Instruction& one, std::size_t row,
                RunContext& context) {
    if (flag == "--security=insecure" || flag == "--network=host")
      rows_[row].trait("privileged-build");
    if (!flag.starts_with("--mount=")) return;
    std::string type = "bind", target, source;
    for (const std::string_view part : split(trim(flag.substr(8), "\"'"), ',')) {
      const std::size_t equals = part.find('=');
      const std::string_view key = part.substr(0, equals);
      const std::string value =
          equals == std::string_view::npos ? std::string() : expanded(part.substr(equals + 1)).text;
      if (key == "type") type = lower(value);
      if (is_one_of(key, "target dst destination")) target = value;
      if (is_one_of(key, "source src")) source = value;
    }
    if (type == "cache" || type == "tmpfs") context.caches.push_back(target);
    if (type == "secret") context.secret_mount = true;
    Row made("mount", shortened(fmt::format("RUN {}", flag)), one.line);
    made.set(kName, type).set(kTarget, target).set(kSource, source);
    if (is_engine_socket(target) || is_engine_socket(source)) made.trait("engine-socket");
    add_final(made);
  }

  static bool is_engine_socket(std::string_view path) {
    return path.find("docker.sock") != std::string_view::npos ||
           path.find("containerd.sock") != std::string_view::npos ||
           path.find("podman.sock") != std::string_view::npos;
  }

  // "Here-documents": alone, the text is the script; otherwise it is the standard input of a
  // command.
  static MappedText script_of(const Instruction& one) {
    if (one.heredocs.empty()) return one.rest;
    const Heredoc& first = one.heredocs.front();
    const bool alone = one.heredocs.size() == 1 && one.rest.text.starts_with("<<") &&
                       one.rest.text.find_first_of(" \t;|&>") == std::string::npos;
    MappedText out;
    if (!alone) out = one.rest;
    if (alone && first.text.starts_with("#!") && !is_shell_line(first.text)) return out;
    for (const Heredoc& heredoc : one.heredocs) {
      if (!alone) out.add("\n", heredoc.line);
      for (const Line& line : lines(heredoc.text)) {
        out.add(line.text, heredoc.line + line.number - 1);
        out.text += '\n';
      }
      if (!alone) out.add(heredoc.name, heredoc.line);
    }
    return out;
  }

  static bool is_shell_line(std::string_view script) {
    for (const std::string_view word : words(script.substr(2, script.find('\n') - 2)))
      if (shell::is_shell(word.substr(word.rfind('/') + 1))) return true;
    return false;
  }

  /// The commands of an instruction as rows; how many there are.
  std::size_t script(const Instruction& one, const MappedText& text, const ExecForm& exec,
                     const RunContext& context) {
    if (!exec.is_json && !stage().posix_shell) return 1;
    if (!wanted_.kind("command") && !wanted_.kind("package") && !wanted_.kind("variable") &&
        !wanted_.kind("copy") && !wanted_.kind("instruction"))
      return 0;
    const shell::Script parsed = exec.is_json ? shell::parse_exec(exec.words, scope().known)
                                              : shell::parse(text.text, scope().known);
    std::vector<CommandFacts> facts = describe(parsed, context);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const shell::Command& command = parsed.commands[i];
      command_rows(one, command, exec.is_json ? one.line : text.line_at(command.offset), facts[i]);
    }
    return parsed.commands.size();
  }

  void command_rows(const Instruction& one, const shell::Command& command, std::uint32_t line,
                    CommandFacts& facts) {
    if (one.keyword == "RUN") {
      for (const auto& [name, value] : assignments_of(command)) script_variable(name, value, line);
      unpacks(command);
      downloads(command, facts.traits);
    }
    if (command.words.empty()) return;
    std::string said;
    for (const shell::Word& word : command.words) {
      if (said.size() > 120) break;
      said.append(said.empty() ? "" : " ").append(word.text);
    }
    Row row("command", shortened(said), line);
    row.set(kName, std::string(command.name())).set(kForm, one.keyword);
    if (!facts.action.manager.empty()) row.set(kManager, std::string(facts.action.manager));
    row.traits(std::move(facts.traits));
    add_final(row);
    for (const Package& package : facts.action.packages)
      package_row(package, facts.action.manager, line);
  }

  void package_row(const Package& package, std::string_view manager, std::uint32_t line) {
    Row row("package", shortened(package.name), line);
    row.set(kName, package.name).set(kManager, std::string(manager)).set(kPinned, package.pinned);
    if (!package.version.empty()) row.set(kVersion, package.version);
    if (!package.pinned) row.trait("unpinned");
    if (package.server) row.trait("ssh-server");
    add_final(row);
  }

  static std::vector<std::pair<std::string, shell::Word>> assignments_of(
      const shell::Command& command) {
    std::vector<std::pair<std::string, shell::Word>> out;
    if (!command.via.empty()) return out;
    for (const shell::Assignment& one : command.assignments) out.emplace_back(one.name, one.value);
    if (!is_one_of(command.name(), "export env declare")) return out;
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      shell::Word word = command.words[i];
      const std::size_t equals = word.text.find('=');
      if (equals == std::string::npos || equals == 0) continue;
      std::string name = word.text.substr(0, equals);
      word.text.erase(0, equals + 1);
      out.emplace_back(std::move(name), std::move(word));
    }
    return out;
  }

  void script_variable(const std::string& name, const shell::Word& value, std::uint32_t line) {
    Row row("variable", shortened(fmt::format("RUN {}", name)), line);
    row.set(kName, name).set(kForm, std::string("RUN")).set(kValue, value.text);
    Traits traits = variable_traits(name, value.text, true);
    if (!value.open && names_secret(name) && may_be_secret(value.text))
      traits.emplace_back("secret");
    row.traits(std::move(traits));
    add_final(row);
  }

  void downloads(const shell::Command& command, Traits& traits) {
    const bool curl = command.name() == "curl", wget = command.name() == "wget";
    Stage& now = stage();
    now.saw_curl = now.saw_curl || curl;
    now.saw_wget = now.saw_wget || wget;
    if ((curl || wget) && now.saw_curl && now.saw_wget) traits.emplace_back("second-downloader");
  }

  void unpacks(const shell::Command& command) {
    auto& archives = stage().archives;
    if (archives.empty() || !unpacks_archive(command)) return;
    for (const shell::Word& word : command.words) {
      const auto found = archives.find(base_name(word.text));
      if (found == archives.end()) continue;
      for (const std::size_t row : found->second) rows_[row].trait("unpacked-later");
      archives.erase(found);
    }
  }

  /// RUN after RUN, where both are short and run alike.
  void consecutive(const Instruction& one, std::size_t row, std::size_t count) {
    constexpr std::size_t kShort = 2;
    if (one.trigger) return;
    if (previous_run_ && previous_run_->flags == one.flags && count <= kShort &&
        previous_count_ <= kShort)
      rows_[row].trait("repeated-run");
    previous_run_ = one;
    previous_run_->rest = {};
    previous_run_->heredocs.clear();
    previous_count_ = count;
  }

  void program(const Instruction& one, std::size_t row) {
    const ExecForm exec = exec_form(one.rest.text);
    rows_[row].set(kForm, std::string(exec.is_json ? "exec" : "shell"));
    if (!exec.is_json) rows_[row].trait("shell-form");
    if (!one.trigger)
      override(one.keyword == "CMD" ? stage().cmd_row : stage().entrypoint_row, row);
    run_time_command(one, one.rest, exec);
  }

  /// Only the last of its kind in a stage counts.
  void override(std::optional<std::size_t>& last, std::size_t row) {
    if (last) rows_[*last].trait("overridden");
    last = row;
  }

  void run_time_command(const Instruction& one, const MappedText& text, const ExecForm& exec) {
    RunContext context;
    context.at_run_time = true;
    script(one, text, exec, context);
  }

  void healthcheck(const Instruction& one, std::size_t row) {
    const std::string_view text = one.rest.text;
    const bool none = istarts_with(text, "NONE");
    if (!one.trigger) {
      override(stage().healthcheck_row, row);
      stage().healthcheck = !none;
    }
    const std::size_t space = text.find_first_of(" \t");
    if (none || space == std::string_view::npos) return;
    MappedText inner;
    inner.add(trim(text.substr(space)), one.line);
    run_time_command(one, inner, exec_form(inner.text));
  }

  // "SHELL": the program that RUN, CMD and ENTRYPOINT in shell form are handed to.
  void shell_instruction(const Instruction& one) {
    const ExecForm exec = exec_form(one.rest.text);
    if (one.trigger || exec.words.empty()) return;
    const std::string name = lower(exec.words[0]);
    const std::string_view base = std::string_view(name).substr(name.find_last_of("/\\") + 1);
    stage().posix_shell = shell::is_shell(base);
    stage().pipefail =
        std::find(exec.words.begin(), exec.words.end(), "pipefail") != exec.words.end();
  }

  // --- COPY, ADD

  void copy(const Instruction& one) {
    const CopyInput input{one,   scope(), syntax_.escape, request_.root,
                          path_, stage(), stages_.size(), by_name_};
    CopyFacts facts = read_copy(input);
    Row row("copy", subject(one), one.line);
    row.set(kName, one.keyword).set(kValue, join(facts.sources, " ")).set(kTarget, facts.target);
    if (!facts.from.empty()) row.set(kSource, facts.from);
    row.traits(std::move(facts.traits));
    const std::size_t index = add(row);
    if (one.trigger) return;
    for (const std::string& name : facts.archives) stage().archives[name].push_back(index);
    if (stage().copied_to.size() < 64) stage().copied_to.push_back(facts.target);
  }

  // --- the rest

  void labels(const Instruction& one, std::size_t row_index) {
    for (const auto& [raw, value] : name_value_pairs(one, syntax_.escape)) {
      const Expanded name = expanded(raw), content = expanded(value);
      Row row("label", shortened(fmt::format("LABEL {}", name.text)), one.line);
      row.set(kName, name.text).set(kValue, content.text);
      if (name.broken || content.broken) rows_[row_index].trait("malformed");
      if (!is_label_key(name.text)) row.trait("invalid-key");
      if (content.text.empty()) row.trait("empty");
      add_final(row);
      if (!one.trigger && stage().labels.size() < 1000) stage().labels.push_back(name.text);
    }
  }

  void ports(const Instruction& one) {
    for (const std::string& raw : quoted_words(one.rest.text, syntax_.escape)) {
      const Expanded whole = expanded(raw);
      for (const std::string_view word : words(whole.text)) port(one, word, whole.open);
    }
  }

  // "EXPOSE": PORT[/PROTOCOL], or FIRST-LAST.
  void port(const Instruction& one, std::string_view word, bool open) {
    const std::size_t slash = word.find('/');
    const std::string_view range = word.substr(0, slash);
    const std::string protocol =
        slash == std::string_view::npos ? "tcp" : lower(word.substr(slash + 1));
    Row row("port", shortened(fmt::format("EXPOSE {}", word)), one.line);
    row.set(kName, std::string(range)).set(kValue, protocol);
    const auto first = to_integer(range.substr(0, range.find('-')));
    const auto last = to_integer(
        range.substr(range.find('-') == std::string_view::npos ? 0 : range.find('-') + 1));
    if (open)
      row.trait("variable");
    else if (!first || !last || *first < 0 || *last > 65535 || *first > 65535)
      row.trait("out-of-range");
    else if (*first <= 22 && 22 <= *last && protocol != "udp")
      row.trait("ssh");
    add_final(row);
  }

  void user(const Instruction& one) {
    const Expanded given = expanded(one.rest.text);
    const std::size_t colon = given.text.find(':');
    const std::string name = given.open ? given.text : given.text.substr(0, colon);
    Row row("user", subject(one), one.line);
    row.set(kName, name);
    if (!given.open && colon != std::string::npos) row.set(kValue, given.text.substr(colon + 1));
    const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
    const bool zero = number && name.find_first_not_of('0') == std::string::npos;
    const bool root = name == "root" || zero || iequals(name, "ContainerAdministrator");
    row.set(kRoot, given.open ? Value(no_value(given.text)) : Value(root)).set(kEffective, false);
    if (!number && !given.open) row.trait("non-numeric");
    const std::size_t index = add(row);
    if (one.trigger) return;
    stage().user_row = index;
    stage().user = name;
  }

  void directory(const Instruction& one) {
    const bool workdir = one.keyword == "WORKDIR";
    const ExecForm exec = workdir ? ExecForm{} : exec_form(one.rest.text);
    std::vector<std::string> given = exec.words;
    if (workdir)
      given = {one.rest.text};
    else if (!exec.is_json)
      given = quoted_words(one.rest.text, syntax_.escape);
    for (const std::string& raw : given) {
      Expanded path = expanded(raw);
      if (path.broken) path.text = trim(raw, "\"'");
      Row row(workdir ? "workdir" : "volume", subject(one), one.line);
      row.set(kValue, path.text);
      if (workdir && !is_absolute(path.text)) row.trait("relative");
      if (path.text == "/") row.trait("root-directory");
      if (is_system_directory(path.text)) row.trait("system");
      if (is_engine_socket(path.text)) row.trait("engine-socket");
      add_final(row);
    }
    if (workdir && !one.trigger) stage().workdir = true;
  }

  // --- the end

  Facts finish() {
    for (std::size_t i = 0; i < stages_.size(); ++i)
      finish_stage(stages_[i], i + 1 == stages_.size());
    std::vector<bool> in_final(stages_.size());
    for (std::int64_t i = static_cast<std::int64_t>(stages_.size()) - 1; i >= 0;
         i = stages_[static_cast<std::size_t>(i)].base)
      in_final[static_cast<std::size_t>(i)] = true;
    for (Row& row : rows_) {
      if (!wanted_.row(row)) continue;
      const auto stage = static_cast<std::size_t>(row.stage);
      row.set(kFinal, row.stage >= 0 && in_final[stage]);
      const std::uint32_t line = row.line();
      Fact& fact = facts_.row(row.take(), {path_, line, 0});
      if (row.stage >= 0) fact.scope = scope_name(stages_[stage]);
    }
    return std::move(facts_);
  }

  static std::string scope_name(const Stage& stage) {
    return stage.name.empty() ? fmt::format("stage {}", stage.index)
                              : fmt::format("stage {} {}", stage.index, stage.name);
  }

  void finish_stage(Stage& stage, bool last) {
    Row& row = rows_[stage.row];
    row.set(kEffective, last);
    row.set(kHealthcheck, stage.healthcheck);
    row.set(kLabels, Traits(stage.labels.begin(), stage.labels.end()));
    if (!stage.user.empty()) row.set(kUser, stage.user);
    if (stage.user_row) rows_[*stage.user_row].trait("stage-last");
    for (const Stage::SecretFile& file : stage.secret_files)
      if (is_copied(file.path, stage.copied_to)) rows_[file.row].trait("secret-file");
    if (last) mark_user(stage);
  }

  /// The USER that stands in the end: of the last stage, or of the nearest one it is built from.
  void mark_user(const Stage& last) {
    for (const Stage* stage = &last;; stage = &stages_[static_cast<std::size_t>(stage->base)]) {
      if (stage->user_row) return void(rows_[*stage->user_row].set(kEffective, true));
      if (stage->base < 0) return;
    }
  }

  const Syntax& syntax_;
  const Request& request_;
  Wanted wanted_;
  std::string path_;
  Facts facts_;
  std::vector<Row> rows_;
  std::vector<Stage> stages_;
  Stage outside_;
  Scope global_;
  StageNames by_name_;
  std::optional<Instruction> previous_run_;
  std::size_t previous_count_ = 0;
  bool full_ = false;
};

}  // namespace

Facts build(const Syntax& syntax, const Request& request) {
  return Builder(syntax, request).build();
}

}  // namespace plimsoll::dockerfile
