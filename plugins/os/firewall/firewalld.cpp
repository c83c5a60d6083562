#include "plugins/os/firewall/firewalld.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <pugixml.hpp>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

constexpr auto kPlaces =
    std::to_array<std::string_view>({"/etc/firewalld/", "/usr/lib/firewalld/"});
constexpr std::string_view kConfiguration = "/etc/firewalld/firewalld.conf";
// What Python's strip() takes for blanks, beyond those of Unicode.
constexpr std::string_view kPythonBlanks = " \t\r\n\v\f\x1c\x1d\x1e\x1f";
constexpr std::size_t kEntries = std::size_t{1} << 16;
constexpr std::size_t kIncluded = 16;

/// One XML file, with the lines on which its elements stand.
struct Document {
  std::string path;
  pugi::xml_document xml;
  std::vector<std::size_t> line_starts;

  [[nodiscard]] Origin origin(const pugi::xml_node& node) const {
    const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, node.offset_debug()));
    const auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
    return {path, static_cast<std::uint32_t>(after - line_starts.begin()), 1};
  }
};

class Reader {
 public:
  Reader(const Root& root, const std::string& subject, Facts& facts)
      : root_(root), subject_(subject), facts_(facts) {}

  std::vector<Zone> read() {
    const std::set<std::string> names = zone_names();
    const std::string default_zone = default_name(names);
    std::vector<Zone> zones;
    for (const std::string& name : names) {
      const auto document = load("zones/" + name + ".xml", "zone");
      if (document) zones.push_back(zone(*document, name, name == default_zone));
    }
    const auto is_default = [](const Zone& each) { return each.is_default; };
    // Without `block` firewalld does not start.
    if (std::none_of(zones.begin(), zones.end(), is_default) && !zones.empty())
      gap({ErrorCode::invalid,
           fmt::format("there is no default zone `{}`", default_zone),
           {std::string(kConfiguration), 0, 0}});
    note_other_rules();
    return zones;
  }

 private:
  /// firewalld.direct(5), firewalld.policy(5): rules beside the zones, which are not followed.
  void note_other_rules() {
    constexpr std::string_view kDirect = "/etc/firewalld/direct.xml";
    if (const auto stat = root_.stat(kDirect))
      gap({ErrorCode::unsupported, "direct rules are not followed", {std::string(kDirect), 0, 0}});
    const std::string policies = "/etc/firewalld/policies";
    const auto entries = root_.list(policies);
    if (!entries && entries.error().code != ErrorCode::not_found) gap(entries.error());
    for (const DirEntry& entry : entries ? *entries : std::vector<DirEntry>{})
      if (entry.name.ends_with(".xml"))
        gap({ErrorCode::unsupported,
             "policies are not followed",
             {join_path(policies, entry.name), 0, 0}});
  }

  void gap(Error error) { facts_.gap(std::move(error), subject_); }

  /// firewalld.conf(5): `KEY=VALUE`, comments begin with `#` or `;`. A line that has more than one
  /// `=` or no value is left out, and of two lines the first counts. firewalld reads text: a file
  /// that is no UTF-8 gives it the built-in values, and a carriage return ends a line, too.
  std::string configured_zone() {
    const auto text = root_.read(kConfiguration);
    if (!text && text.error().code != ErrorCode::not_found) gap(text.error());
    if (!text || valid_utf8(*text) != *text) return "public";
    for (const Line& each : lines(*text))
      for (const std::string_view line : split(each.text, '\r')) {
        const std::string_view bare = trim(line, kPythonBlanks);
        if (bare.empty() || bare[0] == '#' || bare[0] == ';') continue;
        const auto parts = split(bare, '=');
        if (parts.size() != 2 || trim(parts[0], kPythonBlanks) != "DefaultZone") continue;
        const std::string_view value = trim(parts[1], kPythonBlanks);
        if (!value.empty()) return std::string(value);
      }
    return "public";
  }

  /// firewalld.conf(5), "DefaultZone"; in place of one that is not there firewalld takes the first
  /// of these.
  std::string default_name(const std::set<std::string>& names) {
    const std::string configured = configured_zone();
    for (const std::string& each : {configured, std::string("public"), std::string("external")})
      if (names.contains(each)) return each;
    return "block";
  }

  /// A folder in /etc/firewalld/zones whose files firewalld puts together to one zone.
  void combined(const std::string& name) {
    const std::string folder = fmt::format("{}zones/{}", kPlaces[0], name);
    const auto entries = root_.list(folder);
    if (!entries) return;
    for (const DirEntry& entry : *entries)
      if (entry.name.ends_with(".xml"))
        return gap({ErrorCode::unsupported,
                    "a zone put together of several files is not followed",
                    {join_path(folder, entry.name), 0, 0}});
  }

  std::set<std::string> zone_names() {
    std::set<std::string> names;
    for (const std::string_view place : kPlaces) {
      const auto entries = root_.list(fmt::format("{}zones", place));
      if (!entries && entries.error().code != ErrorCode::not_found) gap(entries.error());
      if (!entries) continue;
      for (const DirEntry& entry : *entries)
        if (entry.name.ends_with(".xml"))
          names.insert(entry.name.substr(0, entry.name.size() - 4));
        else if (place == kPlaces[0])
          combined(entry.name);
    }
    return names;
  }

  /// The file in /etc, or that of the package; one that is not well formed is left out by
  /// firewalld, and nobody should rely on what then holds.
  std::unique_ptr<Document> load(const std::string& name, std::string_view element) {
    for (const std::string_view place : kPlaces) {
      const std::string path = fmt::format("{}{}", place, name);
      const auto text = root_.read(path);
      if (!text && text.error().code == ErrorCode::not_found && !root_.lstat(path)) continue;
      if (!text) {
        gap(text.error());
        return nullptr;
      }
      auto document = std::make_unique<Document>();
      document->path = path;
      document->line_starts.push_back(0);
      for (std::size_t i = 0; i < text->size(); ++i)
        if ((*text)[i] == '\n') document->line_starts.push_back(i + 1);
      const auto parsed = document->xml.load_buffer(text->data(), text->size());
      if (parsed && document->xml.document_element().name() == element) return document;
      gap({ErrorCode::invalid,
           parsed ? fmt::format("no `<{}>`", element) : std::string(parsed.description()),
           {path, 0, 0}});
      return nullptr;
    }
    return nullptr;
  }

  Zone zone(const Document& document, const std::string& name, bool is_default) {
    const pugi::xml_node top = document.xml.document_element();
    Zone made;
    made.name = name;
    made.is_default = is_default;
    made.target = top.attribute("target").as_string("default");
    made.origin = document.origin(top);
    for (const pugi::xml_node& each : top.children()) {
      const std::string_view element = each.name();
      if (element == "interface") made.interfaces.emplace_back(each.attribute("name").as_string());
      if (element == "source") made.sources.push_back(source(each));
      if (!is_default) continue;
      if (element == "rule")
        rich_rule(document, each, made);
      else
        entry(document, each, {}, made);
    }
    return made;
  }

  static std::string source(const pugi::xml_node& node) {
    for (const char* kind : {"address", "mac", "ipset"})
      if (const auto attribute = node.attribute(kind)) {
        const std::string prefix =
            kind == std::string_view("address") ? "" : std::string(kind) + ":";
        return prefix + attribute.as_string();
      }
    return {};
  }

  /// firewalld.richlanguage(5): what `accept` lets in, from where.
  void rich_rule(const Document& document, const pugi::xml_node& rule, Zone& zone) {
    if (!rule.child("accept")) return;
    std::vector<std::string> sources;
    if (const auto from = rule.child("source")) {
      const bool inverted = from.attribute("invert").as_bool() || from.attribute("NOT").as_bool();
      sources.push_back((inverted ? "NOT " : "") + source(from));
    }
    for (const pugi::xml_node& each : rule.children()) entry(document, each, sources, zone);
  }

  void entry(const Document& document, const pugi::xml_node& node,
             const std::vector<std::string>& sources, Zone& zone) {
    const std::string_view element = node.name();
    ZoneEntry made;
    made.sources = sources;
    made.origin = document.origin(node);
    if (element == "service") {
      made.service = node.attribute("name").as_string();
      std::set<std::string> seen;
      service(made.service, made, zone, seen);
    } else {
      port(node, made, zone);
    }
  }

  /// `<port>` and `<protocol>`: of a zone or of a service.
  void port(const pugi::xml_node& node, ZoneEntry entry, Zone& zone) {
    const std::string_view element = node.name();
    if (element != "port" && element != "protocol") return;
    if (zone.entries.size() >= kEntries) {
      if (zone.entries.size() == kEntries)
        gap({ErrorCode::limit, fmt::format("a zone opens more than {} ports", kEntries),
             zone.origin});
      return;
    }
    entry.protocol = node.attribute(element == "port" ? "protocol" : "value").as_string();
    entry.port = node.attribute("port").as_string();
    zone.entries.push_back(std::move(entry));
  }

  void service(const std::string& name, const ZoneEntry& entry, Zone& zone,
               std::set<std::string>& seen) {
    if (seen.size() > kIncluded || !seen.insert(name).second) return;
    auto known = services_.find(name);
    if (known == services_.end())
      known = services_.emplace(name, load("services/" + name + ".xml", "service")).first;
    const std::size_t before = zone.entries.size();
    if (known->second != nullptr)
      for (const pugi::xml_node& each : known->second->xml.document_element().children()) {
        port(each, entry, zone);
        if (std::string_view(each.name()) == "include")
          service(each.attribute("service").as_string(), entry, zone, seen);
      }
    // A service without ports of its own (a helper) is let in as well.
    if (zone.entries.size() == before && zone.entries.size() < kEntries)
      zone.entries.push_back(entry);
  }

  const Root& root_;
  const std::string& subject_;
  Facts& facts_;
  std::map<std::string, std::unique_ptr<Document>, std::less<>> services_;
};

}  // namespace

std::vector<Zone> read_zones(const Root& root, const std::string& subject, Facts& facts) {
  return Reader(root, subject, facts).read();
}

}  // namespace plimsoll::firewall
