// What clients of image registries keep to log in with: docker's config.json, and auth.json of
// podman, buildah and skopeo, which has the same form.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "plugins/os/user-files/homes.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr DataLimits kLimits = {.depth = 50, .nodes = 1U << 18U};
constexpr std::size_t kMostRows = 1U << 16U;

constexpr std::array kFields = {
    Field{"path", Type::text, "the file"},
    Field{"user", Type::text, "whose home it lies in (the first of them); null in a source tree"},
    Field{"registry", Type::text, "as the file names it"},
    Field{"storage", Type::text,
          "plain: user and password stand there (base64 hides nothing); token: a token that logs "
          "in; helper: a program keeps them; none: nothing is kept"},
};

constexpr std::array<std::string_view, 4> kFiles = {"/etc/passwd", "/root/.docker/config.json",
                                                    "/root/.dockercfg",
                                                    "/home/bob/.config/containers/auth.json"};

/// Below a home: docker's file, the one before it (until 1.7), and that of containers-auth.json(5).
constexpr std::array<std::string_view, 3> kBelowHome = {".docker/config.json", ".dockercfg",
                                                        ".config/containers/auth.json"};

// encoding/json of Go takes a field's name in any case.
template <class Visit>
void each_field(const DataNode& node, std::string_view name, Visit visit) {
  if (!node.is_mapping()) return;
  for (const DataEntry& entry : node.entries)
    if (entry.key->is_scalar() && iequals(entry.key->text, name)) visit(*entry.value);
}

bool has_text(const DataNode& node, std::string_view name) {
  bool has = false;
  each_field(node, name, [&](const DataNode& value) {
    has = value.is_scalar() && !value.is_null() && !value.text.empty();
  });
  return has;
}

/// How a registry's credentials are kept, and where that stands.
struct Kept {
  std::string_view storage;
  Origin origin;
};

class AuthFile {
 public:
  AuthFile(std::string_view path, std::optional<std::string> user, Facts& facts)
      : path_(path), user_(std::move(user)), facts_(facts) {}

  void read(std::string_view text) {
    if (trim(text).empty()) return;  // docker takes an empty file for none
    const DataTree tree = read_json(text, path_, kLimits);
    if (tree.error) return facts_.gap(*tree.error, std::string(path_));
    const DataNode& top = *tree.documents.front();
    if (path_.ends_with(".dockercfg")) {
      add_all(top);
    } else {
      each_field(top, "auths", [&](const DataNode& auths) { add_all(auths); });
      each_field(top, "credsStore", [&](const DataNode& store) { note_store(store); });
      each_field(top, "credHelpers", [&](const DataNode& helpers) { add_helpers(helpers); });
    }
    write();
  }

 private:
  [[nodiscard]] Origin at(const DataNode& node) const {
    return {std::string(path_), node.line, node.column};
  }

  void add_all(const DataNode& auths) {
    if (!auths.is_mapping()) return;
    for (const DataEntry& entry : auths.entries)
      kept_[std::string(entry.key->text)] = {storage_of(*entry.value), at(*entry.key)};
  }

  /// A helper leaves entries without a word in them.
  static std::string_view storage_of(const DataNode& login) {
    if (has_text(login, "auth") || has_text(login, "password")) return "plain";
    const bool is_token = has_text(login, "identitytoken") || has_text(login, "registrytoken");
    return is_token ? "token" : "none";
  }

  void note_store(const DataNode& store) {
    if (!store.is_scalar() || store.text.empty()) return;
    for (auto& [registry, kept] : kept_)
      if (kept.storage == "none") kept.storage = "helper";
  }

  /// A helper of one registry; what stands in `auths` all the same can be read all the same.
  void add_helpers(const DataNode& helpers) {
    if (!helpers.is_mapping()) return;
    for (const DataEntry& entry : helpers.entries) {
      if (!entry.value->is_scalar() || entry.value->text.empty()) continue;
      Kept& kept = kept_[std::string(entry.key->text)];
      if (kept.storage == "plain" || kept.storage == "token") continue;
      kept = {"helper", at(*entry.key)};
    }
  }

  void write() {
    for (const auto& [registry, kept] : kept_) {
      if (facts_.rows.size() >= kMostRows)
        return facts_.gap({ErrorCode::limit, fmt::format("more than {} registries", kMostRows), {}},
                          {}, Gap::Effect::may_add);
      facts_.row({Value{std::string(path_)}, user_ ? Value{*user_} : Value{}, Value{registry},
                  Value{std::string(kept.storage)}},
                 kept.origin);
    }
  }

  std::string_view path_;
  std::optional<std::string> user_;
  Facts& facts_;
  std::map<std::string, Kept> kept_;
};

void read_file(const Root& root, const std::string& path, const std::string& user, Facts& facts) {
  const auto text = root.read(path);
  if (text)
    AuthFile(path, user, facts).read(*text);
  else if (text.error().code != ErrorCode::not_found)
    facts.gap(text.error(), path);
}

Facts read(const Request& request) {
  Facts facts;
  if (request.document != nullptr) {
    AuthFile(request.document->path, std::nullopt, facts).read(request.document->text);
    return facts;
  }
  const std::vector<user_files::Home> homes = user_files::find_homes(request.root, facts);
  if (homes.empty()) return facts;
  for (const user_files::Home& home : homes) {
    const std::string user = home.users.empty() ? std::string() : home.users.front();
    for (const std::string_view name : kBelowHome)
      read_file(request.root, join_path(home.path, name), user, facts);
  }
  if (facts.rows.empty() && facts.gaps.empty())
    facts.not_applicable = "no account keeps a login of an image registry";
  return facts;
}

bool by_name(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == ".dockercfg" || name == ".dockerconfigjson" || name == "auth.json" ||
         name == "config.json";
}

/// Many programs have such files: there is a map of registries in this one.
bool by_text(const Document& document) {
  if (base_name(document.path) == ".dockercfg") return true;
  const std::string_view text = document.text;
  return contains(text, "\"auths\"") || contains(text, "\"credsStore\"") ||
         contains(text, "\"credHelpers\"");
}

}  // namespace

extern const Probe registry_auth_probe;
const Probe registry_auth_probe{
    .name = "registry-auth",
    .group = "container",
    .summary = "logins of image registries as docker and podman keep them, and in what form",
    .semantics = "docker login (docker CLI reference), containers-auth.json(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read,
    .files = kFiles,
    .documents = {.by_name = by_name,
                  .by_text = by_text,
                  .called = "file of registry logins",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
