#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::sshd {

/// How the arguments of a keyword are read and how its value is printed.
enum class Kind : std::uint8_t {
  flag,
  choice,    ///< one of `choices`, any case; `as=canonical` where the dump says it otherwise
  exact,     ///< one of `choices`, case counts
  integer,   ///< 0 to 2147483647
  duration,  ///< seconds, or `1h30m`
  path,      ///< `none`, or a file name made absolute
  text,      ///< the first argument
  cleared,   ///< the first argument; `none` in any case is no value
  tilde,     ///< a file name that keeps its % tokens
  key_agent,
  key_provider,
  host_file,  ///< HostKey, HostCertificate: paths that accumulate
  ciphers,
  macs,
  kex,
  keys,
  ca_signatures,
  gss_kex,
  port,
  listen_address,
  log_verbose,
  users,
  groups,
  accept_env,
  set_env,
  subsystem,
  max_startups,
  net_block_size,
  per_source_max,
  keys_file,
  user_environment,
  rekey_limit,
  permit_open,
  permit_listen,
  force_command,
  version_addendum,
  command,
  methods,
  ip_qos,
  octal_mask,
  pubkey_options,
  channel_timeout,
  unused_timeout,
  include,
  match,
  ignored,      ///< deprecated or not compiled in: taken and without effect
  unsupported,  ///< refused on this platform
};

/// A word of sshd_config(5), as OpenSSH 9.2p1 of Debian 12 knows it.
struct Keyword {
  std::string_view name;
  std::string_view key;  ///< the name in the dump: `keepalive` is `tcpkeepalive`
  Kind kind = Kind::flag;
  bool in_match = false;  ///< may stand in a Match block
  std::span<const std::string_view> choices;
};

/// The keyword of that name in any case, or null.
const Keyword* find_keyword(std::string_view name);

struct Default {
  std::string_view key;
  std::string_view value;
};
/// What `sshd -T` says of an empty configuration; algorithm lists, ports and addresses aside.
std::span<const Default> defaults();

}  // namespace plimsoll::sshd
