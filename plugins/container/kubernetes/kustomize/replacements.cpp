// "replacements", kubectl reference of the kustomization file: source, targets, field paths,
// options.
#include "plugins/container/kubernetes/kustomize/replacements.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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

/// `spec.containers.[name=app].image`, `metadata.annotations.a\.b/c`: its parts.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> out(1);
  bool in_bracket = false;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '\\' && at + 1 < path.size() && path[at + 1] == '.') {
      out.back() += path[++at];
      continue;
    }
    in_bracket = c == '[' || (in_bracket && c != ']');
    if (c == '.' && !in_bracket)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// Whether a list's element is meant by `[key=value]`, `*` or its position.
bool is_meant(std::string_view part, Node element, std::size_t position) {
  if (part == "*") return true;
  if (const auto index = number(part)) return *index == position;
  if (!part.starts_with('[') || !part.ends_with(']')) return false;
  part = part.substr(1, part.size() - 2);
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = part.substr(0, equals), wanted = part.substr(equals + 1);
  return key.empty() ? element->text == wanted : text_of(field(element, key)) == wanted;
}

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

Node read_at(Node node, std::span<const std::string> path) {
  if (path.empty() || node == nullptr) return node;
  if (!node->is_sequence()) return read_at(field(node, path.front()), path.subspan(1));
  for (std::size_t i = 0; i < node->entries.size(); ++i)
    if (is_meant(path.front(), node->entries[i].value, i))
      return read_at(node->entries[i].value, path.subspan(1));
  return nullptr;
}

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
