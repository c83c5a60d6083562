#include "scanner/evaluate/try_example.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "scanner/base/text.h"
#include "scanner/baseline/parameter.h"
#include "scanner/evaluate/evaluate.h"
#include "scanner/root/memory_root.h"

namespace plimsoll {
namespace {

struct KnownId {
  std::string_view name;
  std::uint32_t id;
};

// The static ids of Debian's base-passwd, as far as files are commonly theirs.
constexpr std::array kKnownIds = {
    KnownId{"root", 0},       KnownId{"daemon", 1},  KnownId{"bin", 2},
    KnownId{"sys", 3},        KnownId{"adm", 4},     KnownId{"tty", 5},
    KnownId{"disk", 6},       KnownId{"lp", 7},      KnownId{"mail", 8},
    KnownId{"man", 12},       KnownId{"sudo", 27},   KnownId{"www-data", 33},
    KnownId{"shadow", 42},    KnownId{"utmp", 43},   KnownId{"staff", 50},
    KnownId{"games", 60},     KnownId{"users", 100}, KnownId{"nogroup", 65534},
    KnownId{"nobody", 65534},
};

/// The number of a name, first as the example's own passwd or group file has it.
Result<std::uint32_t> id_of(const std::string& name, const Example& example,
                            std::string_view file) {
  if (const auto number = to_integer(name); number && *number >= 0)
    return static_cast<std::uint32_t>(*number);
  for (const Example::File& one : example.files) {
    if (one.path != file) continue;
    for (const Line& line : lines(one.text)) {
      const auto fields = split(line.text, ':');
      if (fields.size() < 3 || fields[0] != name) continue;
      if (const auto number = to_integer(fields[2])) return static_cast<std::uint32_t>(*number);
    }
  }
  const auto known = std::find_if(kKnownIds.begin(), kKnownIds.end(),
                                  [&](const KnownId& one) { return one.name == name; });
  if (known == kKnownIds.end())
    return fail(ErrorCode::invalid, fmt::format("no id is known for `{}`; add it to {} of the "
                                                "example, or write the number",
                                                name, file));
  return known->id;
}

struct Owner {
  std::uint32_t user = 0, group = 0;
};

Result<Owner> owner_of(const Example::File& file, const Example& example) {
  const auto user = id_of(file.owner, example, "/etc/passwd");
  const auto group = id_of(file.group, example, "/etc/group");
  if (!user) return fail(user.error());
  if (!group) return fail(group.error());
  return Owner{*user, *group};
}

/// Shorter paths first, so that a directory with a mode of its own is made before what lies in it.
std::vector<const Example::File*> in_order(const Example& example) {
  std::vector<const Example::File*> out;
  for (const Example::File& file : example.files) out.push_back(&file);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto* a, const auto* b) { return a->path.size() < b->path.size(); });
  return out;
}

Result<bool> fill(MemoryRoot& root, const Example& example) {
  for (const Example::File* file : in_order(example)) {
    const auto owner = owner_of(*file, example);
    if (!owner) return fail(owner.error());
    if (file->type == "directory")
      root.add_directory(file->path, file->mode, owner->user, owner->group);
    else if (file->type == "link")
      root.add_link(file->path, file->text);
    else if (file->type == "fifo")
      root.add_special(file->path, FileType::fifo);
    else
      root.add_file(file->path, file->text, file->mode, owner->user, owner->group);
  }
  return true;
}

bool make(const Example::File& file, const std::string& path) {
  std::error_code error;
  if (file.type == "directory") std::filesystem::create_directories(path, error);
  if (file.type == "link") std::filesystem::create_symlink(file.text, path, error);
  if (file.type == "fifo") return mkfifo(path.c_str(), 0644) == 0;
  if (file.type != "file") return !error;
  std::ofstream out(path, std::ios::binary);
  out << file.text;
  out.close();
  return out.good();
}

/// The time that a file in memory has, so that rules on ages see the same.
bool set_time(const std::string& path) {
  const timespec then{MemoryRoot::kFileTime, 0};
  const std::array<timespec, 2> times = {then, then};
  return utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0;
}

Result<bool> write_tree(const std::string& top, const Example& example) {
  for (const Example::File* file : in_order(example)) {
    const auto owner = owner_of(*file, example);
    if (!owner) return fail(owner.error());
    const std::string path = top + normal_path(file->path);
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    const bool made = make(*file, path);
    const bool owned =
        made && (geteuid() != 0 || lchown(path.c_str(), owner->user, owner->group) == 0);
    if (!owned || !set_time(path) || (file->type != "link" && chmod(path.c_str(), file->mode) != 0))
      return fail(ErrorCode::failed, fmt::format("cannot write `{}` of the example", file->path));
  }
  return true;
}

bool is_at(const Finding& finding, std::string_view at) {
  const Origin& origin = finding.origin;
  return at == origin.file || at == fmt::format("{}:{}", origin.file, origin.line);
}

std::string describe(const Outcome& outcome) {
  std::string out;
  for (const Finding& finding : outcome.findings) {
    if (!out.empty()) out += '\n';
    out += finding.message;
    if (!finding.origin.is_default())
      out += fmt::format(" ({}:{})", finding.origin.file, finding.origin.line);
  }
  if (!outcome.reason.empty()) out += (out.empty() ? "" : "\n") + outcome.reason;
  return out;
}

Result<Plan> plan_for(const Example& example, const Baseline& baseline) {
  const auto rule = std::find_if(baseline.rules.begin(), baseline.rules.end(),
                                 [&](const Rule& one) { return one.id == example.rule; });
  if (rule == baseline.rules.end())
    return fail(ErrorCode::invalid, fmt::format("there is no rule `{}`", example.rule));
  Plan plan;
  plan.rules.push_back({&*rule, &baseline, rule->severity, {}, {}});
  auto& parameters = plan.parameters[&baseline];
  parameters = baseline.parameters;
  for (Parameter& parameter : parameters) {
    const auto given = example.set.find(parameter.name);
    if (given == example.set.end()) continue;
    parameter.value = value_from_text(parameter, given->second);
    if (const std::string wrong = value_problem(parameter, parameter.value); !wrong.empty())
      return fail(ErrorCode::invalid, fmt::format("parameter `{}`: {}", parameter.name, wrong));
  }
  return plan;
}

ExampleTrial run(const Example& example, const Baseline& baseline, const Root& root) {
  const auto plan = plan_for(example, baseline);
  if (!plan) return {plan.error().what, {}};
  Diagnostics problems;
  const auto rules = compile_rules(*plan, all_probes(), problems);
  if (has_errors(problems)) return {problems.front().what, {}};
  std::vector<std::string> notices;
  const auto outcomes = judge(rules, root, {}, notices);
  const Outcome& outcome = outcomes.front();
  if (name_of(outcome.verdict) != example.verdict)
    return {fmt::format("`{}` gave `{}`, wanted `{}`", example.rule, name_of(outcome.verdict),
                        example.verdict),
            describe(outcome)};
  const auto here = [&](const Finding& finding) { return is_at(finding, example.at); };
  if (!example.at.empty() && std::none_of(outcome.findings.begin(), outcome.findings.end(), here))
    return {fmt::format("no finding of `{}` is at `{}`", example.rule, example.at),
            describe(outcome)};
  return {};
}

}  // namespace

Result<std::unique_ptr<Root>> root_of(const Example& example) {
  auto root = std::make_unique<MemoryRoot>();
  const auto filled = fill(*root, example);
  if (!filled) return fail(filled.error());
  return std::unique_ptr<Root>(std::move(root));
}

ExampleTrial try_example(const Example& example, const Baseline& baseline) {
  const auto root = root_of(example);
  return root ? run(example, baseline, **root) : ExampleTrial{root.error().what, {}};
}

ExampleTrial try_example_on_disk(const Example& example, const Baseline& baseline,
                                 const std::string& temporary) {
  std::string top = temporary + "/plimsoll-example-XXXXXX";
  if (mkdtemp(top.data()) == nullptr) return {"cannot make a directory in " + temporary, {}};
  // As in memory: the top directory is root's, 0755.
  ExampleTrial trial;
  const auto written = chmod(top.c_str(), 0755) == 0
                           ? write_tree(top, example)
                           : Result<bool>(fail(ErrorCode::failed, "chmod"));
  if (written) {
    const auto root = Root::directory(top);
    trial = root ? run(example, baseline, **root) : ExampleTrial{root.error().what, {}};
  } else {
    trial.problem = written.error().what;
  }
  std::error_code error;
  std::filesystem::remove_all(top, error);
  return trial;
}

}  // namespace plimsoll
