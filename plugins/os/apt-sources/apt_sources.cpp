#include <array>

#include "plugins/os/apt-sources/source.h"
#include "plugins/os/apt/options.h"
#include "plugins/os/apt/reader.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"file", Type::text, "the file that has the source"},
    Field{"enabled", Type::boolean, "false where a stanza says `Enabled: no`"},
    Field{"type", Type::text, "deb or deb-src"},
    Field{"uri", Type::text, "with a slash at the end, without user and password"},
    Field{"transport", Type::text, "http, https, file, cdrom, mirror+https, …"},
    Field{"host", Type::text, "without the port; empty for a path"},
    Field{"suite", Type::text, "as written: bookworm-security, stable, a path with a slash"},
    Field{"components", Type::list, "main, contrib, …; none where the suite is a path"},
    Field{"signed_by", Type::text, "key files or fingerprints, or the key itself; may be none"},
    Field{"trusted", Type::boolean, "as the source says itself: true skips the signature"},
    Field{"allow_insecure", Type::boolean, "a missing signature is good enough"},
    Field{"allow_weak", Type::boolean, "weak digests are good enough"},
    Field{"allow_downgrade_to_insecure", Type::boolean, "the signature may go missing later"},
    Field{"check_valid_until", Type::boolean, "lists that are out of date are refused"},
    Field{"check_date", Type::boolean, "lists from the future are refused"},
};
enum Column : std::size_t {
  kFile,
  kEnabled,
  kType,
  kUri,
  kTransport,
  kHost,
  kSuite,
  kComponents,
  kSignedBy,
  kTrusted,
  kAllowInsecure,
  kAllowWeak,
  kAllowDowngrade,
  kCheckValidUntil,
  kCheckDate
};

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/apt/sources.list", "/etc/apt/sources.list.d/a.list", "/etc/apt/sources.list.d/b.sources"};
constexpr std::array<std::string_view, 2> kExtensions = {".list", ".sources"};

// Ours: types, addresses and suites of a stanza multiply.
constexpr std::size_t kMostSources = 100'000;

std::string with_architecture(std::string_view text, std::string_view architecture) {
  constexpr std::string_view kMark = "$(ARCH)";
  std::string out;
  for (std::size_t at = text.find(kMark); at != text.npos; at = text.find(kMark)) {
    out += text.substr(0, at);
    out += architecture;
    text.remove_prefix(at + kMark.size());
  }
  out += text;
  return out;
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {
    apt::read_options(root, facts, options_);
    architecture_ = options_.value("APT::Architecture");
  }

  void read_all() {
    const std::string main_file = normal_path(options_.file("Dir::Etc::sourcelist", "/dev/null"));
    const auto stat = root_.stat(main_file);
    const bool is_absent = !stat && stat.error().code == ErrorCode::not_found;
    if (!main_file.starts_with("/dev/null") && !is_absent) read(main_file);
    const std::string parts = normal_path(options_.file("Dir::Etc::sourceparts", "/dev/null"));
    if (const auto files = apt::files_in(root_, facts_, parts, kExtensions))
      for (const std::string& file : *files) read(file);
  }

 private:
  void read(const std::string& file) {
    const auto text = root_.read(file);
    if (!text) {
      facts_.gap(text.error());
      return;
    }
    const bool is_deb822 = file.ends_with(kExtensions[1]);
    const apt::Entries found =
        is_deb822 ? apt::parse_stanzas(*text, file) : apt::parse_lines(*text, file);
    for (const apt::Entry& entry : found.entries)
      if (!add(entry)) return;
    if (!found.mistake.empty()) refuse(found.mistake, found.where);
  }

  bool refuse(const std::string& why, const Origin& where) {
    facts_.gap({ErrorCode::invalid, "apt refuses its list of sources: " + why, where});
    return false;
  }

  bool add(const apt::Entry& entry) {
    for (const std::string& type : entry.types)
      for (const std::string& uri : entry.uris) {
        const auto address = apt::parse_address(with_architecture(uri, architecture_));
        if (!address && entry.enabled) return refuse("an address without a colon", entry.origin);
        for (const std::string& suite : entry.suites)
          if (!add(entry, type, address.value_or(apt::Address{uri, {}, {}}),
                   suite_of(entry, suite)))
            return false;
      }
    return true;
  }

  /// In a line the architecture is put into paths only (pkgSourceList::Type::ParseLine()).
  [[nodiscard]] std::string suite_of(const apt::Entry& entry, const std::string& suite) const {
    const bool is_line = !entry.origin.file.ends_with(kExtensions[1]);
    return is_line && !suite.ends_with('/') ? suite : with_architecture(suite, architecture_);
  }

  bool add(const apt::Entry& entry, const std::string& type, const apt::Address& address,
           std::string suite) {
    size_ += 1 + entry.components.size();
    if (size_ > kMostSources) {
      facts_.gap({ErrorCode::limit,
                  "more than " + std::to_string(kMostSources) + " sources and components",
                  entry.origin});
      return false;
    }
    const bool is_path = suite.ends_with('/');
    if (entry.enabled && is_path != entry.components.empty())
      return refuse(is_path ? "components of a suite that is a path" : "no component",
                    entry.origin);
    std::vector<Value> row(kFields.size());
    row[kFile] = entry.origin.file;
    row[kEnabled] = entry.enabled;
    row[kType] = type;
    row[kUri] = address.text;
    row[kTransport] = address.transport;
    row[kHost] = address.host;
    row[kComponents] = entry.components;
    if (!set_keys(entry, row)) return refuse("keys that are no fingerprints", entry.origin);
    set_trust(entry, row);
    if (entry.enabled && !agrees(address.text + (is_path ? "" : "dists/") + suite, row))
      return refuse("options that differ from those of an earlier line on the same suite",
                    entry.origin);
    row[kSuite] = std::move(suite);
    facts_.row(std::move(row), entry.origin);
    return true;
  }

  static bool set_keys(const apt::Entry& entry, std::vector<Value>& row) {
    const auto written = entry.options.find("signed-by");
    if (written == entry.options.end()) return true;
    auto keys = apt::normal_keys(written->second);
    if (!keys) return !entry.enabled;
    if (!keys->empty()) row[kSignedBy] = std::move(*keys);
    return true;
  }

  void set_trust(const apt::Entry& entry, std::vector<Value>& row) const {
    const auto option = [&](std::string_view name) -> const std::string* {
      const auto found = entry.options.find(name);
      return found == entry.options.end() ? nullptr : &found->second;
    };
    for (const auto& [name, column] :
         {std::pair{"trusted", kTrusted}, std::pair{"check-valid-until", kCheckValidUntil},
          std::pair{"check-date", kCheckDate}})
      if (const std::string* const value = option(name)) row[column] = apt::to_bool(*value, false);
    // What the source does not say itself is what apt.conf says of all.
    for (const auto& [name, all, column] :
         {std::tuple{"allow-insecure", "Acquire::AllowInsecureRepositories", kAllowInsecure},
          std::tuple{"allow-weak", "Acquire::AllowWeakRepositories", kAllowWeak},
          std::tuple{"allow-downgrade-to-insecure", "Acquire::AllowDowngradeToInsecureRepositories",
                     kAllowDowngrade}}) {
      const bool otherwise = apt::to_bool(options_.value(all), false);
      const std::string* const value = option(name);
      row[column] = value == nullptr ? otherwise : apt::to_bool(*value, otherwise);
    }
  }

  /// apt keeps one set of options for each suite of an archive, whatever leads there, and stops
  /// when two lines want different ones. Keys may be added to a suite that has none yet, not left
  /// out.
  bool agrees(const std::string& release, const std::vector<Value>& row) {
    const std::string name = release.substr(release.find(':') + 1);
    std::vector<Value> wanted(row.begin() + kSignedBy, row.end());
    const auto [known, is_new] = releases_.try_emplace(name, wanted);
    if (is_new) return true;
    const bool has_keys = known->second.front().index() != 0;
    if (!has_keys) known->second.front() = wanted.front();
    return known->second == wanted;
  }

  const Root& root_;
  Facts& facts_;
  apt::Tree options_;
  std::string architecture_;
  std::size_t size_ = 0;  ///< sources and their components so far
  std::map<std::string, std::vector<Value>> releases_;
};

Facts read_apt_sources(const Request& request) {
  Facts facts;
  if (!request.root.exists("/etc/apt") && !request.root.exists("/usr/bin/apt-get"))
    facts.not_applicable = "there is no /etc/apt and no /usr/bin/apt-get";
  Reader(request.root, facts).read_all();
  return facts;
}

}  // namespace

extern const Probe apt_sources_probe;
const Probe apt_sources_probe{
    .name = "apt-sources",
    .group = "os",
    .summary = "where apt fetches packages, and whose signature it wants",
    .semantics = "sources.list(5), apt-secure(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_apt_sources,
    .files = kFiles,
};

}  // namespace plimsoll
