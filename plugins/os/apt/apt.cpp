#include <algorithm>
#include <array>

#include "plugins/os/apt/options.h"
#include "plugins/os/apt/tree.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"@file", Type::text, "a file that was read"},
    Field{"acquire::allowinsecurerepositories", Type::text,
          "repositories without a signature are taken into use"},
    Field{"acquire::allowdowngradetoinsecurerepositories", Type::text,
          "repositories may lose the signature they had"},
    Field{"acquire::allowweakrepositories", Type::text, "weak digests are good enough"},
    Field{"apt::get::allowunauthenticated", Type::text,
          "packages that nobody signed are installed without a question"},
    Field{"apt::install-recommends", Type::text, "recommended packages are installed too"},
    Field{"apt::install-suggests", Type::text, "suggested packages are installed too"},
    Field{"apt::sandbox::user", Type::text, "the user that downloads run as"},
    Field{"apt::periodic::unattended-upgrade", Type::text, "days between two runs of it; 0: never"},
    Field{"unattended-upgrade::origins-pattern::", Type::text,
          "what unattended-upgrades may install, a row for each"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/apt/apt.conf",
                                                    "/etc/apt/apt.conf.d/50test"};

struct Default {
  std::string_view name;
  std::string_view value;
};

// debSystem::Initialize(), the compressors that the library has, and the looks of `apt`: these fill
// in what the files leave empty, too.
constexpr std::array kLateDefaults = {
    Default{"Dir::State::extended_states", "extended_states"},
    Default{"Dir::Bin::dpkg", "/usr/bin/dpkg"},
    Default{"Dir::Bin::gzip", "/bin/gzip"},
    Default{"Dir::Bin::bzip2", "/bin/bzip2"},
    Default{"Dir::Bin::xz", "/usr/bin/xz"},
    Default{"Dir::Bin::lz4", "/usr/bin/lz4"},
    Default{"Dir::Bin::zstd", "/usr/bin/zstd"},
    Default{"Binary::apt::APT::Color", "1"},
    Default{"Binary::apt::APT::Cache::Show::Version", "2"},
    Default{"Binary::apt::APT::Cache::AllVersions", "0"},
    Default{"Binary::apt::APT::Cache::ShowVirtuals", "1"},
    Default{"Binary::apt::APT::Cache::Search::Version", "2"},
    Default{"Binary::apt::APT::Cache::ShowDependencyType", "1"},
    Default{"Binary::apt::APT::Cache::ShowVersion", "1"},
    Default{"Binary::apt::APT::Get::Upgrade-Allow-New", "1"},
    Default{"Binary::apt::APT::Get::Update::InteractiveReleaseInfoChanges", "1"},
    Default{"Binary::apt::APT::Cmd::Show-Update-Stats", "1"},
    Default{"Binary::apt::APT::Cmd::Pattern-Only", "1"},
    Default{"Binary::apt::APT::Keep-Downloaded-Packages", "0"},
    Default{"Binary::apt::DPkg::Progress-Fancy", "1"},
    Default{"Binary::apt::DPkg::Lock::Timeout", "120"},
};

// They come behind the list of languages.
constexpr std::array kCompressionTypes = {
    Default{"Acquire::CompressionTypes::xz", "xz"},
    Default{"Acquire::CompressionTypes::bz2", "bzip2"},
    Default{"Acquire::CompressionTypes::lzma", "lzma"},
    Default{"Acquire::CompressionTypes::gz", "gzip"},
    Default{"Acquire::CompressionTypes::lz4", "lz4"},
    Default{"Acquire::CompressionTypes::zst", "zstd"},
};

bool holds(const std::vector<apt::Element>& elements, std::string_view value) {
  return std::any_of(elements.begin(), elements.end(),
                     [&](const apt::Element& one) { return one.value == value; });
}

void replace_list(apt::Tree& tree, std::string_view name, std::vector<apt::Element> elements) {
  tree.clear(name, {});
  for (apt::Element& element : elements)
    tree.set(std::string(name) + "::", std::move(element.value), element.origin);
}

/// Languages of which translations have been fetched; `none` says that there is a list at all.
std::vector<std::string> fetched_languages(const Root& root, const apt::Tree& tree) {
  const auto entries = root.list(tree.file("Dir::State::lists", "/"));
  if (!entries) return {};
  std::vector<std::string> found = {"none"};
  for (const DirEntry& entry : *entries) {
    constexpr std::string_view kMark = "_Translation-";
    const std::size_t mark = entry.name.rfind(kMark);
    if (mark == std::string::npos) continue;
    std::string language = entry.name.substr(mark + kMark.size());
    if (const std::size_t at = language.find("%5f"); at != std::string::npos)
      language.replace(at, 3, "_");
    const bool is_plain = std::all_of(language.begin(), language.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!language.empty() && language != "en" && is_plain) found.push_back(std::move(language));
  }
  return found;
}

/// apt.conf(5), Languages: `environment` is what the locale asks for, which is `en` for a service.
std::vector<apt::Element> languages(const Root& root, const apt::Tree& tree) {
  std::vector<apt::Element> all = tree.list("Acquire::Languages", "environment,en");
  std::vector<apt::Element> out;
  for (apt::Element& wanted : all) {
    if (wanted.value == "environment") wanted.value = "en";
    if (wanted.value != "none" && !holds(out, wanted.value)) out.push_back(wanted);
  }
  if (out.empty()) return {{"none", all.empty() ? Origin{} : all.front().origin}};
  for (const std::string& fetched : fetched_languages(root, tree))
    if (!holds(out, fetched)) out.push_back({fetched, {}});
  return out;
}

/// Where there is a program xz, apt takes it for lzma, whatever the files say.
void add_lzma(const Root& root, apt::Tree& tree) {
  constexpr std::string_view kLzma = "Dir::Bin::lzma";
  const std::string xz = tree.value("Dir::Bin::xz");
  const auto stat = root.stat(xz);
  if (stat && stat->type == FileType::regular) tree.set(kLzma, xz, {});
  tree.set_default(kLzma, "/usr/bin/lzma");
}

/// The architectures that dpkg knows, when the program named is there to be asked.
std::vector<apt::Element> of_dpkg(const Root& root, const apt::Tree& tree) {
  const std::string program = tree.value("Dir::Bin::dpkg");
  const bool is_path = program.find('/') != std::string::npos;
  if (is_path ? !root.exists(join_path("/", program)) : program != "dpkg") return {};
  std::vector<apt::Element> found;
  if (const auto known = root.read("/var/lib/dpkg/arch"))
    for (const Line& line : lines(*known))
      if (line.text != apt::kNative) found.push_back({std::string(trim(line.text)), {}});
  return found;
}

/// apt.conf(5), Architectures: what dpkg says where nothing is set; the machine's own comes first
/// where the list lacks it.
std::vector<apt::Element> architectures(const Root& root, const apt::Tree& tree) {
  const std::string own = tree.value("APT::Architecture");
  std::vector<apt::Element> wanted = tree.list("APT::Architectures");
  if (wanted.empty()) {
    wanted = of_dpkg(root, tree);
    wanted.insert(wanted.begin(), {own, {}});
  }
  if (!holds(wanted, own)) wanted.insert(wanted.begin(), {own, {}});
  const auto barbarian = tree.list("APT::BarbarianArchitectures");
  std::vector<apt::Element> out;
  for (apt::Element& one : wanted)
    if (!one.value.empty() && !holds(out, one.value) && !holds(barbarian, one.value))
      out.push_back(std::move(one));
  return out;
}

/// dpkg's folder stands beside apt's where `Dir::State` names a folder with that one in it.
std::string dpkg_state(std::string_view apt_state) {
  constexpr std::string_view kOwn = "/apt";
  if (apt_state.ends_with('/')) apt_state.remove_suffix(1);
  if (!apt_state.ends_with(kOwn) || apt_state == kOwn) return "var/lib/dpkg";
  apt_state.remove_suffix(kOwn.size());
  return std::string(apt_state) + "/dpkg";
}

/// getDpkgStatusLocation(): worked out where nothing names it; an empty name is a name.
void add_dpkg_status(apt::Tree& tree) {
  constexpr std::string_view kStatus = "Dir::State::status";
  if (tree.find(kStatus) != nullptr) return;
  apt::Tree paths;
  paths.set_default("Dir", tree.value("Dir", "/"));
  paths.set_default("Dir::State", dpkg_state(tree.value("Dir::State", "var/lib/apt")));
  paths.set_default(kStatus, "status");
  tree.set_default(kStatus, apt::plain_path(paths.file(kStatus, {})));
}

/// The spelling of `apt-config dump`, in lower case.
std::string key_of(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string key;
  for (const char c : lower(name)) {
    if (c > 0x20 && c < 0x7f && c != '=' && c != '"' && c != '%') {
      key += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    key += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return key;
}

void print(Facts& facts, const apt::Node& node, const std::string& name) {
  if (!node.value.empty())
    facts.setting(key_of(name), node.value, node.origin).shadowed = node.shadowed;
  for (const auto& below : node.children)
    print(facts, *below, node.parent == nullptr ? below->tag : name + "::" + below->tag);
}

Facts read_apt(const Request& request) {
  Facts facts;
  apt::Tree tree;
  for (const std::string& file : apt::read_options(request.root, facts, tree))
    facts.setting("@file", file, {file, 0, 0});
  for (const Default& one : kLateDefaults) tree.set_default(one.name, std::string(one.value));
  add_dpkg_status(tree);
  add_lzma(request.root, tree);
  replace_list(tree, "Acquire::Languages", languages(request.root, tree));
  for (const Default& one : kCompressionTypes) tree.set_default(one.name, std::string(one.value));
  replace_list(tree, "APT::Architectures", architectures(request.root, tree));
  replace_list(tree, "APT::Build-Profiles", tree.list("APT::Build-Profiles"));
  print(facts, tree.top(), "");
  if (!request.root.exists("/etc/apt") && !request.root.exists("/usr/bin/apt-get"))
    facts.not_applicable = "there is no /etc/apt and no /usr/bin/apt-get";
  return facts;
}

}  // namespace

extern const Probe apt_probe;
const Probe apt_probe{
    .name = "apt",
    .group = "os",
    .summary = "options of apt as `apt-config dump` tells them",
    .semantics = "apt.conf(5), apt-config(8)",
    .fields = kFields,
    .read = read_apt,
    .files = kFiles,
};

}  // namespace plimsoll
