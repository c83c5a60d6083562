#include "plugins/container/kube-flags/rancher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "plugins/container/kube-flags/unit_command.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::kube {
namespace {

struct Distribution {
  std::string_view
      name;  ///< of the program, and of its folders in /etc/rancher and /var/lib/rancher
  std::string_view server_unit, agent_unit;
};
constexpr std::array<Distribution, 2> kDistributions = {
    Distribution{"k3s", "k3s.service", "k3s-agent.service"},
    Distribution{"rke2", "rke2-server.service", "rke2-agent.service"}};

struct Choice {
  std::string_view program, flag, value;
};

// What both choose by themselves; `{}` is the directory of their data. Where the choice hangs on
// the release or the datastore it is not here but among the keys in doubt.
constexpr std::array kChoices = {
    Choice{"kube-apiserver", "anonymous-auth", "false"},
    Choice{"kube-apiserver", "authorization-mode", "Node,RBAC"},
    Choice{"kube-apiserver", "client-ca-file", "{}/server/tls/client-ca.crt"},
    Choice{"kube-apiserver", "enable-admission-plugins", "NodeRestriction"},
    Choice{"kube-apiserver", "kubelet-certificate-authority", "{}/server/tls/server-ca.crt"},
    Choice{"kube-apiserver", "kubelet-client-certificate",
           "{}/server/tls/client-kube-apiserver.crt"},
    Choice{"kube-apiserver", "kubelet-client-key", "{}/server/tls/client-kube-apiserver.key"},
    Choice{"kube-apiserver", "profiling", "false"},
    Choice{"kube-apiserver", "secure-port", "6444"},
    Choice{"kube-apiserver", "service-account-key-file", "{}/server/tls/service.key"},
    Choice{"kube-apiserver", "tls-cert-file", "{}/server/tls/serving-kube-apiserver.crt"},
    Choice{"kube-apiserver", "tls-private-key-file", "{}/server/tls/serving-kube-apiserver.key"},
    Choice{"kube-controller-manager", "bind-address", "127.0.0.1"},
    Choice{"kube-controller-manager", "profiling", "false"},
    Choice{"kube-controller-manager", "root-ca-file", "{}/server/tls/server-ca.crt"},
    Choice{"kube-controller-manager", "service-account-private-key-file",
           "{}/server/tls/service.key"},
    Choice{"kube-controller-manager", "use-service-account-credentials", "true"},
    Choice{"kube-scheduler", "bind-address", "127.0.0.1"},
    Choice{"kube-scheduler", "profiling", "false"},
    Choice{"kubelet", "anonymous-auth", "false"},
    Choice{"kubelet", "authentication-token-webhook", "true"},
    Choice{"kubelet", "authorization-mode", "Webhook"},
    Choice{"kubelet", "client-ca-file", "{}/agent/client-ca.crt"},
    Choice{"kubelet", "read-only-port", "0"},
    Choice{"kubelet", "tls-cert-file", "{}/agent/serving-kubelet.crt"},
    Choice{"kubelet", "tls-private-key-file", "{}/agent/serving-kubelet.key"},
};
constexpr std::array<std::string_view, 5> kInDoubt = {"etcd-cafile", "etcd-certfile",
                                                      "etcd-keyfile", "tls-cipher-suites",
                                                      "service-account-extend-token-expiration"};

/// The value of each key: what the last file that names it says, and what `key+` added to it.
using Values = std::map<std::string, std::vector<Argument>, std::less<>>;

std::string text_of(const DataNode& node) {
  if (const auto boolean = node.as_bool()) return *boolean ? "true" : "false";
  return std::string(node.text);
}

void take_entry(const DataEntry& entry, const std::string& path, Values& values) {
  if (entry.key == nullptr || !entry.key->is_scalar()) return;
  std::string_view key = entry.key->text;
  const bool adds = key.ends_with('+');
  if (adds) key.remove_suffix(1);
  std::vector<Argument>& value = values[std::string(key)];
  if (!adds) value.clear();
  const auto take = [&](const DataNode& node) {
    if (node.is_scalar() && !node.is_null())
      value.push_back({text_of(node), {path, node.line, node.column}});
  };
  if (!entry.value->is_sequence()) return take(*entry.value);
  for (const DataEntry& element : entry.value->entries) take(*element.value);
}

/// One node that k3s or RKE2 runs on.
class Node {
 public:
  Node(const Root& root, const Distribution& distribution)
      : root_(root), distribution_(distribution) {
    read_files();
    read_unit(distribution.server_unit, has_server_);
    read_unit(distribution.agent_unit, has_agent_);
  }

  [[nodiscard]] bool exists() const { return has_file_ || has_server_ || has_agent_; }
  /// An agent runs a kubelet and a proxy; so does a server.
  [[nodiscard]] bool runs(std::string_view program) const {
    return is_one_of(program, "kubelet kube-proxy") || has_server_ || !has_agent_;
  }

  Launch launch(std::string_view program) {
    Launch launch;
    launch.origin = origin_;
    launch.doubts = std::move(errors_);
    std::vector<Argument> own = choices(program);
    for (const Argument& word : values_[fmt::format("{}-arg", program)]) put(word, own);
    launch.arguments = std::move(own);
    if (program == "kube-apiserver") launch.open_keys.assign(kInDoubt.begin(), kInDoubt.end());
    return launch;
  }

 private:
  [[nodiscard]] std::string folder() const {
    return fmt::format("/etc/rancher/{}/config.yaml", distribution_.name);
  }

  /// config.yaml, then config.yaml.d in the order of names.
  void read_files() {
    read_file(folder());
    const auto entries = root_.list(folder() + ".d");
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) errors_.push_back(entries.error());
      return;
    }
    for (const DirEntry& entry : *entries)
      if (entry.name.ends_with(".yaml") || entry.name.ends_with(".yml"))
        read_file(join_path(folder() + ".d", entry.name));
  }

  void read_file(const std::string& path) {
    const auto text = root_.read(path);
    if (!text && text.error().code == ErrorCode::not_found) return;
    if (!has_file_) origin_ = {path, 0, 0};
    has_file_ = true;
    if (!text) {
      errors_.push_back(text.error());
      return;
    }
    const DataTree tree = read_yaml(*text, path);
    if (tree.error) errors_.push_back(*tree.error);
    const DataNode* top = tree.documents.empty() ? nullptr : tree.documents.front();
    if (top == nullptr || !top->is_mapping()) return;
    for (const DataEntry& entry : top->entries) take_entry(entry, path, values_);
  }

  /// Flags of the command line stand behind those of the files.
  void read_unit(std::string_view unit, bool& found) {
    Launches launches;
    add_unit(root_, unit, distribution_.name, launches);
    for (Error& error : launches.errors) errors_.push_back(std::move(error));
    for (Launch& launch : launches.found) {
      found = true;
      if (!has_file_) origin_ = launch.origin;
      errors_.insert(errors_.end(), launch.doubts.begin(), launch.doubts.end());
      take_words(launch.arguments);
    }
  }

  void take_words(const std::vector<Argument>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string_view name = words[i].text;
      if (!name.starts_with("--")) continue;
      name.remove_prefix(2);
      const auto equals = name.find('=');
      Argument value = words[i];
      if (equals != std::string_view::npos)
        value.text = std::string(name.substr(equals + 1));
      else if (i + 1 < words.size() && name.ends_with("-arg"))
        value = words[++i];
      else
        value.text = "true";
      const std::string key(name.substr(0, equals));
      if (!key.ends_with("-arg")) values_[key].clear();
      values_[key].push_back(std::move(value));
    }
  }

  /// Without a text or a place where nothing sets it.
  [[nodiscard]] Argument setting(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() || found->second.empty() ? Argument{} : found->second.back();
  }

  [[nodiscard]] std::vector<Argument> choices(std::string_view program) const {
    std::string data = setting("data-dir").text;
    if (data.empty()) data = fmt::format("/var/lib/rancher/{}", distribution_.name);
    std::vector<Argument> out;
    for (const Choice& choice : kChoices) {
      if (choice.program != program) continue;
      const std::string_view value = choice.value;
      out.push_back({fmt::format("--{}={}{}", choice.flag, value.starts_with("{}") ? data : "",
                                 value.starts_with("{}") ? value.substr(2) : value),
                     {}});
    }
    const bool is_rke2 = distribution_.name == "rke2";
    const Argument encryption = setting("secrets-encryption");
    const bool encrypts = encryption.text == "true" || (is_rke2 && encryption.text.empty());
    if (program == "kube-apiserver" && encrypts)
      out.push_back(
          {fmt::format("--encryption-provider-config={}/server/cred/encryption-config.json", data),
           encryption.origin});
    const Argument protects = setting("protect-kernel-defaults"), profile = setting("profile");
    if (program == "kubelet" && (protects.text == "true" || profile.text.starts_with("cis")))
      out.push_back({"--protect-kernel-defaults=true",
                     protects.text == "true" ? protects.origin : profile.origin});
    return out;
  }

  /// `name=value` takes the place of their own choice of that name, `name+=value` joins it; without
  /// a value it is true.
  static void put(const Argument& word, std::vector<Argument>& own) {
    std::string_view text = word.text;
    if (text.starts_with("--")) text.remove_prefix(2);
    const auto equals = text.find('=');
    std::string_view name = text.substr(0, equals);
    const bool joins = name.ends_with('+') || name.ends_with('-');
    if (joins) name.remove_suffix(1);
    const std::string flag = fmt::format("--{}=", name);
    if (!joins)
      std::erase_if(own, [&](const Argument& one) {
        return one.origin.is_default() && one.text.starts_with(flag);
      });
    own.push_back(
        {flag + std::string(equals == std::string_view::npos ? "true" : text.substr(equals + 1)),
         word.origin, word.open});
  }

  const Root& root_;
  const Distribution& distribution_;
  Values values_;
  std::vector<Error> errors_;
  Origin origin_;
  bool has_file_ = false, has_server_ = false, has_agent_ = false;
};

}  // namespace

void add_rancher(const Root& root, std::string_view program, Launches& launches) {
  if (program == "etcd") return;
  for (const Distribution& distribution : kDistributions) {
    // The servers of RKE2 are static pods, which say more than what they are made from.
    const std::string pods = fmt::format("/var/lib/rancher/{}/agent/", distribution.name);
    const bool has_pod =
        std::any_of(launches.found.begin(), launches.found.end(),
                    [&](const Launch& launch) { return launch.origin.file.starts_with(pods); });
    if (has_pod) continue;
    Node node(root, distribution);
    if (node.exists() && node.runs(program)) launches.found.push_back(node.launch(program));
  }
}

}  // namespace plimsoll::kube
