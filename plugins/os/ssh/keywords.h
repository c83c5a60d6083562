#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::ssh {

/// How the arguments of a keyword are read and how `ssh -G` prints the value.
enum class Kind : std::uint8_t {
  flag,      ///< `yes` or `no`
  choice,    ///< one of `choices`, any case, told as it stands behind `=`
  number,    ///< 0 to 2147483647
  duration,  ///< seconds or `1h30m`; `none` is as if the line were not there
  text,      ///< the first argument
  command,   ///< the rest of the line as it stands
  files,     ///< all arguments; `none` alone
  algorithms,
  gss_kex,
  port,
  escape,
  qos,
  tunnel_device,
  persist,  ///< ControlPersist
  rekey,
  mask,        ///< StreamLocalBindMask: the last counts, wherever it stands
  agent_keys,  ///< AddKeysToAgent
  agent,       ///< ForwardAgent: a flag or a socket
  jump,
  open_list,  ///< PermitRemoteOpen
  item,       ///< one argument; lines add up
  environment_names,
  environment,
  forward,
  facility,  ///< SyslogFacility: counts wherever it stands
  domains,   ///< CanonicalDomains
  cnames,    ///< CanonicalizePermittedCNAMEs
  first,     ///< of several arguments the first is taken
  file,      ///< `@file`
  ignored,   ///< deprecated or not built in: read past
};

struct Keyword {
  std::string_view name;  ///< in the file, lower case
  std::string_view key;   ///< in the dump
  Kind kind = Kind::text;
  std::string_view choices = {};   ///< `true=yes no`, or the kind of algorithm
  std::string_view fallback = {};  ///< the built-in default; empty: not told
};

std::span<const Keyword> keywords();
const Keyword* find_keyword(std::string_view name);

}  // namespace plimsoll::ssh
