// The only translation unit that knows CLI11, and the only one with a `try`: it turns the command
// line into plain option structs and calls one function a command.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstring>

#include "scanner/base/nearest.h"
#include "scanner/cli/checks.h"
#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {
namespace {

/// What CLI11 fills in; Checks makes option structs of it.
struct Texts {
  std::string new_only, lock, format, fail_on = "low", jobs, config, color = "auto", level, one;
  std::vector<std::string> baselines, rules, set, outputs, plugin_dirs, context, names;
  std::optional<std::string> root, path, image;
  bool verbose = false, quiet = false, diff = false, shadowed = false, on_disk = false,
       deep = false;
};

struct Command {
  CLI::App* app = nullptr;
  int (*run)(const Texts&,
             Checks&) = nullptr;  ///< the checks first; the command only when they pass
};

// ---- help -------------------------------------------------------------------------------------

constexpr std::size_t kHelpColumn = 27, kHelpWidth = 80;

std::string help_row(const std::string& name, const std::string& text) {
  std::string out = fmt::format("  {:<{}}", name, kHelpColumn - 2);
  std::size_t column = std::max(kHelpColumn, name.size() + 3);
  if (name.size() + 2 >= kHelpColumn) out += ' ';
  std::string_view rest = text;
  while (column + rest.size() > kHelpWidth) {
    const auto cut = rest.substr(0, kHelpWidth - column).rfind(' ');
    if (cut == std::string_view::npos) break;
    out += fmt::format("{}\n{:{}}", rest.substr(0, cut), "", kHelpColumn);
    rest.remove_prefix(cut + 1);
    column = kHelpColumn;
  }
  return out + std::string(rest) + "\n";
}

std::string option_names(const CLI::Option& option) {
  const std::string value = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  std::string names = option.get_name(false, true);  // `-h,--help`
  for (std::size_t comma = 0; (comma = names.find(',', comma)) != std::string::npos; comma += 2)
    names.insert(comma + 1, " ");
  return value.empty() ? names : fmt::format("{} {}", names, value);
}

/// Usage line, what the command does, one row an option, a worked example: one screen.
std::string help_text(const CLI::App* app, std::string, CLI::AppFormatMode) {
  std::string path;
  for (const CLI::App* at = app; at != nullptr; at = at->get_parent())
    path.insert(0, at->get_parent() == nullptr ? "plimsoll" : fmt::format(" {}", at->get_name()));
  std::string positionals, rows;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional())
      positionals += fmt::format(" {}", option->get_type_name());
    else
      rows += help_row(option_names(*option), option->get_description());
  }
  std::string commands;
  for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; }))
    commands += help_row(sub->get_name(), sub->get_description());
  const char* const tail = commands.empty() ? " [OPTION]..." : " COMMAND [OPTION]...";
  std::string out =
      fmt::format("usage: {}{}{}\n{}\n\n", path, positionals, tail, app->get_description());
  if (!commands.empty()) out += commands + "\n";
  return out + rows + "\n" + app->get_footer() + "\n";
}

// ---- options that several commands share ------------------------------------------------------

CLI::Option* value(CLI::App* app, const char* name, std::string& target, const char* type,
                   const char* help) {
  return app->add_option(name, target, help)->type_name(type);
}

CLI::Option* values(CLI::App* app, const char* name, std::vector<std::string>& target,
                    const char* type, const char* help) {
  return app->add_option(name, target, help)->type_name(type)->allow_extra_args(false);
}

void add_target(CLI::App* app, Texts& texts) {
  app->add_option("--root", texts.root, "look at the tree below DIR instead of this host")
      ->type_name("DIR");
  app->add_option("--path", texts.path, "look at a source tree, or one file of it")
      ->type_name("PATH");
  app->add_option("--image", texts.image, "look into the archive of a container image")
      ->type_name("FILE");
}

TargetChoice target_of(const Texts& texts, Checks& checks) {
  using Kind = TargetChoice::Kind;
  if ((texts.root ? 1 : 0) + (texts.path ? 1 : 0) + (texts.image ? 1 : 0) > 1)
    checks.problem("`--root`, `--path` and `--image` exclude each other", "name one of them");
  if (texts.path) return {Kind::tree, *texts.path};
  if (texts.image) return {Kind::image, *texts.image};
  return {Kind::root, texts.root.value_or("/")};
}

void add_color(CLI::App* app, Texts& texts) {
  value(app, "--color", texts.color, "WHEN", "auto, always or never");
}

void add_plugins(CLI::App* app, Texts& texts) {
  values(app, "--plugin-dir", texts.plugin_dirs, "DIR",
         "also use the probes in DIR; may be repeated");
}

void add_baselines(CLI::App* app, Texts& texts) {
  values(app, "--baseline", texts.baselines, "ID[@VERSION]", "use this baseline; may be repeated");
  value(app, "--level", texts.level, "LEVEL", "only this level of the benchmark");
  values(app, "--set", texts.set, "PARAMETER=VALUE", "change a parameter; may be repeated");
  value(app, "--lock", texts.lock, "FILE", "only baselines as `baseline lock` pinned them");
  value(app, "--config", texts.config, "FILE", "site file (default: /etc/plimsoll/plimsoll.toml)");
  add_plugins(app, texts);
}

void add_deep(CLI::App* app, Texts& texts) {
  app->add_flag("--deep", texts.deep, "also rules that read packages whole, file by file");
}

BaselineChoice choice_of(const Texts& texts, Checks& checks) {
  return {.baselines = Checks::list(texts.baselines),
          .level = texts.level,
          .rules = Checks::list(texts.rules),
          .set = checks.pairs("--set", texts.set, "PARAMETER=VALUE"),
          .config = texts.config,
          .plugin_dirs = texts.plugin_dirs,
          .lock = texts.lock};
}

/// Runs the command when nothing is wrong with its options.
template <class Options>
int run_checked(const Checks& checks, int (*run)(const Options&), const Options& options) {
  if (const auto& problem = checks.first_problem()) return failed(problem->what, problem->help);
  return run(options);
}

// ---- the commands -----------------------------------------------------------------------------

ScanOptions scan_options(const Texts& in, Checks& checks) {
  BaselineChoice choice = choice_of(in, checks);
  choice.deep = in.deep;
  return {
      .choice = std::move(choice),
      .target = target_of(in, checks),
      .format = checks.one_of("--format", in.format.empty() ? "text" : in.format, scan_formats()),
      .outputs = checks.outputs(in.outputs),
      .fail_on = checks.severity("--fail-on", in.fail_on),
      .jobs = checks.jobs(in.jobs),
      .new_only = in.new_only,
      .accepted = {},
      .diff = in.diff,
      .verbose = in.verbose,
      .quiet = in.quiet,
      .color = checks.color(in.color)};
}

Command add_scan(CLI::App& top, Texts& texts) {
  CLI::App* app =
      top.add_subcommand("scan", "compare a host or a tree with a baseline; report what drifted");
  add_target(app, texts);
  values(app, "--rules", texts.rules, "GLOB,...", "only the rules whose id matches");
  add_baselines(app, texts);
  add_deep(app, texts);
  value(app, "--format", texts.format, "FORMAT",
        "text, json, sarif, junit, github, gitlab, markdown");
  values(app, "--output", texts.outputs, "FORMAT=FILE", "the same, to a file; may be repeated");
  value(app, "--fail-on", texts.fail_on, "SEVERITY", "exit 1 from this severity on (default: low)");
  value(app, "--new-only", texts.new_only, "FILE", "no drift that this list of `accept` has");
  value(app, "--jobs", texts.jobs, "N", "threads to use (default: one a processor)");
  app->add_flag("--diff", texts.diff, "edits that mend what drifted, as unified diffs");
  app->add_flag("--verbose", texts.verbose, "every place of every finding, and what passed");
  app->add_flag("--quiet", texts.quiet, "the summary line alone");
  add_color(app, texts);
  app->footer(
      "exit status: 0 no drift; 1 drift; 2 could not run; 3 something is unknown\n"
      "example: plimsoll scan --path . --fail-on high");
  return {app, [](const Texts& in, Checks& checks) {
            return run_checked(checks, run_scan, scan_options(in, checks));
          }};
}

Command add_accept(CLI::App& top, Texts& texts) {
  CLI::App* app =
      top.add_subcommand("accept", "write down today's drift, so that --new-only knows it");
  app->add_option("file", texts.names, "")->type_name("[FILE]");
  add_target(app, texts);
  values(app, "--rules", texts.rules, "GLOB,...", "only the rules whose id matches");
  add_baselines(app, texts);
  add_deep(app, texts);
  value(app, "--jobs", texts.jobs, "N", "threads to use (default: one a processor)");
  app->footer(
      "Without FILE the list goes to standard output.\n\n"
      "example: plimsoll accept --path . .plimsoll-accepted\n"
      "         plimsoll scan --path . --new-only .plimsoll-accepted");
  return {app, [](const Texts& in, Checks& checks) {
            ScanOptions options = scan_options(in, checks);
            if (in.names.size() > 1) checks.problem("more than one file is named", "name one");
            if (!in.names.empty()) options.accepted = in.names.front();
            return run_checked(checks, run_accept, options);
          }};
}

Command add_facts(CLI::App& top, Texts& texts) {
  CLI::App* app =
      top.add_subcommand("facts", "print what a program is effectively configured to do");
  app->add_option("probe", texts.names, "")->type_name("PROBE...");
  add_target(app, texts);
  value(app, "--format", texts.format, "FORMAT", "table or jsonl (default: table)");
  app->add_flag("--shadowed", texts.shadowed, "also the lines that are present but have no effect");
  values(app, "--context", texts.context, "NAME=VALUE,...",
         "what is known of a connection (sshd Match)");
  value(app, "--jobs", texts.jobs, "N", "threads to use (default: one a processor)");
  add_plugins(app, texts);
  add_color(app, texts);
  app->footer("example: plimsoll facts sshd --context user=bob,addr=10.0.0.5 --shadowed");
  return {app, [](const Texts& in, Checks& checks) {
            if (in.names.empty())
              checks.problem("no probe is named", "`plimsoll probes` lists them");
            const FactsOptions options{
                .probes = in.names,
                .target = target_of(in, checks),
                .format = checks.one_of("--format", in.format.empty() ? "table" : in.format,
                                        kFactsFormats),
                .shadowed = in.shadowed,
                .context = checks.context(in.context),
                .jobs = checks.jobs(in.jobs),
                .plugin_dirs = in.plugin_dirs,
                .color = checks.color(in.color)};
            return run_checked(checks, run_facts, options);
          }};
}

Command add_explain(CLI::App& top, Texts& texts) {
  CLI::App* app =
      top.add_subcommand("explain", "say why a rule is there, how to fix, what may break");
  app->add_option("rule", texts.names, "")->type_name("RULE");
  add_baselines(app, texts);
  add_color(app, texts);
  app->footer("example: plimsoll explain sshd.permit-root-login");
  return {app, [](const Texts& in, Checks& checks) {
            if (in.names.size() != 1)
              checks.problem("name one rule", "`plimsoll rules` lists them");
            const ExplainOptions options{.choice = choice_of(in, checks),
                                         .rule = in.names.empty() ? "" : in.names.front(),
                                         .color = checks.color(in.color)};
            return run_checked(checks, run_explain, options);
          }};
}

Command add_rules(CLI::App& top, Texts& texts) {
  CLI::App* app = top.add_subcommand("rules", "list the rules of the baselines");
  app->add_option("glob", texts.rules, "")->type_name("[GLOB]...");
  add_baselines(app, texts);
  value(app, "--format", texts.format, "FORMAT", "text, json or ids (default: text)");
  add_color(app, texts);
  app->footer("example: plimsoll rules 'sshd.*' --format json");
  return {app, [](const Texts& in, Checks& checks) {
            const RulesOptions options{
                .choice = choice_of(in, checks),
                .format = checks.one_of("--format", in.format.empty() ? "text" : in.format,
                                        kRulesFormats),
                .color = checks.color(in.color)};
            return run_checked(checks, run_rules, options);
          }};
}

Command add_probes(CLI::App& top, Texts& texts) {
  CLI::App* app =
      top.add_subcommand("probes", "list what can be read, with names and types of the facts");
  app->add_option("name", texts.names, "")->type_name("[NAME]");
  value(app, "--format", texts.format, "FORMAT", "text, json or names (default: text)");
  add_plugins(app, texts);
  add_color(app, texts);
  app->footer("example: plimsoll probes sshd");
  return {app, [](const Texts& in, Checks& checks) {
            if (in.names.size() > 1) checks.problem("name one probe, or none for all of them");
            const ProbesOptions options{
                .name = in.names.empty() ? "" : in.names.front(),
                .format = checks.one_of("--format", in.format.empty() ? "text" : in.format,
                                        kProbesFormats),
                .plugin_dirs = in.plugin_dirs,
                .color = checks.color(in.color)};
            return run_checked(checks, run_probes, options);
          }};
}

template <BaselineOptions::Action action>
Command add_baseline_action(CLI::App* baseline, Texts& texts, const char* name,
                            const char* arguments, const char* description, const char* example) {
  CLI::App* app = baseline->add_subcommand(name, description);
  app->add_option("name", texts.names, "")->type_name(arguments);
  if (action == BaselineOptions::Action::test)
    app->add_flag("--on-disk", texts.on_disk, "also over a directory in /tmp, not only in memory");
  else
    value(app, "--format", texts.format, "FORMAT", "text or json (default: text)");
  add_plugins(app, texts);
  add_color(app, texts);
  app->footer(std::string("example: ") + example);
  return {app, [](const Texts& in, Checks& checks) {
            const BaselineOptions options{
                .action = action,
                .names = in.names,
                .on_disk = in.on_disk,
                .plugin_dirs = in.plugin_dirs,
                .format =
                    checks.one_of("--format", in.format.empty() ? "text" : in.format, kListFormats),
                .color = checks.color(in.color)};
            return run_checked(checks, run_baseline, options);
          }};
}

void add_baseline(CLI::App& top, Texts& texts, std::vector<Command>& commands) {
  using Action = BaselineOptions::Action;
  CLI::App* app = top.add_subcommand("baseline", "check, test, list, show and compare baselines");
  app->footer("example: plimsoll baseline lint site/web.toml");
  commands.push_back(add_baseline_action<Action::lint>(
      app, texts, "lint", "FILE...", "refuse what is wrong in a baseline, with file and line",
      "plimsoll baseline lint site/web.toml"));
  commands.push_back(add_baseline_action<Action::test>(
      app, texts, "test", "[ID|FILE]...", "run the examples of the rules through the real probes",
      "plimsoll baseline test sshd"));
  commands.push_back(add_baseline_action<Action::list>(
      app, texts, "list", "", "list the baselines, their versions and when they were reviewed",
      "plimsoll baseline list"));
  commands.push_back(add_baseline_action<Action::show>(app, texts, "show", "ID[@VERSION]|FILE",
                                                       "print one baseline as it is written",
                                                       "plimsoll baseline show debian-12-server"));
  commands.push_back(add_baseline_action<Action::lock>(
      app, texts, "lock", "[ID[@VERSION]|FILE]...", "print the pins of what a scan with these uses",
      "plimsoll baseline lock cis-debian-12 > plimsoll.lock"));
  commands.push_back(add_baseline_action<Action::diff>(
      app, texts, "diff", "OLD NEW", "say what changed between two baselines",
      "plimsoll baseline diff sshd@1.0.0 sshd@1.1.0"));
}

// ---- parsing ----------------------------------------------------------------------------------

/// The command the user got to, as deep as the words led.
CLI::App* deepest(CLI::App& top) {
  CLI::App* app = &top;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

int no_command(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  const std::vector<std::string> rest = app.remaining();
  const std::string help = app.get_parent() == nullptr
                               ? "`plimsoll --help`"
                               : fmt::format("`plimsoll {} --help`", app.get_name());
  if (rest.empty()) return failed("no command is given", help + " lists them");
  if (rest.front().starts_with('-'))
    return failed(fmt::format("unknown option `{}`", rest.front()), help + " lists what there is");
  const std::string near = nearest_name(rest.front(), names);
  return failed(fmt::format("unknown command `{}`", rest.front()),
                near.empty() ? help + " lists them" : did_you_mean(near));
}

int run_parsed(CLI::App& top, const std::vector<Command>& commands, const Texts& texts) {
  CLI::App* app = deepest(top);
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& c) { return c.app == app; });
  if (command == commands.end()) return no_command(*app);
  Checks checks;
  std::vector<std::string> names;
  for (const CLI::Option* option : app->get_options())
    for (const std::string& name : option->get_lnames()) names.push_back(fmt::format("--{}", name));
  for (const std::string& extra : top.remaining(true)) checks.unexpected(extra, names);
  return command->run(texts, checks);
}

int parse_failed(const CLI::ParseError& error) {
  const std::string what = error.what();
  const std::string name = what.substr(0, what.find(':'));
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ArgumentMismatch) &&
      name.starts_with("--"))
    return failed(fmt::format("option `{}` takes one value", name),
                  "add `--help` for what it takes");
  return failed(what);
}

/// A standard stream that is closed must not become the number of a file that we open. What is put
/// in its place cannot be written to, so that a report without a reader is still an error.
void keep_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
}

int print_version() { return print_and_return("plimsoll " PLIMSOLL_VERSION "\n", kExitOk); }

int run(int argc, char** argv) {
  CLI::App top(
      "Reads what a machine is effectively configured to do, compares it with a\nhardening "
      "baseline, and says where it has drifted.");
  Texts texts;
  top.set_help_flag("-h,--help", "show this help");
  top.formatter_fn(help_text);
  top.allow_extras();
  top.require_subcommand(0, 1);
  bool version = false;
  top.add_flag("--version", version, "print the version");
  top.footer("example: plimsoll scan\n         plimsoll explain sshd.permit-root-login");
  std::vector<Command> commands = {add_scan(top, texts),  add_accept(top, texts),
                                   add_facts(top, texts), add_explain(top, texts),
                                   add_rules(top, texts), add_probes(top, texts)};
  add_baseline(top, texts, commands);
  try {
    top.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print_and_return(deepest(top)->help(), kExitOk);
  } catch (const CLI::ParseError& error) {
    return parse_failed(error);
  }
  if (version) return print_version();
  return run_parsed(top, commands, texts);
}

}  // namespace
}  // namespace plimsoll

int main(int argc, char** argv) {
  // A reader that goes away (`| head`, a plug-in that died) is an error of write(2), not our end.
  std::signal(SIGPIPE, SIG_IGN);
  plimsoll::keep_standard_streams();
  // Before anything is built up: scripts ask for the version often.
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) return plimsoll::print_version();
  return plimsoll::run(argc, argv);
}
