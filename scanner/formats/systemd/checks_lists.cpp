// Directives whose value is several words: each word is judged by itself, and an assignment counts
// when at least one of them does.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/checks.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

constexpr WordSyntax kPlain{};
constexpr WordSyntax kUnquoted{.unquote = true};
constexpr WordSyntax kEscaped{.unquote = true, .c_escapes = true};
constexpr WordSyntax kTuples{.unquote = true, .keep_escapes = true};
constexpr WordSyntax kBare{.keep_escapes = true};
constexpr WordSyntax kParts{.c_escapes = true, .separators = ":"};
constexpr WordSyntax kColons{.separators = ":", .keep_empty = true};

constexpr Verdict accept_if(bool good) { return good ? Verdict::accepted : Verdict::ignored; }

/// What a bad word does to those behind it.
enum class AfterBad { next_word, give_up };

/// Accepted when some word is good. Words before a broken quote have counted already.
Verdict some_word(std::string_view value, const WordSyntax& syntax,
                  const std::function<bool(const std::string&)>& is_good,
                  AfterBad after = AfterBad::next_word) {
  WordReader reader(value, syntax);
  std::string word;
  bool some = false;
  while (reader.next(word) == WordReader::Got::word) {
    const bool good = is_good(word);
    some = some || good;
    if (!good && after == AfterBad::give_up) break;
  }
  return accept_if(some);
}

bool is_word_of(std::string_view word, std::string_view choices) {
  const auto all = split(choices, '|');
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// A path with the marks that may stand before it.
bool is_marked_path(std::string_view word, std::string_view unit, bool plus) {
  if (word.starts_with('-')) word.remove_prefix(1);
  if (plus && word.starts_with('+')) word.remove_prefix(1);
  const auto path = expand(word, unit);
  return path && is_absolute_path(*path);
}

/// A path below a directory that the setting knows, and not that directory itself.
bool is_relative_path(std::string_view text, std::string_view unit) {
  const auto path = expand(text, unit);
  return path && !path->starts_with('/') && !words(*path, "/.").empty() && is_clean_path(*path);
}

/// `12`, `3-7`; empty unless both are CPU numbers. A range that runs backwards holds none.
std::optional<bool> cpu_range(std::string_view word) {
  const auto dash = word.find('-');
  const auto low = unsigned_number(word.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : unsigned_number(word.substr(dash + 1));
  if (!low || !high || *low > 0xFFFFFFFF || *high > 0xFFFFFFFF) return {};
  if (*low <= *high && *high >= 8192) return {};
  return *low <= *high;
}

bool is_address_prefix(std::string_view word) {
  if (is_word_of(word, "any|link-local|multicast")) return true;
  if (is_local_host(word)) return true;
  const auto slash = word.find('/');
  const std::string address(word.substr(0, slash));
  std::array<unsigned char, 16> buffer{};
  const bool v4 = inet_pton(AF_INET, address.c_str(), buffer.data()) == 1;
  if (!v4 && inet_pton(AF_INET6, address.c_str(), buffer.data()) != 1) return false;
  return slash == std::string_view::npos || is_unsigned(word.substr(slash + 1), v4 ? 32 : 128);
}

/// A device node and a second word that `is_good` judges.
Verdict device_and(std::string_view value, std::string_view unit,
                   const std::function<bool(std::string_view)>& is_good) {
  WordReader reader(value, kUnquoted);
  std::string device;
  if (reader.next(device) != WordReader::Got::word || reader.rest().empty())
    return Verdict::ignored;
  const auto path = expand(device, unit);
  return accept_if(path && is_clean_path(*path) && is_good(reader.rest()));
}

}  // namespace

Verdict check_quoted_words(std::string_view value, const Directive&, std::string_view) {
  return some_word(value, kUnquoted, [](const std::string&) { return true; });
}

Verdict check_unit_names(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kBare, [&](const std::string& word) {
    const auto name = expand_name(word, unit);
    return name && is_unit_name(*name);
  });
}

Verdict check_socket_names(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kPlain, [&](const std::string& word) {
    const auto name = expand_name(word, unit);
    return name && name->ends_with(".socket") && is_unit_name(*name);
  });
}

Verdict check_install_names(std::string_view value, const Directive&, std::string_view) {
  return some_word(value, kTuples, [](const std::string&) { return true; });
}

/// systemd.unit(5), Alias=: mounts, slices, swaps and automounts have no aliases.
Verdict check_install_alias(std::string_view value, const Directive& directive,
                            std::string_view unit) {
  const std::string_view type = type_of(unit);
  if (type == "mount" || type == "slice" || type == "swap" || type == "automount")
    return Verdict::ignored;
  return check_install_names(value, directive, unit);
}

Verdict check_path_words(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(
      value, kUnquoted, [&](const std::string& word) { return is_marked_path(word, unit, false); },
      AfterBad::give_up);
}

Verdict check_path_words_each(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kUnquoted, [&](const std::string& word) {
    const auto path = expand(word, unit);
    return path && is_absolute_path(*path);
  });
}

Verdict check_namespace_paths(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kUnquoted,
                   [&](const std::string& word) { return is_marked_path(word, unit, true); });
}

Verdict check_colon_paths(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(
      value, kColons,
      [&](const std::string& word) {
        const auto path = expand(word, unit);
        return path && is_absolute_path(*path);
      },
      AfterBad::give_up);
}

/// systemd.exec(5), BindPaths=: SOURCE[:DESTINATION[:rbind|norbind]].
Verdict check_bind_paths(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kUnquoted, [&](const std::string& word) {
    const auto parts = split(word, ':');
    if (!is_marked_path(parts[0], unit, false)) return false;
    if (parts.size() > 1) {
      const auto path = expand(parts[1], unit);
      if (!path || !is_absolute_path(*path)) return false;
    }
    return parts.size() < 3 || is_word_of(parts[2], "|rbind|norbind");
  });
}

Verdict check_temporary_paths(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kUnquoted, [&](const std::string& word) {
    const auto path = expand(split(word, ':')[0], unit);
    return path && is_absolute_path(*path);
  });
}

Verdict check_image_paths(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kTuples, [&](const std::string& word) {
    return is_marked_path(split(word, ':')[0], unit, false);
  });
}

Verdict check_mount_images(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kTuples, [&](const std::string& word) {
    const auto parts = split(word, ':');
    if (parts.size() < 2 || !is_marked_path(parts[0], unit, false)) return false;
    const auto path = expand(parts[1], unit);
    return path && is_absolute_path(*path);
  });
}

/// systemd.exec(5), RuntimeDirectory=: relative, without `..`, and `private` is taken.
Verdict check_relative_paths(std::string_view value, const Directive& directive,
                             std::string_view unit) {
  return some_word(value, kTuples, [&](const std::string& word) {
    WordReader reader(word, kParts);
    std::string source;
    std::string link;
    if (reader.next(source) != WordReader::Got::word || !is_relative_path(source, unit))
      return false;
    if (words(source, "/")[0] == "private") return false;
    const WordReader::Got got = reader.next(link);
    if (got == WordReader::Got::end) return true;
    return got == WordReader::Got::word && directive.name != "ConfigurationDirectory" &&
           is_relative_path(link, unit);
  });
}

/// systemd.exec(5), RootImageOptions=: [PARTITION:]OPTIONS.
Verdict check_image_options(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kTuples, [&](const std::string& word) {
    std::vector<std::string> parts;
    WordReader reader(word, kParts);
    std::string part;
    while (reader.next(part) == WordReader::Got::word) parts.push_back(part);
    const bool named =
        parts.size() == 2 &&
        is_word_of(parts[0], "root|usr|home|srv|esp|xbootldr|tmp|var|swap|root-verity|usr-verity");
    return (parts.size() == 1 || named) && expand(parts.back(), unit);
  });
}

/// systemd.exec(5), SupplementaryGroups=: one wrong name makes the unit unusable.
Verdict check_users(std::string_view value, const Directive&, std::string_view unit) {
  WordReader reader(value, kPlain);
  std::string word;
  for (;;) {
    const WordReader::Got got = reader.next(word);
    if (got == WordReader::Got::end) return Verdict::accepted;
    const auto name = got == WordReader::Got::word ? expand(word, unit) : std::nullopt;
    if (!name || !is_user_name(*name)) return Verdict::fatal;
  }
}

Verdict check_environment(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kEscaped, [&](const std::string& word) {
    const auto text = expand(word, unit);
    const auto equals = text ? text->find('=') : std::string::npos;
    return equals != std::string::npos && is_variable_name(text->substr(0, equals)) &&
           valid_utf8(*text) == *text;
  });
}

Verdict check_variable_names(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kUnquoted, [&](const std::string& word) {
    const auto name = expand(word, unit);
    return name && is_variable_name(*name);
  });
}

Verdict check_variables(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kEscaped, [&](const std::string& word) {
    const auto text = expand(word, unit);
    return text && is_variable_name(text->substr(0, text->find('=')));
  });
}

/// Journal fields (systemd.journal-fields(7)): capitals, digits, underscores, none in front.
Verdict check_journal_fields(std::string_view value, const Directive&, std::string_view unit) {
  return some_word(value, kEscaped, [&](const std::string& word) {
    const auto text = expand(word, unit);
    const auto equals = text ? text->find('=') : std::string::npos;
    if (equals == std::string::npos || equals > 64) return false;
    const std::string name = text->substr(0, equals);
    return is_variable_name(name) && name[0] != '_' && upper(name) == name;
  });
}

Verdict check_documentation(std::string_view value, const Directive&, std::string_view unit) {
  const auto text = expand(value, unit);
  if (!text) return Verdict::ignored;
  return some_word(*text, kTuples, [](const std::string& word) {
    const bool ascii = std::all_of(word.begin(), word.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    for (const std::string_view scheme : {"http://", "https://", "file:/", "info:", "man:"})
      if (word.starts_with(scheme) && word.size() > scheme.size()) return ascii;
    return false;
  });
}

Verdict check_architectures(std::string_view value, const Directive&, std::string_view) {
  return some_word(value, kUnquoted, [](const std::string& word) {
    return is_word_of(word,
                      "native|x86|x86-64|x32|arm|arm64|mips|mips64|mips64-n32|mips-le|mips64-le|"
                      "mips64-le-n32|parisc|parisc64|ppc|ppc64|ppc64-le|riscv64|s390|s390x");
  });
}

/// systemd.exec(5), RestrictNamespaces=: a boolean, or types; one unknown type spoils all of them.
Verdict check_namespaces(std::string_view value, const Directive&, std::string_view) {
  if (boolean(value)) return Verdict::accepted;
  if (value.starts_with('~')) value.remove_prefix(1);
  WordReader reader(value, kPlain);
  std::string word;
  for (;;) {
    const WordReader::Got got = reader.next(word);
    if (got == WordReader::Got::end) return Verdict::accepted;
    if (got == WordReader::Got::bad || !is_word_of(word, "cgroup|ipc|net|mnt|pid|user|uts|time"))
      return Verdict::ignored;
  }
}

Verdict check_cpu_set(std::string_view value, const Directive&, std::string_view unit) {
  const auto text = expand(value, unit);
  if (!text) return Verdict::ignored;
  WordReader reader(*text, {.unquote = true, .separators = " \t\n\r,"});
  std::string word;
  bool some = false;
  for (;;) {
    const WordReader::Got got = reader.next(word);
    if (got == WordReader::Got::end) return accept_if(some);
    const auto range = got == WordReader::Got::word ? cpu_range(word) : std::nullopt;
    if (!range) return Verdict::ignored;
    some = some || *range;
  }
}

Verdict check_cpu_affinity(std::string_view value, const Directive& directive,
                           std::string_view unit) {
  return value == "numa" ? Verdict::accepted : check_cpu_set(value, directive, unit);
}

Verdict check_numa_mask(std::string_view value, const Directive& directive, std::string_view unit) {
  return value == "all" ? Verdict::accepted : check_cpu_set(value, directive, unit);
}

Verdict check_coredump_filter(std::string_view value, const Directive&, std::string_view) {
  WordReader reader(value, kPlain);
  std::string word;
  for (;;) {
    const WordReader::Got got = reader.next(word);
    if (got == WordReader::Got::end) return Verdict::accepted;
    const bool named = is_word_of(
        word,
        "default|all|private-anonymous|shared-anonymous|private-file-backed|shared-file-backed|"
        "elf-headers|private-huge|shared-huge|private-dax|shared-dax");
    const std::string_view digits = word;
    if (digits.starts_with('-')) return Verdict::ignored;
    if (got == WordReader::Got::bad ||
        (!named && !to_integer(digits.starts_with("0x") ? digits.substr(2) : digits, 16)))
      return Verdict::ignored;
  }
}

Verdict check_controllers(std::string_view value, const Directive&, std::string_view) {
  return some_word(value, kPlain, [](const std::string& word) {
    return is_word_of(word,
                      "cpu|cpuacct|cpuset|io|blkio|memory|devices|pids|bpf-firewall|bpf-devices|"
                      "bpf-foreign|bpf-socket-bind|bpf-restrict-network-interfaces");
  });
}

/// systemd.resource-control(5), Delegate=: words, known or not, turn it on.
Verdict check_delegate(std::string_view value, const Directive&, std::string_view) {
  WordReader reader(value, kUnquoted);
  std::string word;
  WordReader::Got got = WordReader::Got::word;
  while (got == WordReader::Got::word) got = reader.next(word);
  return accept_if(got == WordReader::Got::end);
}

Verdict check_exit_statuses(std::string_view value, const Directive& directive,
                            std::string_view unit) {
  return some_word(value, kPlain, [&](const std::string& word) {
    return is_unsigned(word, 255) ||
           is_word_of(
               word,
               "SUCCESS|FAILURE|CHDIR|NICE|FDS|EXEC|MEMORY|LIMITS|OOM_ADJUST|SIGNAL_MASK|STDIN|"
               "STDOUT|CHROOT|IOPRIO|TIMERSLACK|SECUREBITS|SETSCHEDULER|CPUAFFINITY|GROUP|USER|"
               "CAPABILITIES|CGROUP|SETSID|CONFIRM|STDERR|PAM|NETWORK|NAMESPACE|"
               "NO_NEW_PRIVILEGES|SECCOMP|SELINUX_CONTEXT|PERSONALITY|APPARMOR|"
               "ADDRESS_FAMILIES|RUNTIME_DIRECTORY|CHOWN|SMACK_PROCESS_LABEL|KEYRING|"
               "STATE_DIRECTORY|CACHE_DIRECTORY|LOGS_DIRECTORY|CONFIGURATION_DIRECTORY|"
               "NUMA_POLICY|CREDENTIALS|BPF|EXCEPTION|INVALIDARGUMENT|NOTIMPLEMENTED|"
               "NOPERMISSION|NOTINSTALLED|NOTCONFIGURED|NOTRUNNING|USAGE|DATAERR|NOINPUT|NOUSER|"
               "NOHOST|UNAVAILABLE|SOFTWARE|OSERR|OSFILE|CANTCREAT|IOERR|TEMPFAIL|PROTOCOL|"
               "NOPERM|CONFIG") ||
           check_signal(word, directive, unit) == Verdict::accepted;
  });
}

Verdict check_interfaces(std::string_view value, const Directive&, std::string_view) {
  if (value.starts_with('~')) value.remove_prefix(1);
  return some_word(value, kUnquoted,
                   [](const std::string& word) { return is_interface_name(word); });
}

Verdict check_address_prefixes(std::string_view value, const Directive&, std::string_view) {
  return some_word(value, kPlain, [](const std::string& word) { return is_address_prefix(word); });
}

Verdict check_device_allow(std::string_view value, const Directive&, std::string_view unit) {
  WordReader reader(value, kUnquoted);
  std::string device;
  if (reader.next(device) != WordReader::Got::word) return Verdict::ignored;
  const auto path = expand(device, unit);
  if (!path || reader.rest().find_first_not_of("rwm") != std::string_view::npos)
    return Verdict::ignored;
  if (path->starts_with("block-") || path->starts_with("char-")) return Verdict::accepted;
  return accept_if(is_clean_path(*path) &&
                   (path->starts_with("/dev/") || path->starts_with("/run/systemd/inaccessible/")));
}

Verdict check_device_weight(std::string_view value, const Directive&, std::string_view unit) {
  return device_and(value, unit, [](std::string_view weight) {
    return is_unsigned(weight, 10000) && !is_unsigned(weight, 0);
  });
}

Verdict check_device_block_weight(std::string_view value, const Directive&, std::string_view unit) {
  return device_and(value, unit, [](std::string_view weight) {
    return is_unsigned(weight, 1000) && !is_unsigned(weight, 9);
  });
}

Verdict check_device_limit(std::string_view value, const Directive& directive,
                           std::string_view unit) {
  const bool may_be_infinite = !directive.name.starts_with("BlockIO");
  return device_and(value, unit, [&](std::string_view limit) {
    return (may_be_infinite && limit == "infinity") || byte_size(limit, 1000).value_or(0) > 0;
  });
}

Verdict check_device_latency(std::string_view value, const Directive&, std::string_view unit) {
  return device_and(value, unit, [](std::string_view span) { return time_span(span).has_value(); });
}

/// systemd.exec(5), SetCredential=: ID:VALUE.
Verdict check_set_credential(std::string_view value, const Directive& directive,
                             std::string_view unit) {
  WordReader reader(value, kColons);
  std::string id;
  if (reader.next(id) != WordReader::Got::word || reader.rest().empty()) return Verdict::ignored;
  const auto name = expand(id, unit);
  if (!name || !is_file_name(*name) || !is_printable_ascii(*name)) return Verdict::ignored;
  if (directive.name == "SetCredentialEncrypted")
    return check_base64(reader.rest(), directive, unit);
  return accept_if(resolve_escapes(reader.rest(), true).has_value());
}

Verdict check_load_credential(std::string_view value, const Directive&, std::string_view unit) {
  WordReader reader(value, kColons);
  std::string id;
  if (reader.next(id) != WordReader::Got::word) return Verdict::ignored;
  const auto name = expand(id, unit);
  if (!name || !is_file_name(*name) || !is_printable_ascii(*name)) return Verdict::ignored;
  if (reader.rest().empty()) return Verdict::accepted;
  const auto source = expand(reader.rest(), unit);
  return accept_if(source &&
                   (source->starts_with('/')
                        ? is_clean_path(*source) && source->find("//") == std::string::npos
                        : is_file_name(*source) && is_printable_ascii(*source) &&
                              source->find(':') == std::string::npos));
}

Verdict check_bpf_program(std::string_view value, const Directive&, std::string_view unit) {
  const auto colon = value.find(':');
  if (colon == std::string_view::npos) return Verdict::ignored;
  const auto path = expand(value.substr(colon + 1), unit);
  return accept_if(
      path && is_absolute_path(*path) &&
      is_word_of(value.substr(0, colon),
                 "ingress|egress|sock_create|sock_ops|device|bind4|bind6|connect4|connect6|"
                 "post_bind4|post_bind6|sendmsg4|sendmsg6|sysctl|recvmsg4|recvmsg6|getsockopt|"
                 "setsockopt"));
}

/// systemd.resource-control(5), SocketBindAllow=: [FAMILY:][PROTOCOL:]PORTS.
Verdict check_socket_bind(std::string_view value, const Directive&, std::string_view) {
  const auto parts = split(value, ':');
  std::size_t at = 0;
  if (at < parts.size() && is_word_of(parts[at], "ipv4|ipv6")) ++at;
  if (at < parts.size() && is_word_of(parts[at], "tcp|udp")) ++at;
  if (at < parts.size() && parts[at] != "any") {
    const auto dash = parts[at].find('-');
    const auto low = unsigned_number(parts[at].substr(0, dash));
    const auto high =
        dash == std::string_view::npos ? low : unsigned_number(parts[at].substr(dash + 1));
    if (!low || !high || *low < 1 || *high < *low || *high > 65535) return Verdict::ignored;
  }
  if (at < parts.size()) ++at;
  return accept_if(at == parts.size() && at > 0);
}

}  // namespace plimsoll::systemd
