#pragma once

#include <span>
#include <string_view>

#include "plugins/container/kube-flags/documents.h"
#include "plugins/container/kube-flags/flags.h"
#include "scanner/probe/probe.h"

namespace plimsoll::kube {

struct Default {
  std::string_view key, value;
};

/// The configuration that a flag names; no node where it cannot be used.
struct NamedFile {
  DataTree tree;
  const DataNode* root = nullptr;
  Place place;
  [[nodiscard]] Origin at(const DataNode& node) const { return place.at(node); }
};

/// What one run of a program is configured with.
struct Run {
  const Root& root;
  const Launch& launch;
  Objects* objects;  ///< those of the manifest that starts it; null on a host
  Facts& facts;
  Settings settings;

  /// What may change the values of these keys and is not known; of all keys where none is named.
  void doubt(Error error, std::vector<std::string_view> keys = {});
  /// The YAML or JSON file that a flag names, or what a ConfigMap that the pod mounts holds by that
  /// name. With doubt about `keys` where there is none.
  NamedFile read_file(std::string_view flag, std::vector<std::string_view> keys);
  /// Of a program that takes `key` from the file of --config alone where there is one, also when
  /// the file says nothing of it: `put` sets what the file comes to, and the flag is shadowed.
  void take_from_config(std::string_view key,
                        void (*put)(const DataNode& root, const Place& place, Settings& settings));
};

/// A program that is configured by Go-style flags.
struct Program {
  std::string_view name;
  std::span<const Field> fields;      ///< the schema: types say which are booleans and lists
  std::span<const Default> defaults;  ///< what holds where nothing is set
  Dialect dialect = Dialect::pflag;
  std::string_view environment = {};  ///< variables that set flags begin with it: `ETCD_`
  Takes (*takes)(std::string_view name) = nullptr;
  void (*finish)(Run& run) = nullptr;  ///< files that flags point at; before defaults are filled in
  std::span<const std::string_view> kinds = {};  ///< documents that are judged by themselves, too
  void (*take_object)(Run& run, const Object& object) = nullptr;  ///< one of them
};

Facts read_program(const Request& request, const Program& program);

/// The members of a Probe that are pointers to functions without an argument for the program.
template <const Program& program>
Facts read_program_of(const Request& request) {
  return read_program(request, program);
}
template <const Program& program>
constexpr DocumentClaim claim_of(std::string_view called) {
  return {.by_name = [](std::string_view path) { return is_manifest_or_unit(path, program.name); },
          .by_text =
              [](const Document& document) {
                return is_unit(document.path, program.name) ||
                       may_hold(document.text, program.name, program.kinds);
              },
          .called = called,
          .also_on_hosts = true};
}

/// What starts the program according to a document: a manifest's containers, or a unit where
/// systemd looks for it. `objects` is filled for a manifest.
Launches launches_of(const Request& request, std::string_view program, Objects& objects,
                     std::span<const std::string_view> kinds, Facts& facts);
/// False, once with a gap, where there are too many facts for more.
bool has_room(Facts& facts, const Origin& origin);
bool is_among(std::string_view kind, std::span<const std::string_view> kinds);
/// `--version` and `--help`: it says something and ends.
bool only_speaks(const CommandLine& line);
/// Doubts about a launch: words that are not known, words that the program refuses.
void note_doubts(const Launch& launch, const CommandLine& line, std::span<const Field> fields,
                 std::string_view program, Facts& facts);
/// The name of a field as the schema has it; empty where it is none.
std::string_view field_named(std::span<const Field> fields, std::string_view name);

}  // namespace plimsoll::kube
