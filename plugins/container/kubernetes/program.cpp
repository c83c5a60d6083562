// What a container is told: variables, command and arguments.
#include <algorithm>
#include <unordered_set>

#include "plugins/container/kubernetes/words.h"
#include "plugins/container/kubernetes/workload.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

// --- environment

bool is_debug(std::string_view name, std::string_view value) {
  if (name == "FLASK_ENV") return value == "development";
  if (name == "FLASK_DEBUG" || name == "DEBUG" || name == "DJANGO_DEBUG")
    return value == "1" || iequals(value, "true");
  return false;
}

/// A literal: not empty, no placeholder that something else fills in, no path to a file.
bool is_literal(std::string_view value) {
  if (value.empty() || value.starts_with("$(") || value.starts_with("${")) return false;
  if (iequals(value, "true") || iequals(value, "false")) return false;
  return !value.starts_with('/');
}

void write_variables(Writer& writer, const Container& container) {
  Writer::Rows secrets(writer, "env.secret");
  Writer::Rows literals(writer, "env.literal-credential");
  Writer::Rows twice(writer, "env.duplicate");
  Writer::Rows debug(writer, "env.debug");
  Writer::Rows git(writer, "env.git-sync");
  std::unordered_set<std::string_view> seen;
  for (const DataEntry& entry : items(field(container.root, "env"))) {
    const Node name = field(entry.value, "name");
    if (name == nullptr || !name->is_scalar()) continue;
    if (!seen.insert(name->text).second) twice.add(name->text, entry.value);
    if (field(entry.value, {"valueFrom", "secretKeyRef"}) != nullptr)
      secrets.add(name->text, entry.value);
    // git-sync runs what this names.
    if (name->text == "GITSYNC_GIT" || name->text == "GIT_SYNC_GIT")
      git.add(name->text, entry.value);
    const Node value = field(entry.value, "value");
    if (value == nullptr || !value->is_scalar()) continue;
    const bool tells = names_a_credential(name->text) && is_literal(value->text);
    if (tells || holds_private_key(value->text)) literals.add(name->text, entry.value);
    if (is_debug(name->text, text_of(value)))
      debug.add(std::string(name->text) + "=" + text_of(value), entry.value);
  }
  for (const DataEntry& entry : items(field(container.root, "envFrom")))
    if (field(entry.value, "secretRef") != nullptr) secrets.add("*", entry.value);
}

// --- command

template <class Visit>
void each_argument(const Container& container, Visit visit) {
  for (const std::string_view key : {"command", "args"})
    for (const DataEntry& entry : items(field(container.root, key)))
      if (entry.value->is_scalar()) visit(entry.value);
}

bool has_word(std::string_view text, std::string_view word) {
  for (const std::string_view one : words(text, " \t\r\n;&|()`\"'"))
    if (one == word || one.ends_with("/" + std::string(word))) return true;
  return false;
}

void write_command(Writer& writer, const Container& container) {
  Node found = nullptr;
  each_argument(container, [&](Node argument) {
    if (found == nullptr && has_word(argument->text, "sudo")) found = argument;
  });
  if (found == nullptr)
    writer.unset("command.sudo", "no");
  else
    writer.set("command.sudo", "yes", found);
}

// --- Tiller, the server side of Helm 2: whoever reaches its port rules the cluster

bool is_loopback(std::string_view address) {
  return address.starts_with("localhost:") || address.starts_with("127.") ||
         address.starts_with("[::1]:");
}

void write_tiller(Writer& writer, const Container& container) {
  const Node image = field(container.root, "image");
  if (text_of(image).find("tiller") == std::string::npos) return writer.unset("tiller", "no");
  writer.set("tiller", "yes", image);
  Node listen = nullptr;
  bool local = false;
  each_argument(container, [&](Node argument) {
    constexpr std::string_view kFlag = "listen=";
    const std::size_t at = argument->text.find(kFlag);
    if (at == std::string_view::npos) return;
    listen = argument;
    local = is_loopback(argument->text.substr(at + kFlag.size()));
  });
  writer.set("tiller.listen", local ? "loopback" : "all", listen != nullptr ? listen : image);
}

}  // namespace

void write_program(Writer& writer, const Container& container) {
  write_variables(writer, container);
  write_command(writer, container);
  write_tiller(writer, container);
}

}  // namespace plimsoll::kubernetes
