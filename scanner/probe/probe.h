#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/probe/matcher.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// One column of a table probe, or one well-known key of a settings probe.
struct Field {
  std::string_view name;
  Type type = Type::text;
  std::string_view doc;  ///< one line, with the unit where there is one
};

/// A condition on one field of a row (`index` into Probe::fields), or on a setting's scope, key or
/// value.
struct Predicate {
  enum class On : std::uint8_t { field, scope, key, value };
  On on = On::field;
  std::size_t index = 0;
  Matcher matcher;
};

/// The facts that one check of a rule asks for: all predicates hold. Probes may use it to do less
/// work (the file probe walks only when a selection cannot be answered by looking at named paths);
/// they may always yield more than asked.
struct Selection {
  std::vector<Predicate> where;
  /// Rows that satisfy all of these need not be yielded (they conform); empty: yield every row of
  /// `where`.
  std::vector<Predicate> conforming;
};

struct Together;
struct NoteDesk;

/// A file of a source tree that is handed to the probes that claim it.
struct Document {
  std::string_view path;  ///< inside the root, with a leading `/`
  std::string_view text;
};

/// Which files a probe of documents reads: they lie anywhere in a tree (a Dockerfile, a manifest),
/// and each is judged by itself. Without `by_name` a probe reads fixed places of a host.
struct DocumentClaim {
  bool (*by_name)(std::string_view path) = nullptr;     ///< cheap: the file is not opened for it
  bool (*by_text)(const Document& document) = nullptr;  ///< null: the name is enough
  std::string_view called = {};                         ///< one of them, for people: "Dockerfile"
  const Together* together = nullptr;  ///< what only all of them show; null for most (together.h)
  /// Such files lie in fixed places of a host as well (nginx.conf): there `read` is asked without a
  /// document and finds them itself.
  bool also_on_hosts = false;
  /// What has to be known of the whole tree before any file can be judged (which files are parts of
  /// others); null for most. Called once with the paths of all documents, sorted; what it returns
  /// is Request::survey of each reading.
  std::shared_ptr<const void> (*survey)(const Root& root,
                                        std::span<const std::string> paths) = nullptr;
};

/// What a probe is given. Everything it sees comes through `root`; it has no other input.
struct Request {
  const Root& root;
  /// `--context`: what is known of a connection, as `user` → `bob`.
  const std::map<std::string, std::string, std::less<>>& context;
  /// What the selected rules ask for; empty when every fact is wanted (`plimsoll facts`).
  std::span<const Selection> selections;
  unsigned jobs = 1;           ///< how many threads the probe may use
  const void* self = nullptr;  ///< Probe::self of the probe that is run; Probe::run fills it in
  const Document* document = nullptr;  ///< of a probe of documents: the one to read
  NoteDesk* desk = nullptr;      ///< where a probe with `together` leaves its notes on a document
  const void* survey = nullptr;  ///< what DocumentClaim::survey made; null where nobody asked it
};

enum class Shape : std::uint8_t { settings, rows };

/// A reader of one program's configuration. Pure: the same bytes give the same facts; safe to run
/// beside others.
struct Probe {
  std::string_view name;  ///< `sshd`
  std::string_view
      group;  ///< os, service, container, framework, library, appliance: its folder in plugins/
  std::string_view summary;  ///< one line
  std::string_view
      semantics;  ///< the manual pages that define what it computes: "sshd_config(5), sshd(8)"
  Shape shape = Shape::settings;
  std::span<const Field> fields;  ///< columns of a row, or the well-known keys of a settings probe
  bool open_keys = true;  ///< settings: keys that `fields` does not list may occur too (type text)
  Facts (*read)(const Request& request) = nullptr;
  /// Files the fuzzer fills and a reader of the page would look for first; the first is the main
  /// one.
  std::span<const std::string_view> files;
  /// On a live host it reads of other processes what only their tracer may (/proc/PID/exe, maps,
  /// fd).
  bool looks_into_processes = false;
  const void* self = nullptr;  ///< a plug-in: what `read` needs to know of it
  /// A plug-in that could not be loaded, and why. Nothing is known of its schema; `run` yields a
  /// Gap.
  std::string_view broken = {};
  DocumentClaim documents = {};

  [[nodiscard]] bool reads_documents() const { return documents.by_name != nullptr; }
  /// Whether what it finds in this root is told document by document.
  [[nodiscard]] bool reads_documents_of(const Root& root) const {
    return reads_documents() && (!documents.also_on_hosts || root.is_source_tree());
  }
  /// What it finds out: `read`, told which probe it is. Where it reads documents and is given none:
  /// the facts of all that are in the root, in the order of their paths.
  [[nodiscard]] Facts run(Request request) const;
};

/// All built-in probes, sorted by name: one a folder of plugins/ (plugins/registry.cpp).
std::span<const Probe* const> builtin_probes();
/// The built-in probe of that name, or null.
const Probe* find_builtin_probe(std::string_view name);

/// Built-in probes and the plug-ins that load_plugins (scanner/probe/plugin.h) brought in, sorted
/// by name.
std::vector<const Probe*> all_probes();
/// The one of that name, or null.
const Probe* find_probe(std::string_view name);

}  // namespace plimsoll
