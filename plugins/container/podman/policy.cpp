#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "plugins/container/podman/configs.h"
#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

constexpr const char* kScope = "policy";

/// A kind of object that `type` names: the names that must be in it, and those that may.
struct Kind {
  std::string_view type, wanted, allowed;
};
constexpr std::array kRequirements = {
    Kind{"insecureAcceptAnything", "", ""},
    Kind{"reject", "", ""},
    Kind{"signedBy", "keyType", "keyPath keyPaths keyData signedIdentity"},
    Kind{"signedBaseLayer", "baseLayerIdentity", ""},
    Kind{"sigstoreSigned", "", "keyPath keyData signedIdentity"},
};
/// What containers/image 5.24 and later have besides.
constexpr std::string_view kNewSigstore =
    "keyPaths keyDatas fulcio pki rekorPublicKeyPath rekorPublicKeyPaths rekorPublicKeyData "
    "rekorPublicKeyDatas";
constexpr std::array kIdentities = {
    Kind{"matchExact", "", ""},
    Kind{"matchRepoDigestOrExact", "", ""},
    Kind{"matchRepository", "", ""},
    Kind{"exactReference", "dockerReference", ""},
    Kind{"exactRepository", "dockerRepository", ""},
    Kind{"remapIdentity", "prefix signedPrefix", ""},
};

/// Scopes of these transports are paths.
constexpr std::string_view kOfPaths = "dir oci oci-archive sif";
constexpr std::string_view kWithoutScopes = "docker-archive tarball";

bool is_scope(std::string_view transport, std::string_view scope) {
  if (scope.empty()) return true;
  if (is_one_of(transport, kWithoutScopes)) return false;
  return !is_one_of(transport, kOfPaths) ||
         (scope.size() > 1 && scope.starts_with('/') && normal_path(scope) == scope);
}

bool is_text(const DataNode* node) { return node != nullptr && node->is_scalar() && !node->plain; }

class Reader {
 public:
  Reader(const std::string& path, Version version, Facts& facts)
      : path_(path), version_(version), facts_(facts) {}

  void read(std::string_view text) {
    const DataTree tree = read_json(text, path_, {.depth = 60, .nodes = 1U << 17U});
    if (tree.error) {
      Error error = *tree.error;
      error.what = "no image is taken with this policy: " + error.what;
      return facts_.gap(std::move(error), kScope);
    }
    const DataNode& top = *tree.documents.front();
    if (names_are(top, "default transports")) policy(top);
    if (refused_) facts_.gap(*refused_, kScope);
  }

 private:
  void policy(const DataNode& top) {
    const DataNode* standard = top.find("default");
    if (standard == nullptr) return refuse(top, "`default` is missing");
    requirements(*standard, kScope);
    const DataNode* transports = top.find("transports");
    if (transports == nullptr || !names_are(*transports)) return;
    for (const DataEntry& transport : transports->entries) {
      if (!names_are(*transport.value)) return;
      for (const DataEntry& scope : transport.value->entries) {
        if (!is_scope(transport.key->text, scope.key->text))
          refuse(*scope.key,
                 fmt::format("`{}` is no scope of {}", scope.key->text, transport.key->text));
        requirements(*scope.value, fmt::format("{} > {} > {}", kScope, transport.key->text,
                                               scope.key->text.empty() ? "*" : scope.key->text));
      }
    }
  }

  void refuse(const DataNode& at, std::string_view why) {
    if (!refused_)
      refused_ = Error{ErrorCode::invalid,
                       fmt::format("no image is taken with this policy: {}", why),
                       {path_, at.line, at.column}};
  }

  /// containers/image refuses names that it does not know, and those that come twice. `names`: all
  /// that there may be, blanks between; empty: any.
  bool names_are(const DataNode& object, std::string_view names = {}) {
    if (!object.is_mapping()) return refuse(object, "something is no object"), false;
    std::set<std::string_view> seen;
    for (const DataEntry& entry : object.entries)
      if ((!names.empty() && !is_one_of(entry.key->text, names)) ||
          !seen.insert(entry.key->text).second)
        return refuse(*entry.key, fmt::format("`{}` is unknown, or there twice", entry.key->text)),
               false;
    return true;
  }

  /// The kind of an object whose names are those that belong to it; null for none.
  const Kind* kind_of(const DataNode& object, std::span<const Kind> kinds) {
    const DataNode* type = object.find("type");
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) {
      return is_text(type) && each.type == type->text;
    });
    if (kind == kinds.end()) return refuse(object, "a type is missing or unknown"), nullptr;
    const bool is_new = kind->type == "sigstoreSigned" && version_.is_at_least(4, 4);
    if (!names_are(object, fmt::format("type {} {} {}", kind->wanted, kind->allowed,
                                       is_new ? kNewSigstore : "")))
      return nullptr;
    for (const std::string_view name : words(kind->wanted))
      if (object.find(name) == nullptr) refuse(object, fmt::format("`{}` is missing", name));
    return &*kind;
  }

  void requirements(const DataNode& list, const std::string& scope) {
    if (!list.is_sequence() || list.entries.empty())
      return refuse(list, "a list of requirements is empty, or none");
    bool rejects = false;
    bool checks = false;
    for (const DataEntry& entry : list.entries) {
      const Kind* kind = kind_of(*entry.value, kRequirements);
      if (kind == nullptr) return;
      const std::string_view type = kind->type;
      check_keys(type, *entry.value);
      // No program checks layers yet: containers/image answers that it cannot.
      rejects = rejects || is_one_of(type, "reject signedBaseLayer");
      checks = checks || is_one_of(type, "signedBy sigstoreSigned");
      const DataNode& at = *entry.value->find("type");
      facts_.setting("requirement", std::string(type), {path_, at.line, at.column}, scope);
    }
    // An image has to satisfy each of them.
    facts_.setting("accepts",
                   rejects  ? "nothing"
                   : checks ? "signed"
                            : "anything",
                   {path_, list.line, list.column}, scope);
  }

  void check_keys(std::string_view type, const DataNode& requirement) {
    if (type == "signedBaseLayer") identity(requirement.find("baseLayerIdentity"));
    if (!is_one_of(type, "signedBy sigstoreSigned")) return;
    identity(requirement.find("signedIdentity"));
    std::size_t sources = 0;
    for (const DataEntry& entry : requirement.entries)
      sources += is_one_of(entry.key->text, "keyPath keyPaths keyData keyDatas fulcio pki") ? 1 : 0;
    if (sources != 1) refuse(requirement, "there must be one source of keys");
    if (type == "signedBy") gpg_keys(requirement);
  }

  void gpg_keys(const DataNode& requirement) {
    const DataNode* type = requirement.find("keyType");
    if (!is_text(type) ||
        !is_one_of(type->text, "GPGKeys signedByGPGKeys X509Certificates signedByX509CAs"))
      refuse(requirement, "`keyType` is none");
    const DataNode* path = requirement.find("keyPath");
    if (path != nullptr && (!is_text(path) || path->text.empty()))
      refuse(*path, "`keyPath` is empty");
    const DataNode* paths = requirement.find("keyPaths");
    if (paths != nullptr && !paths->is_sequence()) refuse(*paths, "`keyPaths` is no list");
  }

  void identity(const DataNode* object) {
    if (object == nullptr) return;
    if (!object->is_mapping()) return refuse(*object, "an identity is no object");
    kind_of(*object, kIdentities);
  }

  const std::string& path_;
  Version version_;
  Facts& facts_;
  std::optional<Error> refused_;
};

}  // namespace

void write_policy(std::string_view text, const std::string& path, Version version, Facts& facts) {
  Reader(path, version, facts).read(text);
}

}  // namespace plimsoll::podman
