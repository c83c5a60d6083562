// "replacements", kubectl reference of the kustomization file: source, targets, field paths,
// options.
#include "plugins/container/kubernetes/kustomize/replacements.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/container/kubernetes/kustomize/field_path.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes::kustomize {
namespace {

/// Which objects a replacement is about: what the selector gives is equal, in the object as it is
/// or as it was (up to Kustomize 5.5 these are no expressions, other than in a patch).
class Selected {
 public:
  explicit Selected(Node selector)
      : wanted_{text_of(field(selector, "group")), text_of(field(selector, "version")),
                text_of(field(selector, "kind")), text_of(field(selector, "name")),
                text_of(field(selector, "namespace"))} {}

  [[nodiscard]] bool has(const Resource& resource) const {
    return matches(resource.id()) || std::any_of(resource.former.begin(), resource.former.end(),
                                                 [&](const Id& one) { return matches(one); });
  }

 private:
  [[nodiscard]] bool matches(const Id& id) const {
    const auto is = [](const std::string& wanted, const std::string& have) {
      return wanted.empty() || wanted == have;
    };
    return is(wanted_.group, id.group) && is(wanted_.version, id.version) &&
           is(wanted_.kind, id.kind) && is(wanted_.name, id.name) && is(wanted_.space, id.space);
  }
  Id wanted_;
};

/// Writes at a path; counts what it has written.
class FieldWriter {
 public:
  FieldWriter(Nodes& nodes, bool creates, const Change& change)
      : nodes_(nodes), creates_(creates), change_(change) {}

  Node write(Node node, std::span<const std::string> path) {
    if (path.empty()) {
      ++written_;
      return change_(node);
    }
    if (node != nullptr) nodes_.spend(node->entries.size());
    if (node != nullptr && node->is_sequence()) return write_elements(node, path);
    if (path.front().starts_with('[') || (node != nullptr && !node->is_mapping())) return node;
    if (path.front() == "*") return write_values(node, path);
    const Node there = field(node, path.front());
    if (there == nullptr && !creates_) return node;
    const Node below = write(there, path.subspan(1));
    return below == there || below == nullptr ? node : nodes_.with(node, path.front(), below);
  }
  [[nodiscard]] std::size_t written() const { return written_; }

 private:
  Node write_elements(Node list, std::span<const std::string> path) {
    std::vector<DataEntry> entries(list->entries.begin(), list->entries.end());
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (is_meant(path.front(), entries[i].value, i))
        entries[i].value = write(entries[i].value, path.subspan(1));
    return nodes_.sequence(entries, list);
  }

  Node write_values(Node mapping, std::span<const std::string> path) {
    if (mapping == nullptr) return mapping;
    std::vector<DataEntry> entries(mapping->entries.begin(), mapping->entries.end());
    for (DataEntry& entry : entries) entry.value = write(entry.value, path.subspan(1));
    return nodes_.mapping(entries, mapping);
  }

  Nodes& nodes_;
  bool creates_;
  const Change& change_;
  std::size_t written_ = 0;
};

std::string path_or_name(Node path) {
  return path == nullptr ? std::string("metadata.name") : text_of(path);
}

/// `options.delimiter` and `options.index`: a part of a text.
struct Piece {
  std::string delimiter;
  std::ptrdiff_t index = 0;

  explicit Piece(Node options) : delimiter(text_of(field(options, "delimiter"))) {
    const Node at = field(options, "index");
    if (at != nullptr) index = static_cast<std::ptrdiff_t>(at->as_integer().value_or(0));
  }
  [[nodiscard]] std::vector<std::string> split_up(std::string_view text) const {
    std::vector<std::string> out;
    for (std::size_t at = 0;;) {
      const std::size_t end = text.find(delimiter, at);
      out.emplace_back(text.substr(at, end - at));
      if (end == std::string_view::npos) return out;
      at = end + delimiter.size();
    }
  }
  [[nodiscard]] std::optional<std::string> of(std::string_view text) const {
    if (delimiter.empty()) return std::string(text);
    const auto parts = split_up(text);
    if (index < 0 || static_cast<std::size_t>(index) >= parts.size()) return std::nullopt;
    return parts[static_cast<std::size_t>(index)];
  }
  /// Before the first with a negative index, behind the last with one that is too great.
  [[nodiscard]] std::string put(std::string_view text, const std::string& value) const {
    if (delimiter.empty()) return value;
    auto parts = split_up(text);
    if (index < 0)
      parts.insert(parts.begin(), value);
    else if (static_cast<std::size_t>(index) >= parts.size())
      parts.push_back(value);
    else
      parts[static_cast<std::size_t>(index)] = value;
    return join(parts, delimiter);
  }
};

class Replacement {
 public:
  Replacement(Nodes& nodes, std::vector<Resource>& all) : nodes_(nodes), all_(all) {}

  bool run(Node replacement, std::string& problem) {
    const Node literal = field(replacement, "sourceValue");
    value_ = literal != nullptr ? literal : find_source(field(replacement, "source"), problem);
    if (value_ == nullptr) return false;
    for (const DataEntry& entry : items(field(replacement, "targets")))
      if (!write(entry.value, problem)) return false;
    return true;
  }

 private:
  Node find_source(Node source, std::string& problem) {
    if (source == nullptr) return problem = "a replacement has no source", nullptr;
    const Selected wanted(source);
    const Resource* found = nullptr;
    nodes_.spend(all_.size());
    for (const Resource& resource : all_) {
      if (!wanted.has(resource)) continue;
      if (found != nullptr) return problem = "a replacement has several sources", nullptr;
      found = &resource;
    }
    if (found == nullptr) return nullptr;
    const std::string path = path_or_name(field(source, "fieldPath"));
    const Node value = read_at(found->root, parts_of(path));
    if (value == nullptr) return problem = fmt::format("the source has no `{}`", path), nullptr;
    if (!value->is_scalar()) return value;
    const auto piece = Piece(field(source, "options")).of(value->text);
    if (!piece) return problem = fmt::format("`{}` of the source has no such part", path), nullptr;
    return *piece == value->text ? value : nodes_.scalar(*piece, false, value);
  }

  bool write(Node target, std::string& problem) {
    const Node select = field(target, "select");
    if (select == nullptr)
      return problem = "a replacement has a target that selects nothing", false;
    const Selected wanted(select);
    std::vector<Selected> rejected;
    for (const DataEntry& entry : items(field(target, "reject")))
      rejected.emplace_back(entry.value);
    std::vector<std::string> paths;
    for (const DataEntry& entry : items(field(target, "fieldPaths")))
      paths.push_back(text_of(entry.value));
    if (paths.empty()) paths.emplace_back("metadata.name");
    nodes_.spend(all_.size() * (1 + rejected.size()));
    for (Resource& resource : all_) {
      if (nodes_.is_exhausted()) return false;
      const bool is_rejected = std::any_of(rejected.begin(), rejected.end(),
                                           [&](const Selected& one) { return one.has(resource); });
      if (is_rejected || !wanted.has(resource)) continue;
      resource.remember();
      for (const std::string& path : paths)
        if (!write_field(resource, path, field(target, "options"), problem)) return false;
    }
    return true;
  }

  bool write_field(Resource& resource, const std::string& path, Node options,
                   std::string& problem) {
    const Piece piece(options);
    const Change change = [&](Node there) -> Node {
      if (piece.delimiter.empty() || there == nullptr || !there->is_scalar()) return value_;
      return nodes_.scalar(piece.put(there->text, std::string(value_->text)), false, value_);
    };
    FieldWriter writer(nodes_, is_true(field(options, "create")), change);
    resource.root = writer.write(resource.root, parts_of(path));
    if (writer.written() > 0) return true;
    problem =
        fmt::format("{} `{}` has no `{}` to replace", resource.id().kind, resource.id().name, path);
    return false;
  }

  Nodes& nodes_;
  std::vector<Resource>& all_;
  Node value_ = nullptr;
};

}  // namespace

bool replace(Nodes& nodes, std::vector<Resource>& all, Node replacement, std::string& problem) {
  return Replacement(nodes, all).run(replacement, problem);
}

}  // namespace plimsoll::kubernetes::kustomize
