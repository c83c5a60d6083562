#include "scanner/report/probe_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/report/json.h"
#include "scanner/report/layout.h"

namespace plimsoll {
namespace {

std::string_view shape_name(const Probe& probe) {
  return probe.shape == Shape::settings ? "settings" : "rows";
}

void write_probe(Json& json, const Probe& probe) {
  json.begin_object();
  json.member("name", probe.name);
  json.member("group", probe.group);
  json.member("summary", probe.summary);
  json.member("semantics", probe.semantics);
  json.member("shape", shape_name(probe));
  json.member("open_keys", probe.shape == Shape::settings && probe.open_keys);
  json.begin_array("files");
  for (const std::string_view file : probe.files) json.text(file);
  json.end_array();
  json.begin_array("fields");
  for (const Field& field : probe.fields) {
    json.begin_object();
    json.member("name", field.name);
    json.member("type", name_of(field.type));
    json.member("doc", field.doc);
    json.end_object();
  }
  json.end_array();
  json.member_unless_empty("broken", probe.broken);
  json.end_object();
}

std::size_t longest_name(std::span<const Probe* const> probes) {
  std::size_t longest = 0;
  for (const Probe* probe : probes) longest = std::max(longest, probe->name.size());
  return longest;
}

}  // namespace

std::string probe_list_text(std::span<const Probe* const> probes, bool color, std::size_t width) {
  const Layout layout(color, width);
  const std::size_t longest = longest_name(probes);
  std::vector<const Probe*> sorted(probes.begin(), probes.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Probe* a, const Probe* b) { return a->group < b->group; });
  std::string out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const Probe& probe = *sorted[i];
    if (i == 0 || probe.group != sorted[i - 1]->group)
      out += fmt::format("{}{}\n", i == 0 ? "" : "\n", layout.ink(Ink::bold, probe.group));
    out += layout.wrap(
        fmt::format("  {:<{}}  ", probe.name, longest),
        probe.broken.empty() ? probe.summary : fmt::format("cannot be used: {}", probe.broken));
  }
  return out + "\n" +
         layout.wrap(
             "",
             "`plimsoll probes NAME` shows what one yields, `plimsoll facts NAME` what it finds");
}

std::string probe_page_text(const Probe& probe, bool color, std::size_t width) {
  const Layout layout(color, width);
  std::string out = layout.wrap(fmt::format("{}: ", probe.name), probe.summary, Ink::bold);
  if (!probe.broken.empty()) return out + layout.wrap("cannot be used: ", probe.broken, Ink::red);
  out += layout.wrap("follows ", probe.semantics);
  std::string files;
  for (const std::string_view file : probe.files)
    files += fmt::format("{}{}", files.empty() ? "" : ", ", file);
  if (!files.empty()) out += layout.wrap("reads ", files);
  const bool is_settings = probe.shape == Shape::settings;
  out += fmt::format("\n{}\n", layout.ink(Ink::bold, is_settings ? "keys" : "fields of a row"));
  std::size_t longest = 0;
  for (const Field& field : probe.fields) longest = std::max(longest, field.name.size());
  for (const Field& field : probe.fields)
    out += layout.wrap(fmt::format("  {:<{}}  {:<8}  ", field.name, longest, name_of(field.type)),
                       field.doc);
  if (is_settings && probe.open_keys)
    out += layout.wrap("  ", probe.fields.empty() ? "any key, as text" : "and any other, as text");
  return out;
}

std::string probes_json(std::span<const Probe* const> probes) {
  Json json;
  json.begin_array();
  for (const Probe* probe : probes) write_probe(json, *probe);
  json.end_array();
  return json.take();
}

}  // namespace plimsoll
