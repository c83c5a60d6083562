#include "plugins/container/kubernetes/kustomize/generate.h"

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::kubernetes::kustomize {
namespace {

std::string_view unquoted(std::string_view text) {
  const bool is_quoted = text.size() > 1 && text.front() == text.back() &&
                         (text.front() == '"' || text.front() == '\'');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

class Generator {
 public:
  Generator(Nodes& nodes, Node entry, const ReadBeside& read)
      : nodes_(nodes), entry_(entry), read_(read) {}

  Node data() {
    Node data = nodes_.mapping({}, entry_);
    for (const DataEntry& one : items(field(entry_, "literals"))) {
      const std::string_view text = one.value->text;
      const std::size_t equals = text.find('=');
      if (equals != std::string_view::npos)
        data = put(data, text.substr(0, equals), unquoted(text.substr(equals + 1)), one.value);
    }
    for (const DataEntry& one : items(field(entry_, "files"))) {
      const std::string_view text = one.value->text;
      const std::size_t equals = text.find('=');
      const std::string_view name =
          equals == std::string_view::npos ? text : text.substr(equals + 1);
      const std::string_view key =
          equals == std::string_view::npos ? base_name(text) : text.substr(0, equals);
      if (const auto content = read(name)) data = put(data, key, *content, one.value);
    }
    if (const Node env = field(entry_, "env")) data = with_lines(data, env);
    for (const DataEntry& one : items(field(entry_, "envs"))) data = with_lines(data, one.value);
    return data;
  }
  [[nodiscard]] std::vector<Error> take_doubts() { return std::move(doubts_); }

 private:
  Node put(Node data, std::string_view key, std::string_view value, Node place) {
    return nodes_.with(data, key, nodes_.scalar(value, false, place));
  }

  Result<std::string> read(std::string_view name) {
    auto content = read_(name);
    if (!content) doubts_.push_back(content.error());
    return content;
  }

  /// A file of `NAME=value` lines, without quotes that mean anything.
  Node with_lines(Node data, Node name) {
    const auto content = read(name->text);
    if (!content) return data;
    for (const Line& line : lines(*content)) {
      const std::string_view text = trim_right(line.text, "\r");
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos || trim_left(text).starts_with('#')) continue;
      data = put(data, text.substr(0, equals), text.substr(equals + 1), name);
    }
    return data;
  }

  Nodes& nodes_;
  Node entry_;
  const ReadBeside& read_;
  std::vector<Error> doubts_;
};

}  // namespace

Resource generated(Nodes& nodes, std::string_view kind, Node entry, Node options,
                   const ReadBeside& read) {
  Generator generator(nodes, entry, read);
  const auto text = [&](std::string_view value) { return nodes.scalar(value, false, entry); };
  Node metadata = nodes.mapping({}, entry);
  for (const std::string_view key : {"name", "namespace"})
    if (const Node value = field(entry, key)) metadata = nodes.with(metadata, key, value);
  const Node own = field(entry, "options");
  for (const std::string_view key : {"labels", "annotations"})
    for (const Node from : {field(options, key), field(own, key)})
      for (const DataEntry& one : pairs(from))
        metadata =
            nodes.with(metadata, key, nodes.with(field(metadata, key), one.key->text, one.value));
  Node root = nodes.with(nodes.mapping({}, entry), "apiVersion", text("v1"));
  root = nodes.with(root, "kind", text(kind));
  root = nodes.with(root, "metadata", metadata);
  const bool is_secret = kind == "Secret";
  if (is_secret) {
    const Node type = field(entry, "type");
    root = nodes.with(root, "type", type == nullptr ? text("Opaque") : type);
  }
  root = nodes.with(root, is_secret ? "stringData" : "data", generator.data());
  for (const Node from : {options, own})
    if (const Node immutable = field(from, "immutable"))
      root = nodes.with(root, "immutable", immutable);
  Resource out{root, {}, {}};
  out.doubts = generator.take_doubts();
  return out;
}

}  // namespace plimsoll::kubernetes::kustomize
