#include "plugins/container/kube-flags/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugins/container/kube-flags/manifest.h"
#include "plugins/container/kube-flags/unit_command.h"
#include "scanner/base/text.h"

namespace plimsoll::kube {
namespace {

bool is_list(const Program& program, std::string_view key) {
  return std::any_of(program.fields.begin(), program.fields.end(), [&](const Field& field) {
    return field.name == key && (field.type == Type::set || field.type == Type::list);
  });
}

/// `ETCD_CERT_FILE` is `cert-file`; a flag beats the variable.
void take_environment(const Program& program, Run& run) {
  if (program.environment.empty()) return;
  for (const auto& [name, value] : run.launch.environment) {
    if (!name.starts_with(program.environment)) continue;
    std::string key = lower(std::string_view(name).substr(program.environment.size()));
    std::replace(key.begin(), key.end(), '_', '-');
    if (value.open) {
      if (const auto field = field_named(program.fields, key); !field.empty())
        run.doubt({ErrorCode::unsupported, fmt::format("the value of {} is not known", name),
                   value.origin},
                  {field});
      continue;
    }
    // An empty variable is as if it were not set (pkg/flags of etcd).
    if (value.text.empty()) continue;
    const bool is_boolean = program.takes(key) == Takes::nothing;
    replace(run.settings, key, is_boolean ? canonical_boolean(value.text) : value.text,
            value.origin, "");
  }
}

/// Repeated flags of lists add up; of all others the last one stands.
void take_flags(const Program& program, std::vector<Flag> given, Run& run) {
  Settings flags;
  for (Flag& flag : given) {
    if (flag.name == "feature-gates")
      append(flags, flag.name, canonical_gates(flag.value), flag.origin);
    else if (is_list(program, flag.name))
      append(flags, flag.name, flag.value, flag.origin);
    else
      replace(flags, flag.name, std::move(flag.value), flag.origin, "the flag is given again");
  }
  put_over(run.settings, std::move(flags), "a flag beats the environment");
}

void emit(const Program& program, Run& run) {
  const std::string& scope = run.launch.scope;
  drop_empty(run.settings, program.fields);
  for (auto& [key, setting] : run.settings) {
    Fact& fact = run.facts.setting(key, setting.value, setting.origin, scope);
    fact.shadowed = std::move(setting.shadowed);
  }
  for (const Default& one : program.defaults)
    if (!run.settings.contains(one.key))
      run.facts.setting(std::string(one.key), std::string(one.value), {}, scope);
}

void read_launch(const Request& request, const Program& program, const Launch& launch,
                 Objects* objects, Facts& facts) {
  CommandLine line = parse_flags(launch.arguments, program.dialect, program.takes);
  if (only_speaks(line)) return;
  facts.setting("@file", launch.origin.file, launch.origin, launch.scope);
  if (!launch.version.empty())
    facts.setting("@version", launch.version, launch.origin, launch.scope);
  note_doubts(launch, line, program.fields, program.name, facts);
  Run run{request.root, launch, objects, facts, {}};
  take_environment(program, run);
  take_flags(program, std::move(line.flags), run);
  for (const std::string_view key : launch.open_keys)
    if (!run.settings.contains(key))
      run.doubt({ErrorCode::unsupported,
                 fmt::format("what its program chooses for --{} is not in its configuration", key),
                 launch.origin},
                {key});
  if (program.finish != nullptr) program.finish(run);
  emit(program, run);
}

void read_object(const Request& request, const Program& program, const Object& object,
                 Facts& facts) {
  Launch launch;
  launch.scope = object.scope;
  launch.origin = object.place.at(*object.root);
  Run run{request.root, launch, nullptr, facts, {}};
  facts.setting("@file", object.place.file, launch.origin, launch.scope);
  program.take_object(run, object);
  drop_empty(run.settings, program.fields);
  for (auto& [key, setting] : run.settings)
    facts.setting(key, setting.value, setting.origin, launch.scope);
}

}  // namespace

void Run::doubt(Error error, std::vector<std::string_view> keys) {
  facts.gap(std::move(error), launch.scope, Gap::Effect::may_override, std::move(keys));
}

void Run::take_from_config(std::string_view key,
                           void (*put)(const DataNode&, const Place&, Settings&)) {
  if (value_of(settings, "config").empty()) return;
  auto flag = take_out(settings, key);
  const NamedFile file = read_file("config", {key});
  if (file.root != nullptr) put(*file.root, file.place, settings);
  put_back_shadowed(settings, key, std::move(flag), "with --config the flag does not count");
}

NamedFile Run::read_file(std::string_view flag, std::vector<std::string_view> keys) {
  NamedFile out;
  const std::string path(value_of(settings, flag));
  if (path.empty()) return out;
  Object* object = objects == nullptr ? nullptr : find_embedded(*objects, launch.config_maps, path);
  if (object != nullptr) {
    object->used = true;
    out.root = object->root;
    out.place = object->place;
    return out;
  }
  const auto text = root.read(path);
  if (!text) {
    doubt({text.error().code, fmt::format("--{} names {}: {}", flag, path, text.error().what),
           settings.find(flag)->second.origin},
          std::move(keys));
    return out;
  }
  facts.setting("@file", path, {path}, launch.scope);
  out.tree = read_yaml(*text, path);
  out.place.file = path;
  const DataNode* document = out.tree.documents.empty() ? nullptr : out.tree.documents.front();
  if (!out.tree.error && document != nullptr && document->is_mapping()) {
    out.root = document;
    return out;
  }
  doubt(out.tree.error.value_or(Error{
            ErrorCode::invalid, fmt::format("the file of --{} holds no mapping", flag), {path}}),
        std::move(keys));
  return out;
}

bool only_speaks(const CommandLine& line) {
  return std::any_of(line.flags.begin(), line.flags.end(), [](const Flag& flag) {
    const bool is_on = flag.value != "false";
    return (is_one_of(flag.name, "help h") && is_on) ||
           (flag.name == "version" && is_one_of(flag.value, "true raw"));
  });
}

void note_doubts(const Launch& launch, const CommandLine& line, std::span<const Field> fields,
                 std::string_view program, Facts& facts) {
  for (const Error& error : launch.doubts) facts.gap(error, launch.scope);
  if (line.open)
    facts.gap({ErrorCode::unsupported,
               fmt::format("what becomes of `{}` is not known: it may hold any flag",
                           printable(line.open->text)),
               line.open->origin},
              launch.scope);
  // What drifts stays so; nothing is right about a program that does not start.
  if (line.stray)
    facts.gap({ErrorCode::invalid,
               fmt::format("{} does not start with the word `{}` on its command line", program,
                           printable(line.stray->text)),
               line.stray->origin},
              launch.scope, Gap::Effect::may_add);
  for (const Flag& flag : line.flags) {
    const std::string_view field = field_named(fields, flag.name);
    if (flag.open && !field.empty())
      facts.gap({ErrorCode::unsupported, fmt::format("the value of --{} is not known", flag.name),
                 flag.origin},
                launch.scope, Gap::Effect::may_override, {field});
  }
}

std::string_view field_named(std::span<const Field> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? std::string_view{} : found->name;
}

bool has_room(Facts& facts, const Origin& origin) {
  constexpr std::size_t kMostFacts = 1U << 17U;
  if (facts.rows.size() <= kMostFacts) return true;
  const bool is_said = !facts.gaps.empty() && facts.gaps.back().error.code == ErrorCode::limit;
  if (!is_said)
    facts.gap({ErrorCode::limit, "more that starts the program than can be told", origin}, {},
              Gap::Effect::may_add);
  return false;
}

bool is_among(std::string_view kind, std::span<const std::string_view> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Launches launches_of(const Request& request, std::string_view program, Objects& objects,
                     std::span<const std::string_view> kinds, Facts& facts) {
  if (request.document == nullptr) return find_launches(request.root, program);
  const Document& document = *request.document;
  Launches launches;
  if (is_unit(document.path, program)) {
    add_unit(request.root, base_name(document.path), program, launches);
    for (Launch& launch : launches.found) launch.scope = launch.origin.file;
    std::erase_if(launches.found,
                  [&](const Launch& launch) { return launch.origin.file != document.path; });
    if (launches.found.empty() && launches.errors.empty())
      facts.not_applicable =
          fmt::format("{} is not the unit that systemd takes for {}", document.path, program);
    return launches;
  }
  objects = read_objects(document.text, std::string(document.path), kinds);
  add_containers(objects, program, launches);
  for (Error& error : objects.errors) facts.gap(std::move(error), {}, Gap::Effect::may_add);
  if (objects.is_template)
    facts.not_applicable = fmt::format(
        "{} is a template, not YAML: scan what `helm template` makes of it", document.path);
  return launches;
}

Facts read_program(const Request& request, const Program& program) {
  Facts facts;
  Objects objects;
  const Launches launches = launches_of(request, program.name, objects, program.kinds, facts);
  for (const Error& error : launches.errors) facts.gap(error);
  const bool is_manifest = request.document != nullptr;
  for (const Launch& launch : launches.found)
    if (has_room(facts, launch.origin))
      read_launch(request, program, launch, is_manifest ? &objects : nullptr, facts);
  for (const Object& object : objects.found)
    if (!object.used && is_among(object.kind, program.kinds) &&
        has_room(facts, object.place.at(*object.root)))
      read_object(request, program, object, facts);
  if (!facts.rows.empty() || !facts.gaps.empty())
    facts.not_applicable.clear();
  else if (facts.not_applicable.empty())
    facts.not_applicable =
        is_manifest ? fmt::format("{} starts no {}", request.document->path, program.name)
                    : fmt::format("no static pod and no unit of this node starts {}", program.name);
  return facts;
}

}  // namespace plimsoll::kube
