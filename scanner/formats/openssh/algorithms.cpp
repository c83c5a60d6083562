#include "scanner/formats/openssh/algorithms.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/openssh/syntax.h"

namespace plimsoll::openssh {
namespace {

using Names = std::string_view;

constexpr std::array<Names, 10> kCiphers = {"3des-cbc",
                                            "aes128-cbc",
                                            "aes192-cbc",
                                            "aes256-cbc",
                                            "aes128-ctr",
                                            "aes192-ctr",
                                            "aes256-ctr",
                                            "aes128-gcm@openssh.com",
                                            "aes256-gcm@openssh.com",
                                            "chacha20-poly1305@openssh.com"};
constexpr std::array<Names, 6> kDefaultCiphers = {"chacha20-poly1305@openssh.com",
                                                  "aes128-ctr",
                                                  "aes192-ctr",
                                                  "aes256-ctr",
                                                  "aes128-gcm@openssh.com",
                                                  "aes256-gcm@openssh.com"};

constexpr std::array<Names, 16> kMacs = {"hmac-sha1",
                                         "hmac-sha1-96",
                                         "hmac-sha2-256",
                                         "hmac-sha2-512",
                                         "hmac-md5",
                                         "hmac-md5-96",
                                         "umac-64@openssh.com",
                                         "umac-128@openssh.com",
                                         "hmac-sha1-etm@openssh.com",
                                         "hmac-sha1-96-etm@openssh.com",
                                         "hmac-sha2-256-etm@openssh.com",
                                         "hmac-sha2-512-etm@openssh.com",
                                         "hmac-md5-etm@openssh.com",
                                         "hmac-md5-96-etm@openssh.com",
                                         "umac-64-etm@openssh.com",
                                         "umac-128-etm@openssh.com"};
constexpr std::array<Names, 10> kDefaultMacs = {"umac-64-etm@openssh.com",
                                                "umac-128-etm@openssh.com",
                                                "hmac-sha2-256-etm@openssh.com",
                                                "hmac-sha2-512-etm@openssh.com",
                                                "hmac-sha1-etm@openssh.com",
                                                "umac-64@openssh.com",
                                                "umac-128@openssh.com",
                                                "hmac-sha2-256",
                                                "hmac-sha2-512",
                                                "hmac-sha1"};

constexpr std::array<Names, 14> kKex = {"diffie-hellman-group1-sha1",
                                        "diffie-hellman-group14-sha1",
                                        "diffie-hellman-group14-sha256",
                                        "diffie-hellman-group16-sha512",
                                        "diffie-hellman-group18-sha512",
                                        "diffie-hellman-group-exchange-sha1",
                                        "diffie-hellman-group-exchange-sha256",
                                        "ecdh-sha2-nistp256",
                                        "ecdh-sha2-nistp384",
                                        "ecdh-sha2-nistp521",
                                        "curve25519-sha256",
                                        "curve25519-sha256@libssh.org",
                                        "sntrup761x25519-sha512",
                                        "sntrup761x25519-sha512@openssh.com"};
constexpr std::array<Names, 11> kDefaultKex = {"sntrup761x25519-sha512",
                                               "sntrup761x25519-sha512@openssh.com",
                                               "curve25519-sha256",
                                               "curve25519-sha256@libssh.org",
                                               "ecdh-sha2-nistp256",
                                               "ecdh-sha2-nistp384",
                                               "ecdh-sha2-nistp521",
                                               "diffie-hellman-group-exchange-sha256",
                                               "diffie-hellman-group16-sha512",
                                               "diffie-hellman-group18-sha512",
                                               "diffie-hellman-group14-sha256"};
/// Debian's GSSAPI key exchange: names are these and whatever mechanism follows.
constexpr std::array<Names, 7> kGssKex = {
    "gss-gex-sha1-",       "gss-group1-sha1-",     "gss-group14-sha1-",     "gss-group14-sha256-",
    "gss-group16-sha512-", "gss-nistp256-sha256-", "gss-curve25519-sha256-"};

constexpr std::array<Names, 21> kKeys = {"ssh-ed25519",
                                         "ssh-ed25519-cert-v01@openssh.com",
                                         "sk-ssh-ed25519@openssh.com",
                                         "sk-ssh-ed25519-cert-v01@openssh.com",
                                         "ecdsa-sha2-nistp256",
                                         "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                                         "ecdsa-sha2-nistp384",
                                         "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                                         "ecdsa-sha2-nistp521",
                                         "ecdsa-sha2-nistp521-cert-v01@openssh.com",
                                         "sk-ecdsa-sha2-nistp256@openssh.com",
                                         "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                                         "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
                                         "ssh-dss",
                                         "ssh-dss-cert-v01@openssh.com",
                                         "ssh-rsa",
                                         "ssh-rsa-cert-v01@openssh.com",
                                         "rsa-sha2-256",
                                         "rsa-sha2-256-cert-v01@openssh.com",
                                         "rsa-sha2-512",
                                         "rsa-sha2-512-cert-v01@openssh.com"};
constexpr std::array<Names, 16> kDefaultKeys = {"ssh-ed25519-cert-v01@openssh.com",
                                                "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                                                "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                                                "ecdsa-sha2-nistp521-cert-v01@openssh.com",
                                                "sk-ssh-ed25519-cert-v01@openssh.com",
                                                "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                                                "rsa-sha2-512-cert-v01@openssh.com",
                                                "rsa-sha2-256-cert-v01@openssh.com",
                                                "ssh-ed25519",
                                                "ecdsa-sha2-nistp256",
                                                "ecdsa-sha2-nistp384",
                                                "ecdsa-sha2-nistp521",
                                                "sk-ssh-ed25519@openssh.com",
                                                "sk-ecdsa-sha2-nistp256@openssh.com",
                                                "rsa-sha2-512",
                                                "rsa-sha2-256"};
/// Key types by their short names pass the check, in any case, but stand for no algorithm.
constexpr std::array<Names, 7> kShortKeyNames = {"dsa",     "ecdsa",      "ecdsa-sk", "rsa",
                                                 "ed25519", "ed25519-sk", "null"};

constexpr std::array<Names, 11> kSignatures = {"ssh-ed25519",
                                               "sk-ssh-ed25519@openssh.com",
                                               "ecdsa-sha2-nistp256",
                                               "ecdsa-sha2-nistp384",
                                               "ecdsa-sha2-nistp521",
                                               "sk-ecdsa-sha2-nistp256@openssh.com",
                                               "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
                                               "ssh-dss",
                                               "ssh-rsa",
                                               "rsa-sha2-256",
                                               "rsa-sha2-512"};
constexpr std::array<Names, 8> kDefaultSignatures = {"ssh-ed25519",
                                                     "ecdsa-sha2-nistp256",
                                                     "ecdsa-sha2-nistp384",
                                                     "ecdsa-sha2-nistp521",
                                                     "sk-ssh-ed25519@openssh.com",
                                                     "sk-ecdsa-sha2-nistp256@openssh.com",
                                                     "rsa-sha2-512",
                                                     "rsa-sha2-256"};

const AlgorithmKind kKinds[] = {
    {kCiphers, kDefaultCiphers, {}, false},
    {kMacs, kDefaultMacs, {}, false},
    {kKex, kDefaultKex, kGssKex, false},
    {kKeys, kDefaultKeys, kShortKeyNames, true},
    {kSignatures, kDefaultSignatures, kShortKeyNames, true},
};

bool is_gss_kex(std::string_view name) {
  return std::any_of(kGssKex.begin(), kGssKex.end(),
                     [&](std::string_view known) { return name.starts_with(known); });
}

bool has(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool valid_key_name(std::string_view name) {
  if (has(kKeys, name) || has(kShortKeyNames, lower(name))) return true;
  return std::any_of(
             kKeys.begin(), kKeys.end(),
             [&](std::string_view key) { return matches_list(key, name) != ListMatch::none; }) ||
         matches_list("null", name) != ListMatch::none;
}

bool valid_name(const AlgorithmKind& kind, std::string_view name) {
  if (kind.wildcards) return valid_key_name(name);
  return has(kind.all, name) || (kind.also_valid.data() == kGssKex.data() && is_gss_kex(name));
}

/// The check stops at the first empty name, as the program's does: `aes128-ctr,,anything` passes.
bool valid_list(const AlgorithmKind& kind, std::string_view list) {
  if (list.empty()) return false;
  for (const std::string_view name : split(list, ',')) {
    if (name.empty()) return true;
    if (!valid_name(kind, name)) return false;
  }
  return true;
}

void append_new(std::vector<std::string_view>& out, std::string_view name) {
  if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
}

std::string without(const AlgorithmKind& kind, std::string_view patterns) {
  std::vector<std::string_view> kept;
  for (const std::string_view name : kind.defaults)
    if (matches_list(name, patterns) != ListMatch::positive) kept.push_back(name);
  return join(kept, ",");
}

/// Expands each pattern over everything the build knows, dropping repetitions.
std::optional<std::string> expand(const AlgorithmKind& kind,
                                  const std::vector<std::string_view>& patterns) {
  // Negation has no meaning here, and the program refuses it.
  for (const std::string_view pattern : patterns)
    if (pattern.starts_with('!')) return std::nullopt;
  std::vector<std::string_view> out;
  for (const std::string_view pattern : patterns) {
    if (has(kind.all, pattern)) {
      append_new(out, pattern);
      continue;
    }
    for (const std::string_view name : kind.all)
      if (matches_list(name, pattern) == ListMatch::positive) append_new(out, name);
    if (out.size() == kind.all.size()) break;
  }
  if (out.empty()) return std::nullopt;
  return join(out, ",");
}

}  // namespace

const AlgorithmKind& algorithms(Algorithms which) {
  return kKinds[static_cast<std::size_t>(which)];
}

std::string_view default_gss_kex() {
  return "gss-group14-sha256-,gss-group16-sha512-,gss-nistp256-sha256-,gss-curve25519-sha256-,"
         "gss-group14-sha1-,gss-gex-sha1-";
}

bool is_gss_kex_list(std::string_view names) {
  if (names.empty()) return false;
  for (const std::string_view name : split(names, ',')) {
    if (name.empty()) return true;
    if (!is_gss_kex(name)) return false;
  }
  return true;
}

bool valid_algorithms(const AlgorithmKind& kind, std::string_view list) {
  if (list.empty()) return false;
  const char edit = list.front();
  return edit == '-' || valid_list(kind, edit == '+' || edit == '^' ? list.substr(1) : list);
}

std::optional<std::string> assemble_algorithms(const AlgorithmKind& kind, std::string_view list) {
  if (list.empty()) return std::nullopt;
  const char edit = list.front();
  if (edit == '-') return without(kind, list.substr(1));
  const std::string_view names = edit == '+' || edit == '^' ? list.substr(1) : list;
  std::vector<std::string_view> patterns;
  if (edit == '+') patterns.assign(kind.defaults.begin(), kind.defaults.end());
  for (const std::string_view name : split(names, ',')) {
    // Appended names end at the first empty one; a list of its own is taken to its end.
    if (edit == '+' && name.empty()) break;
    patterns.push_back(name);
  }
  if (edit == '^') patterns.insert(patterns.end(), kind.defaults.begin(), kind.defaults.end());
  return expand(kind, patterns);
}

std::string join_names(std::span<const std::string_view> names) {
  return join(std::vector<std::string_view>(names.begin(), names.end()), ",");
}

}  // namespace plimsoll::openssh
