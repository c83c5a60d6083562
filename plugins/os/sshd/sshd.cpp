#include "plugins/os/sshd/reader.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"acceptenv", Type::set, "environment variables a client may set; one row a pattern"},
    Field{"addressfamily", Type::text, "any, inet or inet6"},
    Field{"allowagentforwarding", Type::boolean, "agent forwarding"},
    Field{"allowgroups", Type::set, "groups that may log in; one row a pattern"},
    Field{"allowstreamlocalforwarding", Type::text, "yes, no, local or remote"},
    Field{"allowtcpforwarding", Type::text, "yes, no, local or remote"},
    Field{"allowusers", Type::set, "users that may log in; one row a pattern"},
    Field{"authenticationmethods", Type::text, "methods that must all succeed, or any"},
    Field{"authorizedkeyscommand", Type::text, "a program that looks up keys, or none"},
    Field{"authorizedkeyscommanduser", Type::text, "the user it runs as"},
    Field{"authorizedkeysfile", Type::list, "files with the keys of a user"},
    Field{"banner", Type::text, "a file shown before authentication, or none"},
    Field{"casignaturealgorithms", Type::list, "signatures accepted of certificate authorities"},
    Field{"chrootdirectory", Type::text, "the root of sessions, or none"},
    Field{"ciphers", Type::list, "ciphers offered, edits worked out"},
    Field{"clientalivecountmax", Type::integer, "unanswered probes before a client is dropped"},
    Field{"clientaliveinterval", Type::duration, "time between probes, seconds; 0 is never"},
    Field{"compression", Type::text, "yes (after authentication) or no"},
    Field{"denygroups", Type::set, "groups that may not log in; one row a pattern"},
    Field{"denyusers", Type::set, "users that may not log in; one row a pattern"},
    Field{"disableforwarding", Type::boolean, "forbids every kind of forwarding"},
    Field{"exposeauthinfo", Type::boolean, "a file tells the session how it authenticated"},
    Field{"fingerprinthash", Type::text, "hash of fingerprints in the log"},
    Field{"forcecommand", Type::text, "the only command that sessions may run, or none"},
    Field{"gatewayports", Type::text, "whether forwarded ports bind beyond loopback"},
    Field{"gssapiauthentication", Type::boolean, "authentication by GSSAPI"},
    Field{"gssapicleanupcredentials", Type::boolean, "forwarded credentials end with the session"},
    Field{"gssapikeyexchange", Type::boolean, "key exchange by GSSAPI"},
    Field{"gssapikexalgorithms", Type::list, "key exchanges by GSSAPI"},
    Field{"hostbasedacceptedalgorithms", Type::list, "signatures accepted of client hosts"},
    Field{"hostbasedauthentication", Type::boolean, "authentication by the client's host"},
    Field{"hostkey", Type::set, "private host keys; one row a file"},
    Field{"hostkeyalgorithms", Type::list, "signatures offered by the host"},
    Field{"ignorerhosts", Type::text, "yes, no or shosts-only"},
    Field{"ignoreuserknownhosts", Type::boolean, "~/.ssh/known_hosts does not vouch for hosts"},
    Field{"ipqos", Type::text, "traffic classes: interactive, bulk"},
    Field{"kbdinteractiveauthentication", Type::boolean, "keyboard-interactive authentication"},
    Field{"kerberosauthentication", Type::boolean, "passwords are checked by Kerberos"},
    Field{"kexalgorithms", Type::list, "key exchanges offered, edits worked out"},
    Field{"listenaddress", Type::set, "addresses with ports; one row each"},
    Field{"logingracetime", Type::duration, "time to authenticate, seconds; 0 is no limit"},
    Field{"loglevel", Type::text, "how much is logged"},
    Field{"macs", Type::list, "message authentication codes offered, edits worked out"},
    Field{"maxauthtries", Type::integer, "attempts a connection"},
    Field{"maxsessions", Type::integer, "sessions a connection"},
    Field{"maxstartups", Type::text, "unauthenticated connections: start:rate:full"},
    Field{"passwordauthentication", Type::boolean, "authentication by password"},
    Field{"permitemptypasswords", Type::boolean, "accounts without a password may log in"},
    Field{"permitlisten", Type::list, "ports that clients may forward to themselves"},
    Field{"permitopen", Type::list, "destinations of TCP forwarding"},
    Field{"permitrootlogin", Type::text, "no, without-password, forced-commands-only or yes"},
    Field{"permittty", Type::boolean, "terminals"},
    Field{"permittunnel", Type::text, "tun devices: no, point-to-point, ethernet or yes"},
    Field{"permituserenvironment", Type::text, "~/.ssh/environment counts: no, yes or a pattern"},
    Field{"permituserrc", Type::boolean, "~/.ssh/rc is run"},
    Field{"persourcemaxstartups", Type::text,
          "unauthenticated connections of one address, or none"},
    Field{"persourcenetblocksize", Type::text, "bits of an address that count: IPv4:IPv6"},
    Field{"port", Type::set, "ports; one row each"},
    Field{"printlastlog", Type::boolean, "the last login is shown"},
    Field{"printmotd", Type::boolean, "/etc/motd is shown"},
    Field{"pubkeyacceptedalgorithms", Type::list, "signatures accepted of users"},
    Field{"pubkeyauthentication", Type::boolean, "authentication by public key"},
    Field{"rekeylimit", Type::text, "bytes and seconds until keys are renewed; 0 is the default"},
    Field{"requiredrsasize", Type::integer, "least bits of an RSA key"},
    Field{"streamlocalbindmask", Type::mode, "mask of forwarded sockets"},
    Field{"strictmodes", Type::boolean, "modes of users' files are checked"},
    Field{"subsystem", Type::text, "name and command; one row each"},
    Field{"syslogfacility", Type::text, "facility of log messages"},
    Field{"tcpkeepalive", Type::boolean, "keepalive messages of TCP"},
    Field{"usedns", Type::boolean, "client names are looked up"},
    Field{"usepam", Type::boolean, "accounts and sessions go through PAM"},
    Field{"x11displayoffset", Type::integer, "first display number"},
    Field{"x11forwarding", Type::boolean, "X11 forwarding"},
    Field{"x11uselocalhost", Type::boolean, "forwarded displays bind to loopback"},
    Field{"@contradiction", Type::text,
          "a keyword that a later line of the file gives another value"},
    Field{"@ignored", Type::text, "a line that has no effect in this version"},
    Field{"@file", Type::text, "a file that was read"},
};

// The second is where SUSE ships its own; it counts when /etc has none.
constexpr std::array<std::string_view, 2> kFiles = {"/etc/ssh/sshd_config",
                                                    "/usr/etc/ssh/sshd_config"};

/// What dpkg knows of a package: its version when installed; `known` also for removed ones.
struct Installed {
  bool database = false;
  bool known = false;
  std::string version;
};

Installed openssh_server(const Root& root) {
  Installed out;
  const auto status = root.read("/var/lib/dpkg/status");
  if (!status) return out;
  out.database = true;
  constexpr std::string_view kHead = "Package: openssh-server\n";
  auto at = status->starts_with(kHead) ? 0 : status->find("\n" + std::string(kHead));
  if (at == std::string_view::npos) return out;
  out.known = true;
  const std::string_view paragraph = status->substr(at, status->find("\n\n", at) - at);
  bool installed = false;
  for (const Line& line : lines(paragraph)) {
    if (line.text.starts_with("Status: ")) installed = line.text.ends_with(" installed");
    if (line.text.starts_with("Version: ")) out.version = std::string(line.text.substr(9));
  }
  if (!installed) out.version.clear();
  return out;
}

/// The upstream part of a Debian version: `1:9.2p1-2` gives `9.2`.
std::string_view upstream(std::string_view version) {
  version = version.substr(version.find(':') == std::string_view::npos ? 0 : version.find(':') + 1);
  return version.substr(0, version.find_first_not_of("0123456789."));
}

Facts read_sshd(const Request& request) {
  Facts facts;
  const Installed package = openssh_server(request.root);
  std::string main_file;
  for (const std::string_view file : kFiles) {
    const auto stat = request.root.lstat(file);
    if (stat || stat.error().code != ErrorCode::not_found) {
      main_file = std::string(file);
      break;
    }
  }
  const bool program = request.root.exists("/usr/sbin/sshd");
  if (package.version.empty() && !program && (main_file.empty() || package.known)) {
    facts.not_applicable = package.known ? "openssh-server is not installed any more"
                                         : "there is no /etc/ssh/sshd_config and no openssh-server";
    return facts;
  }
  if (main_file.empty()) {
    facts.gap({ErrorCode::not_found,
               "openssh-server is installed, but its configuration is missing: sshd does not start",
               {std::string(kFiles[0])}});
    return facts;
  }
  const bool known = package.version.empty() || upstream(package.version) == "9.2";
  sshd::read_configuration(request, main_file, known ? std::string() : package.version, facts);
  return facts;
}

}  // namespace

extern const Probe sshd_probe;
const Probe sshd_probe{
    .name = "sshd",
    .group = "os",
    .summary = "what the OpenSSH server is configured to do",
    .semantics = "sshd_config(5), sshd(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_sshd,
    .files = kFiles,
};

}  // namespace plimsoll
