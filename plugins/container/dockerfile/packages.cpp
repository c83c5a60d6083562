#include "plugins/container/dockerfile/packages.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::dockerfile {
namespace {

using shell::Command;

bool is_false(std::string_view value) { return is_one_of(lower(value), "0 false no off"); }
bool is_true(std::string_view value) { return is_one_of(lower(value), "1 true yes on"); }

/// Elements of `given` from `first` on, each judged by `read`.
template <class Read>
void add_packages(const Arguments& given, std::size_t first, Read read, PackageAction& out) {
  for (std::size_t i = first; i < given.operands.size(); ++i) {
    Package made = read(std::string_view(given.operands[i]->text));
    if (made.name.empty()) continue;
    made.server = is_one_of(made.name, "openssh-server openssh dropbear dropbear-bin tinyssh");
    out.packages.push_back(std::move(made));
  }
}

Package unpinned(std::string_view name) { return {std::string(name), {}, false, false}; }
Package pinned(std::string_view name, std::string_view version) {
  return {std::string(name), std::string(version), true, false};
}

bool is_path(std::string_view word) {
  return word.starts_with("/") || word.starts_with("./") || word.starts_with("../") ||
         word.starts_with("~/") || word == "." || word == "..";
}

// --- apt-get(8): NAME=VERSION, NAME/RELEASE, a path to a .deb

Package apt_package(std::string_view word) {
  if (is_path(word) || word.ends_with(".deb")) return pinned(word, {});
  if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
    return pinned(word.substr(0, equals), word.substr(equals + 1));
  if (const std::size_t slash = word.find('/'); slash != std::string_view::npos)
    return pinned(word.substr(0, slash), word.substr(slash + 1));
  return unpinned(word);
}

/// The value that `-o NAME=VALUE` gives a setting of apt.conf(5), or empty.
std::string_view apt_setting(const Arguments& given, std::string_view name) {
  for (const Arguments::Option& option : given.options) {
    if (option.name != "o" && option.name != "option") continue;
    const std::string_view text = option.value;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && iequals(text.substr(0, equals), name))
      return trim(text.substr(equals + 1), "\"'");
  }
  return {};
}

// apt-get(8), -q: two of them mean -y.
bool apt_is_confirmed(const Arguments& given) {
  std::size_t quiet = 0;
  for (const Arguments::Option& option : given.options) {
    if (option.name != "q" && option.name != "quiet") continue;
    quiet += option.value.empty() ? 1 : 0;
    if (to_integer(option.value).value_or(0) >= 2) quiet += 2;
  }
  return quiet >= 2 || given.has_any("y yes assume-yes") ||
         is_true(apt_setting(given, "APT::Get::Assume-Yes"));
}

bool apt_is_unauthenticated(const Arguments& given) {
  return given.has_any("allow-unauthenticated force-yes allow-insecure-repositories") ||
         is_true(apt_setting(given, "APT::Get::AllowUnauthenticated")) ||
         is_true(apt_setting(given, "APT::Get::force-yes")) ||
         is_true(apt_setting(given, "Acquire::AllowInsecureRepositories"));
}

PackageAction read_apt(const Command& command) {
  const Arguments given = read_arguments(
      command, {"acot",
                "target-release default-release option config-file host-architecture "
                "build-profiles solver"});
  PackageAction out;
  out.manager = "apt";
  const std::string_view action = given.operand(0);
  out.updates_index = action == "update";
  out.installs = is_one_of(
      action, "install reinstall upgrade full-upgrade dist-upgrade build-dep safe-upgrade");
  out.cleans = is_one_of(action, "distclean dist-clean");
  if (apt_is_unauthenticated(given)) out.traits.emplace_back("unauthenticated");
  if (is_one_of(action, "dist-upgrade full-upgrade")) out.traits.emplace_back("release-upgrade");
  if (action == "upgrade" || action == "safe-upgrade") out.traits.emplace_back("system-upgrade");
  if (action != "install" && action != "reinstall") return out;
  add_packages(given, 1, apt_package, out);
  if (!apt_is_confirmed(given)) out.traits.emplace_back("unconfirmed");
  const bool lean =
      given.has("no-install-recommends") || is_false(apt_setting(given, "APT::Install-Recommends"));
  if (!lean) out.traits.emplace_back("recommends");
  return out;
}

// --- apk(8): NAME=VERSION, NAME~VERSION, NAME<VERSION, a path to a .apk

Package apk_package(std::string_view word) {
  if (word.starts_with('!')) return {};
  const std::size_t op = word.find_first_of("=~<>");
  if (op != std::string_view::npos)
    return pinned(word.substr(0, op),
                  word.substr(std::min(word.size(), word.find_first_not_of("=~<>", op))));
  return word.ends_with(".apk") ? pinned(word, {}) : unpinned(word);
}

PackageAction read_apk(const Command& command) {
  const Arguments given =
      read_arguments(command, {"tXp",
                               "virtual repository root arch keys-dir repositories-file wait "
                               "cache-dir cache-max-age progress-fd timeout"});
  PackageAction out;
  out.manager = "apk";
  const std::string_view action = given.operand(0);
  out.updates_index = action == "update";
  out.installs = action == "add" || action == "upgrade";
  if (given.has("allow-untrusted")) out.traits.emplace_back("untrusted");
  if (action == "upgrade") out.traits.emplace_back("system-upgrade");
  if (action != "add") return out;
  add_packages(given, 1, apk_package, out);
  if (!given.has("no-cache")) out.traits.emplace_back("cache-kept");
  return out;
}

// --- dnf(8), "Specifying packages": NAME-[EPOCH:]VERSION[-RELEASE][.ARCH], a path to an .rpm

bool is_version_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".~^_:+*").find(c) != std::string_view::npos;
}

/// VERSION or VERSION-RELEASE, each beginning with a digit: `1.8.0-openjdk` is part of a name.
bool is_version(std::string_view text) {
  const auto parts = split(text, '-');
  return parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part[0] >= '0' && part[0] <= '9' &&
                  std::all_of(part.begin(), part.end(), is_version_char);
         });
}

Package rpm_package(std::string_view word) {
  if (word.starts_with('@') || word.starts_with('-')) return {};
  if (word.ends_with(".rpm")) return pinned(word, {});
  if (const std::size_t op = word.find_first_of("=<>"); op != std::string_view::npos)
    return pinned(trim(word.substr(0, op)), trim(word.substr(op), "=<> "));
  // The first dash with a version behind it: names have dashes and digits of their own.
  // Names are short; what is longer is not one.
  if (word.size() > 256) return unpinned(word);
  for (std::size_t dash = word.find('-'); dash != std::string_view::npos;
       dash = word.find('-', dash + 1)) {
    const std::string_view version = word.substr(dash + 1);
    if (is_version(version)) return pinned(word.substr(0, dash), version);
  }
  return unpinned(word);
}

Package rpm_module(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return unpinned(word);
  return pinned(word.substr(0, colon), word.substr(colon + 1));
}

bool turns_off_tls(const Arguments& given) {
  return std::any_of(given.options.begin(), given.options.end(), [](const Arguments::Option& one) {
    if (one.name != "setopt") return false;
    const std::size_t equals = one.value.find('=');
    if (equals == std::string::npos) return false;
    const std::string_view key = std::string_view(one.value).substr(0, equals);
    const bool verify = key == "sslverify" || key.ends_with(".sslverify");
    return verify && is_false(trim(std::string_view(one.value).substr(equals + 1), "'\""));
  });
}

constexpr std::string_view kDnfValues =
    "repo repoid enablerepo disablerepo setopt installroot releasever exclude excludepkgs comment "
    "advisory advisories cve cves bz bzs sec-severity secseverity config color rpmverbosity "
    "forcearch "
    "disableplugin enableplugin disableexcludes destdir downloaddir debuglevel errorlevel "
    "randomwait "
    "repofrompath add-repo";

void read_dnf_install(const Arguments& given, bool module, bool group, PackageAction& out) {
  out.installs = true;
  if (!given.has_any("y assumeyes assume-yes")) out.traits.emplace_back("unconfirmed");
  if (module)
    add_packages(given, 2, rpm_module, out);
  else if (!group)
    add_packages(given, 1, rpm_package, out);
}

PackageAction read_dnf(const Command& command) {
  const Arguments given = read_arguments(command, {"cdeRx", kDnfValues});
  PackageAction out;
  out.manager = command.name() == "yum" ? "yum" : "dnf";
  const std::string_view action = given.operand(0), second = given.operand(1);
  const bool module = action == "module", group = is_one_of(action, "group groups grp");
  const std::string_view verb = module || group ? second : action;
  out.updates_index = is_one_of(action, "update makecache check-update");
  out.cleans = action == "clean" && is_one_of(second, "all packages metadata dbcache expire-cache");
  if (given.has("nogpgcheck") || given.has("no-gpgchecks")) out.traits.emplace_back("unsigned");
  if (turns_off_tls(given)) out.traits.emplace_back("package-tls-off");
  if (is_one_of(verb, "install localinstall groupinstall reinstall"))
    read_dnf_install(given, module, group || verb == "groupinstall", out);
  if (action == "upgrade" || action == "update" || action == "upgrade-minimal") {
    out.installs = out.installs || action != "update" || given.operands.size() > 1;
    if (given.operands.size() == 1) out.traits.emplace_back("system-upgrade");
  }
  if (action == "distro-sync") out.traits.emplace_back("release-upgrade");
  return out;
}

PackageAction read_config_manager(const Command& command) {
  PackageAction out;
  out.manager = command.name().starts_with("yum") ? "yum" : "dnf";
  if (turns_off_tls(read_arguments(command, {"cdeRx", kDnfValues})))
    out.traits.emplace_back("package-tls-off");
  return out;
}

PackageAction read_rpm(const Command& command) {
  const Arguments given =
      read_arguments(command, {"DEr", "define eval root dbpath prefix relocate"});
  PackageAction out;
  out.manager = "rpm";
  if (given.has_any("nosignature nogpgcheck nodigest nofiledigest"))
    out.traits.emplace_back("unsigned");
  return out;
}

// --- zypper(8): NAME[OP VERSION]

Package zypper_package(std::string_view word) {
  if (word.ends_with(".rpm")) return pinned(word, {});
  const std::size_t op = word.find_first_of("=<>");
  if (op == std::string_view::npos || word.starts_with('-')) return unpinned(word);
  return pinned(word.substr(0, op), trim(word.substr(op), "=<>"));
}

PackageAction read_zypper(const Command& command) {
  const Arguments given =
      read_arguments(command, {"cRDrt",
                               "config root reposd-dir cache-dir raw-cache-dir solv-cache-dir "
                               "pkg-cache-dir repo type from plus-repo plus-content"});
  PackageAction out;
  out.manager = "zypper";
  const std::string_view action = given.operand(0);
  const bool install = is_one_of(action, "install in source-install si");
  out.installs = install || is_one_of(action, "patch dist-upgrade dup");
  out.updates_index = is_one_of(action, "refresh ref update up");
  out.cleans = is_one_of(action, "clean cc");
  if (given.has_any("no-gpg-checks no-gpg-check allow-unsigned-rpm"))
    out.traits.emplace_back("unsigned");
  if (is_one_of(action, "dist-upgrade dup")) out.traits.emplace_back("release-upgrade");
  if (is_one_of(action, "update up")) out.traits.emplace_back("system-upgrade");
  // zypper(8): -n is global and stands before the command; behind `install` it means --name.
  const bool calm = std::any_of(given.options.begin(), given.options.end(), [](const auto& one) {
    return is_one_of(one.name, "y no-confirm non-interactive") ||
           (one.name == "n" && one.before == 0);
  });
  if (!calm && (install || is_one_of(action, "remove rm patch")))
    out.traits.emplace_back("unconfirmed");
  if (install) add_packages(given, 1, zypper_package, out);
  return out;
}

// --- pip: requirement specifiers (PEP 508), VCS and archive links, paths

constexpr std::string_view kPipValues =
    "abi build editable extra-index-url find-links index-url implementation no-binary only-binary "
    "platform prefix progress-bar proxy python-version root src target trusted-host "
    "upgrade-strategy "
    "requirement constraint cache-dir cert client-cert config-settings exists-action global-option "
    "install-option log python retries root-user-action timeout use-feature use-deprecated report "
    "spec pip-args suffix backend preinstall build-constraint index";

Package pip_package(std::string_view word) {
  const bool vcs = is_one_of(word.substr(0, word.find_first_of(":+")), "git hg svn bzr") &&
                   word.find("://") != std::string_view::npos;
  if (vcs) {
    const std::size_t path = word.find('/', word.find("://") + 3);
    const std::size_t at = path == std::string_view::npos ? path : word.find('@', path);
    return at == std::string_view::npos ? unpinned(word)
                                        : pinned(word.substr(0, at), word.substr(at + 1));
  }
  const std::size_t op = word.find_first_of("=<>!~");
  if (op != std::string_view::npos && word.find('/') == std::string_view::npos)
    return pinned(trim(word.substr(0, op)), trim(word.substr(op)));
  const bool file = word.find('/') != std::string_view::npos || word == "." ||
                    word.starts_with(".[") || word.ends_with(".whl") || word.ends_with(".tar.gz") ||
                    word.ends_with(".zip");
  return file ? pinned(word, {}) : unpinned(word);
}

PackageAction read_pip(const Command& command, std::size_t skip, bool cached) {
  Command inner = command;
  inner.words.erase(inner.words.begin(), inner.words.begin() + static_cast<std::ptrdiff_t>(skip));
  const Arguments given = read_arguments(inner, {"befticr", kPipValues});
  PackageAction out;
  out.manager = "pip";
  if (given.has("trusted-host")) out.traits.emplace_back("pip-trusted-host");
  const bool config = given.operand(0) == "config" && given.operand(1) == "set";
  if (config && given.operand(2).ends_with("trusted-host"))
    out.traits.emplace_back("pip-trusted-host");
  if (given.operand(0) != "install") return out;
  out.installs = true;
  if (cached && !given.has("no-cache-dir")) out.traits.emplace_back("cache-kept");
  add_packages(given, 1, pip_package, out);
  // A file of constraints pins what is named here.
  if (given.has_any("c constraint"))
    for (Package& one : out.packages) one.pinned = true;
  return out;
}

/// `pip`, `pip3.11`, `python -m pip`, `pipx`.
PackageAction read_python(const Command& command) {
  const std::string_view name = command.name();
  if (name == "pipx") return read_pip(command, 0, false);
  if (name == "uv" && command.words.size() > 1 && command.words[1].text == "pip")
    return read_pip(command, 1, false);
  if (name.starts_with("pip") && name.find_first_not_of("0123456789.", 3) == std::string_view::npos)
    return read_pip(command, 0, true);
  if (!name.starts_with("python")) return {};
  for (std::size_t i = 1; i + 1 < command.words.size(); ++i) {
    if (command.words[i].text != "-m") continue;
    const std::string& module = command.words[i + 1].text;
    return module == "pip" || module == "pipx" ? read_pip(command, i + 1, module == "pip")
                                               : PackageAction();
  }
  return {};
}

// --- npm-install(1): [@SCOPE/]NAME@VERSION, archives, folders, git links with #COMMIT

Package npm_package(std::string_view word) {
  const bool git = word.starts_with("git://") || word.starts_with("git+");
  if (git) return word.find('#') == std::string_view::npos ? unpinned(word) : pinned(word, {});
  const bool file = is_path(word) || word.ends_with(".tgz") || word.ends_with(".tar.gz") ||
                    word.ends_with(".tar") || word.starts_with("file:");
  if (file) return pinned(word, {});
  const std::size_t at = word.find('@', 1);
  return at == std::string_view::npos ? unpinned(word)
                                      : pinned(word.substr(0, at), word.substr(at + 1));
}

bool is_strict_ssl_off(const Arguments& given, std::size_t first) {
  if (given.operand(first) == "strict-ssl") return is_false(given.operand(first + 1));
  return given.operand(first).starts_with("strict-ssl=") &&
         is_false(given.operand(first).substr(11));
}

/// npm-config(7), yarn config: `config set strict-ssl false`, `--strict-ssl=false`,
/// `--no-strict-ssl`.
bool node_tls_off(const Arguments& given) {
  const std::string* option = given.value("strict-ssl");
  if (given.has("no-strict-ssl") || (option != nullptr && is_false(*option))) return true;
  const bool config = is_one_of(given.operand(0), "config c");
  if (config) return given.operand(1) == "set" && is_strict_ssl_off(given, 2);
  return given.operand(0) == "set" && is_strict_ssl_off(given, 1);
}

PackageAction read_npm(const Command& command) {
  const Arguments given =
      read_arguments(command, {"wC",
                               "prefix registry cache loglevel userconfig workspace tag omit "
                               "include save-prefix otp install-strategy script-shell"});
  PackageAction out;
  out.manager = "npm";
  if (node_tls_off(given)) out.traits.emplace_back("npm-tls-off");
  if (!is_one_of(given.operand(0), "install i add")) return out;
  out.installs = true;
  add_packages(given, 1, npm_package, out);
  return out;
}

PackageAction read_yarn(const Command& command) {
  const Arguments given = read_arguments(
      command,
      {"", "cwd cache-folder modules-folder network-timeout network-concurrency mutex registry"});
  PackageAction out;
  out.manager = "yarn";
  if (node_tls_off(given)) out.traits.emplace_back("npm-tls-off");
  out.cleans = given.operand(0) == "cache" && given.operand(1) == "clean";
  out.installs =
      given.operand(0) == "install" || (given.operands.empty() && !given.has_any("version help"));
  if (out.installs) out.traits.emplace_back("cache-kept");
  return out;
}

// --- gem install: NAME:VERSION, or -v for all that are named

PackageAction read_gem(const Command& command) {
  const Arguments given =
      read_arguments(command, {"ivnsPpg",
                               "install-dir version bindir source trust-policy build-root "
                               "http-proxy bulk-threshold platform file"});
  PackageAction out;
  out.manager = "gem";
  if (!is_one_of(given.operand(0), "install i")) return out;
  out.installs = true;
  const std::string* version =
      given.value("v") != nullptr ? given.value("v") : given.value("version");
  // What stands behind `--` is for the compiler of an extension.
  Command head = command;
  const auto end = std::find_if(head.words.begin(), head.words.end(),
                                [](const shell::Word& word) { return word.text == "--"; });
  head.words.erase(end, head.words.end());
  const Arguments named =
      read_arguments(head, {"ivnsPpg",
                            "install-dir version bindir source "
                            "trust-policy build-root http-proxy platform file"});
  add_packages(
      named, 1,
      [&](std::string_view word) {
        const std::size_t colon = word.find(':');
        if (version != nullptr) return pinned(word, *version);
        if (word.ends_with(".gem")) return pinned(word, {});
        return colon == std::string_view::npos
                   ? unpinned(word)
                   : pinned(word.substr(0, colon), word.substr(colon + 1));
      },
      out);
  return out;
}

// --- go install PACKAGE@VERSION; `latest` and its like are queries (go.dev/ref/mod, "Version
// queries")

Package go_package(std::string_view word) {
  const std::string_view first = word.substr(0, word.find('/'));
  const bool remote =
      first.find('.') != std::string_view::npos && !is_path(word) && !word.starts_with("...");
  const std::size_t at = word.find('@');
  if (at == std::string_view::npos)
    return remote && !word.ends_with(".go") ? unpinned(word) : Package();
  const std::string_view version = word.substr(at + 1);
  if (is_one_of(version, "latest upgrade patch")) return unpinned(word);
  return pinned(word.substr(0, at), version);
}

PackageAction read_go(const Command& command) {
  constexpr std::string_view kValued =
      "-C -p -asmflags -buildmode -compiler -exec -gccgoflags -gcflags -installsuffix -ldflags "
      "-mod "
      "-modfile -o -overlay -pgo -pkgdir -tags -toolexec -covermode -coverpkg";
  PackageAction out;
  out.manager = "go";
  std::size_t i = 1;
  if (i + 1 < command.words.size() && command.words[i].text == "-C") i += 2;
  if (i >= command.words.size() || !is_one_of(command.words[i].text, "install get run")) return out;
  const bool one = command.words[i].text == "run";
  out.installs = true;
  for (++i; i < command.words.size(); ++i) {
    const std::string_view word = command.words[i].text;
    if (word.starts_with('-')) {
      if (is_one_of(word, kValued)) ++i;
      continue;
    }
    Package made = go_package(word);
    if (!made.name.empty()) out.packages.push_back(std::move(made));
    if (one) break;
  }
  return out;
}

struct Reader {
  std::string_view names;
  PackageAction (*read)(const Command& command);
};

constexpr std::array kReaders = {
    Reader{"apt-get apt aptitude", read_apt},
    Reader{"apk", read_apk},
    Reader{"yum dnf dnf5 microdnf tdnf", read_dnf},
    Reader{"yum-config-manager dnf-config-manager", read_config_manager},
    Reader{"rpm", read_rpm},
    Reader{"zypper", read_zypper},
    Reader{"npm", read_npm},
    Reader{"yarn yarnpkg", read_yarn},
    Reader{"gem", read_gem},
    Reader{"go", read_go},
};

}  // namespace

PackageAction read_package_action(const Command& command) {
  const std::string_view name = command.name();
  for (const Reader& reader : kReaders)
    if (is_one_of(name, reader.names)) return reader.read(command);
  if (name.starts_with("p") || name == "uv") return read_python(command);
  return {};
}

}  // namespace plimsoll::dockerfile
