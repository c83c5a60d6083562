#include "plugins/container/dockerfile/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "plugins/container/dockerfile/builder.h"
#include "plugins/container/dockerfile/copy.h"
#include "plugins/container/dockerfile/image.h"
#include "plugins/container/dockerfile/label.h"
#include "plugins/container/dockerfile/row.h"
#include "plugins/container/dockerfile/run.h"
#include "plugins/container/dockerfile/stage.h"
#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"

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

}  // namespace

Facts Builder::build() {
  add(Row("file", path_, 0).set(kName, path_).set(kValue, std::string()).set(kLabels, Traits()));
  for (const Error& error : syntax_.errors) facts_.gap(error);
  for (const Directive& one : syntax_.directives)
    add(Row("directive", one.name, one.line).set(kName, one.name).set(kValue, one.value));
  for (const Comment& one : syntax_.comments) comment(one);
  for (const Instruction& one : syntax_.instructions)
    if (!full_) instruction(one);
  return finish();
}

// --- rows

std::size_t Builder::add(Row&& row) {
  row.stage = stages_.empty() ? -1 : static_cast<std::int64_t>(stages_.size()) - 1;
  if (rows_.size() >= kMostRows && !full_) {
    full_ = true;
    facts_.gap(
        {ErrorCode::limit, fmt::format("more than {} facts", kMostRows), {path_, row.line(), 0}});
  }
  rows_.push_back(std::move(row));
  return rows_.size() - 1;
}

void Builder::add_final(Row& row) {
  if (wanted_.row(row)) add(std::move(row));
}

std::string Builder::subject(const Instruction& one) const {
  std::string flags;
  for (const std::string& flag : one.flags) flags.append(flag).append(" ");
  return shortened(
      fmt::format("{} {}{}", one.keyword, flags, std::string_view(one.rest.text).substr(0, 200)));
}

// --- dispatch

void Builder::comment(const Comment& one) {
  const std::string_view tool = suppressed_tool(one.text);
  if (tool.empty()) return;
  add(Row("suppression", shortened(one.text), one.line)
          .set(kName, std::string(tool))
          .set(kValue, one.text));
}

void Builder::instruction(const Instruction& one) {
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

void Builder::dispatch(const Instruction& one, std::size_t row) {
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

// --- FROM

void Builder::from(const Instruction& one) {
  if (stages_.size() >= kMostStages) {
    full_ = true;
    facts_.gap(
        {ErrorCode::limit, fmt::format("more than {} stages", kMostStages), {path_, one.line, 0}});
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

Row Builder::stage_row(const Instruction& one, const Stage& now) {
  Row row("stage", subject(one), one.line);
  if (!now.name.empty()) row.set(kName, now.name);
  if (by_name_.contains(now.name)) row.trait("duplicate-name");
  if (now.name == "scratch" || now.name == "context") row.trait("reserved-name");
  return row;
}

// "FROM": a stage that is built from another one has its configuration; also its variables.
void Builder::inherit(const Stage& base, Stage& made) {
  made.base = base.index;
  made.scope = base.scope;
  made.posix_shell = base.posix_shell;
  made.pipefail = base.pipefail;
  made.workdir = base.workdir;
  made.user = base.user;
  made.healthcheck = base.healthcheck;
  made.labels = base.labels;
}

void Builder::image(const Instruction& one, const Expanded& reference) {
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

void Builder::variables(const Instruction& one, std::size_t row) {
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

void Builder::assign(const std::string& name, Expanded value, bool is_env) {
  if (value.open)
    scope().declare(name, is_env);
  else
    scope().set(name, std::move(value.text), is_env);
}

// "ARG": without a default it takes that of a global one of the same name.
void Builder::argument(const Instruction& one, const std::string& name, const Expanded& value,
                       bool has_value) {
  if (one.trigger) return;
  if (has_value) return assign(name, value, false);
  const auto global = stages_.empty() ? global_.known.end() : global_.known.find(name);
  if (global != global_.known.end())
    scope().set(name, global->second, false);
  else if (!scope().known.contains(name))
    scope().declare(name, false);
}

bool Builder::refers_to_itself(const std::vector<std::pair<std::string, std::string>>& pairs) {
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

void Builder::variable(const Instruction& one, const std::string& name, const Expanded& value,
                       bool has_value) {
  Row row("variable", shortened(fmt::format("{} {}", one.keyword, name)), one.line);
  row.set(kName, name).set(kForm, one.keyword);
  if (has_value) row.set(kValue, value.text);
  Traits traits = variable_traits(name, value.text, has_value);
  const bool is_arg = one.keyword == "ARG";
  // An argument needs no default: whoever builds gives the value, and the history keeps it.
  if (names_secret(name) && (is_arg || may_be_secret(value.text))) traits.emplace_back("secret");
  if (names_account(name) && (is_arg || may_be_secret(value.text))) traits.emplace_back("account");
  row.traits(std::move(traits));
  const bool file = names_secret_file(name) && has_value && !value.text.empty();
  if (!file && !wanted_.row(row)) return;
  const std::size_t index = add(row);
  if (file && stage().secret_files.size() < 64) stage().secret_files.push_back({index, value.text});
}

Traits Builder::variable_traits(std::string_view name, std::string_view value, bool has_value) {
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

// --- COPY, ADD

void Builder::copy(const Instruction& one) {
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

void Builder::labels(const Instruction& one, std::size_t row_index) {
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

void Builder::ports(const Instruction& one) {
  for (const std::string& raw : quoted_words(one.rest.text, syntax_.escape)) {
    const Expanded whole = expanded(raw);
    for (const std::string_view word : words(whole.text)) port(one, word, whole.open);
  }
}

// "EXPOSE": PORT[/PROTOCOL], or FIRST-LAST.
void Builder::port(const Instruction& one, std::string_view word, bool open) {
  const std::size_t slash = word.find('/');
  const std::string_view range = word.substr(0, slash);
  const std::string protocol =
      slash == std::string_view::npos ? "tcp" : lower(word.substr(slash + 1));
  Row row("port", shortened(fmt::format("EXPOSE {}", word)), one.line);
  row.set(kName, std::string(range)).set(kValue, protocol);
  const auto first = to_integer(range.substr(0, range.find('-')));
  const auto last =
      to_integer(range.substr(range.find('-') == std::string_view::npos ? 0 : range.find('-') + 1));
  if (open)
    row.trait("variable");
  else if (!first || !last || *first < 0 || *last > 65535 || *first > 65535)
    row.trait("out-of-range");
  else if (*first <= 22 && 22 <= *last && protocol != "udp")
    row.trait("ssh");
  add_final(row);
}

void Builder::user(const Instruction& one) {
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

void Builder::directory(const Instruction& one) {
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

Facts Builder::finish() {
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

std::string Builder::scope_name(const Stage& stage) {
  return stage.name.empty() ? fmt::format("stage {}", stage.index)
                            : fmt::format("stage {} {}", stage.index, stage.name);
}

void Builder::finish_stage(Stage& stage, bool last) {
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

void Builder::mark_user(const Stage& last) {
  for (const Stage* stage = &last;; stage = &stages_[static_cast<std::size_t>(stage->base)]) {
    if (stage->user_row) return void(rows_[*stage->user_row].set(kEffective, true));
    if (stage->base < 0) return;
  }
}

Facts build(const Syntax& syntax, const Request& request) {
  return Builder(syntax, request).build();
}

}  // namespace plimsoll::dockerfile
