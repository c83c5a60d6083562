#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>

#include "scanner/probe/probe.h"

// What the probes of Kubernetes' programs tell, for their tests.
namespace plimsoll::kube_test {

using Files = std::map<std::string, std::string>;

inline Facts on_node(std::string_view probe, const Files& files) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(files);
  return find_builtin_probe(probe)->run({*root, context, {}, 1});
}

/// Of one document of a tree that has other files as well; none where the probe does not claim it.
inline Facts in_document(std::string_view probe, const std::string& text,
                         const std::string& path = "/deploy/x.yaml", Files others = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  others[path] = text;
  const auto root = Root::in_memory(others);
  const Document document{path, text};
  const Probe& one = *find_builtin_probe(probe);
  if (!one.documents.by_name(path) || !one.documents.by_text(document)) return {};
  Request request{*root, context, {}, 1};
  request.document = &document;
  return one.run(request);
}

/// The value of a key, `-` where there is none; of a default with ` (default)`.
inline std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  const Fact* fact = facts.find(key, scope);
  if (fact == nullptr) return "-";
  return fact->value + (fact->origin.is_default() ? " (default)" : "");
}

/// A static pod with these flags.
inline std::string pod(std::string_view program, std::string_view flags) {
  return fmt::format(
      "apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec:\n  containers:\n"
      "  - name: main\n    command: [{}, {}]\n",
      program, flags);
}

inline Files node(std::string_view program, std::string_view flags) {
  return {{fmt::format("/etc/kubernetes/manifests/{}.yaml", program), pod(program, flags)}};
}

inline Files unit(std::string_view program, std::string_view lines) {
  return {{fmt::format("/etc/systemd/system/{}.service", program),
           fmt::format("[Service]\n{}", lines)}};
}

/// Whether a gap leaves this key unknown, or, without a key, all of them.
inline bool hides(const Facts& facts, std::string_view key = {}) {
  for (const Gap& gap : facts.gaps) {
    if (gap.fields.empty()) return true;
    for (const std::string_view field : gap.fields)
      if (field == key) return true;
  }
  return false;
}

}  // namespace plimsoll::kube_test
