// Directives that take one value: numbers, times, sizes, names, paths.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <limits>
#include <string>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/checks.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

constexpr Verdict accept_if(bool good) { return good ? Verdict::accepted : Verdict::ignored; }
constexpr Verdict accept_or_fail(bool good) { return good ? Verdict::accepted : Verdict::fatal; }

bool is_choice(std::string_view value, std::string_view choices) {
  const auto all = split(choices, '|');
  return std::find(all.begin(), all.end(), value) != all.end();
}

constexpr std::int64_t kMostInt = std::numeric_limits<std::int32_t>::max();
constexpr std::uint64_t kMostUnsigned = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kInfinite = std::numeric_limits<std::uint64_t>::max();

/// One of the two numbers of a resource limit, comparable; empty when it is none.
std::optional<std::uint64_t> limit_number(std::string_view text, std::string_view kind) {
  if (kind != "nice" && text == "infinity") return kInfinite;
  if (kind == "seconds" || kind == "microseconds") {
    const auto span = time_span(text, kind == "seconds" ? 1'000'000 : 1);
    if (!span || *span == kInfinite || kind == "microseconds") return span;
    return (*span + 999'999) / 1'000'000;
  }
  if (kind == "nice" && !text.empty()) {
    const bool has_sign = text.front() == '+' || text.front() == '-';
    const auto number = unsigned_number(has_sign ? text.substr(1) : text);
    if (!number) return {};
    if (text.front() == '+') return *number < 20 ? std::optional(20 - *number) : std::nullopt;
    if (text.front() == '-') return *number <= 20 ? std::optional(20 + *number) : std::nullopt;
    return *number <= 40 ? number : std::nullopt;
  }
  const auto number = kind == "size" ? byte_size(text, 1024) : unsigned_number(text);
  return number && *number < kInfinite ? number : std::nullopt;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ' ';
  });
}

/// `fd:`, `file:` and the like with a name or a path behind.
Verdict check_stream(std::string_view value, std::string_view unit, std::string_view choices,
                     std::initializer_list<std::string_view> with_path) {
  if (value.starts_with("fd:")) {
    const auto name = expand(value.substr(3), unit);
    return accept_if(name && (name->empty() || (is_printable_ascii(*name) && name->size() <= 255 &&
                                                name->find(':') == std::string::npos)));
  }
  for (const std::string_view prefix : with_path) {
    if (!value.starts_with(prefix)) continue;
    const auto path = expand(value.substr(prefix.size()), unit);
    return accept_if(path && is_absolute_path(*path));
  }
  return accept_if(is_choice(value, choices));
}

/// bus_name(7): two or more elements with dots between, none beginning with a digit.
bool is_bus_name(std::string_view name) {
  if (name.size() > 255 || name.starts_with(':')) return false;
  const auto parts = split(name, '.');
  if (parts.size() < 2) return false;
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    if (part.empty() || (part[0] >= '0' && part[0] <= '9')) return false;
    return std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '_' || c == '-';
    });
  });
}

bool is_port(std::string_view text) {
  const auto number = unsigned_number(text);
  return number && *number > 0 && *number <= 65535 &&
         kBlank.find(text.front()) == std::string_view::npos;
}

/// systemd.socket(5), ListenStream=: a path, an abstract name, a port, an address with a port.
bool is_socket_address(const std::string& text) {
  if (text.empty()) return false;
  if (text[0] == '/' || text[0] == '@') return text.size() > 1 && text.size() < 108;
  if (text.starts_with("vsock:")) {
    const auto colon = text.find(':', 6);
    if (colon == std::string::npos) return false;
    const std::string cid = text.substr(6, colon - 6);
    return is_unsigned(text.substr(colon + 1), kMostUnsigned) &&
           (cid.empty() || is_unsigned(cid, kMostUnsigned));
  }
  if (is_port(text)) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size() || !is_port(text.substr(colon + 1)))
    return false;
  std::string address = text.substr(0, colon);
  std::array<unsigned char, 16> buffer{};
  if (inet_pton(AF_INET, address.c_str(), buffer.data()) == 1) return true;
  if (!address.starts_with('[') || !address.ends_with(']')) return false;
  address = address.substr(1, address.size() - 2);
  return inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), buffer.data()) == 1;
}

}  // namespace

Verdict check_anything(std::string_view, const Directive&, std::string_view) {
  return Verdict::accepted;
}

Verdict check_expandable(std::string_view value, const Directive&, std::string_view unit) {
  return accept_if(expand(value, unit).has_value());
}

Verdict check_boolean(std::string_view value, const Directive&, std::string_view) {
  return accept_if(boolean(value).has_value());
}

Verdict check_boolean_or_fail(std::string_view value, const Directive&, std::string_view) {
  return accept_or_fail(boolean(value).has_value());
}

Verdict check_choice(std::string_view value, const Directive& directive, std::string_view) {
  return accept_if(is_choice(value, directive.more.choices));
}

Verdict check_boolean_or_choice(std::string_view value, const Directive& directive,
                                std::string_view) {
  return accept_if(boolean(value) || is_choice(value, directive.more.choices));
}

/// `MOST:WORD|WORD`: one of the words, or the number that stands for one.
Verdict check_number_or_choice(std::string_view value, const Directive& directive,
                               std::string_view) {
  const auto colon = directive.more.choices.find(':');
  const auto most = to_integer(directive.more.choices.substr(0, colon)).value_or(0);
  return accept_if(is_choice(value, directive.more.choices.substr(colon + 1)) ||
                   is_unsigned(value, static_cast<std::uint64_t>(most)));
}

Verdict check_seconds(std::string_view value, const Directive&, std::string_view) {
  return accept_if(time_span(value).has_value());
}

Verdict check_nanoseconds(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_nanoseconds(value));
}

Verdict check_unsigned_number(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_unsigned(value, kMostUnsigned));
}

Verdict check_integer(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, -kMostInt - 1, kMostInt));
}

Verdict check_long_integer(std::string_view value, const Directive&, std::string_view) {
  return accept_if(signed_number(value).has_value());
}

Verdict check_byte(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_unsigned(value, 255));
}

Verdict check_size(std::string_view value, const Directive&, std::string_view) {
  return accept_if(byte_size(value, 1024).has_value());
}

Verdict check_size_or_infinity(std::string_view value, const Directive& directive,
                               std::string_view unit) {
  return value == "infinity" ? Verdict::accepted : check_size(value, directive, unit);
}

Verdict check_boolean_or_size(std::string_view value, const Directive& directive,
                              std::string_view unit) {
  return boolean(value) ? Verdict::accepted : check_size(value, directive, unit);
}

Verdict check_boolean_or_integer(std::string_view value, const Directive& directive,
                                 std::string_view unit) {
  return boolean(value) ? Verdict::accepted : check_integer(value, directive, unit);
}

Verdict check_seconds_or_choice(std::string_view value, const Directive& directive,
                                std::string_view) {
  return accept_if(is_choice(value, directive.more.choices) || time_span(value));
}

Verdict check_long_number(std::string_view value, const Directive&, std::string_view) {
  return accept_if(unsigned_number(value).has_value());
}

/// logind.conf(5), RuntimeDirectorySize=: a share of the memory, or bytes.
Verdict check_memory_share(std::string_view value, const Directive& directive,
                           std::string_view unit) {
  if (check_permyriad(value, directive, unit) == Verdict::accepted) return Verdict::accepted;
  return check_size(value, directive, unit);
}

/// Paths in the configuration of programs know no specifiers.
Verdict check_plain_path(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_absolute_path(value));
}

Verdict check_mode(std::string_view value, const Directive&, std::string_view) {
  value = trim_left(value, kBlank);
  if (value.starts_with('+') || value.starts_with('-')) return Verdict::ignored;
  const auto mode = to_integer(value, 8);
  return accept_if(mode && *mode <= 07777);
}

Verdict check_nice(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, -20, 19));
}

Verdict check_oom_score(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, -1000, 1000));
}

Verdict check_io_priority(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, 0, 7));
}

Verdict check_realtime_priority(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, 0, 99));
}

Verdict check_swap_priority(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_signed(value, -1, 32767));
}

Verdict check_weight(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_unsigned(value, 10000) && !is_unsigned(value, 0));
}

Verdict check_cpu_weight(std::string_view value, const Directive& directive,
                         std::string_view unit) {
  return value == "idle" ? Verdict::accepted : check_weight(value, directive, unit);
}

Verdict check_cpu_shares(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_unsigned(value, 262144) && !is_unsigned(value, 1));
}

Verdict check_block_weight(std::string_view value, const Directive&, std::string_view) {
  return accept_if(is_unsigned(value, 1000) && !is_unsigned(value, 9));
}

Verdict check_permyriad(std::string_view value, const Directive&, std::string_view) {
  const auto share = permyriad(value);
  return accept_if(share && *share <= 10000);
}

Verdict check_cpu_quota(std::string_view value, const Directive&, std::string_view) {
  const auto share = permyriad(value);
  return accept_if(share && *share > 0);
}

/// systemd.resource-control(5): a percentage of the memory, or bytes; zero only for some.
Verdict check_memory_limit(std::string_view value, const Directive& directive, std::string_view) {
  if (value == "infinity") return Verdict::accepted;
  const auto share = permyriad(value);
  std::optional<std::uint64_t> bytes;
  if (share && *share <= 10000)
    bytes = static_cast<std::uint64_t>(*share);  // zero stays zero, whatever the memory
  else
    bytes = byte_size(value, 1024);
  if (!bytes || *bytes == kInfinite) return Verdict::ignored;
  const bool may_be_zero = directive.name != "MemoryHigh" && directive.name != "MemoryMax" &&
                           directive.name != "MemoryLimit";
  return accept_if(*bytes > 0 || may_be_zero);
}

Verdict check_tasks_max(std::string_view value, const Directive& directive, std::string_view unit) {
  if (value == "infinity" || check_permyriad(value, directive, unit) == Verdict::accepted)
    return Verdict::accepted;
  const auto number = unsigned_number(value);
  return accept_if(number && *number > 0 && *number < kInfinite);
}

/// systemd.exec(5), LimitCPU= and others: `SOFT`, or `SOFT:HARD` with the hard one not below.
Verdict check_rlimit(std::string_view value, const Directive& directive, std::string_view) {
  const auto colon = value.find(':');
  const auto soft = limit_number(value.substr(0, colon), directive.more.choices);
  if (!soft || colon == std::string_view::npos) return accept_if(soft.has_value());
  const auto hard = limit_number(value.substr(colon + 1), directive.more.choices);
  return accept_if(hard && *soft <= *hard);
}

Verdict check_signal(std::string_view value, const Directive&, std::string_view) {
  constexpr std::string_view kNames =
      "HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD|CONT|STOP|"
      "TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|PWR|SYS";
  constexpr std::int64_t kSpan = 30;  // from SIGRTMIN to SIGRTMAX
  if (signed_number(value)) return accept_if(is_signed(value, 1, 64));
  if (value.starts_with("SIG")) value.remove_prefix(3);
  if (value == "RTMIN" || value == "RTMAX" || is_choice(value, kNames)) return Verdict::accepted;
  if (value.starts_with("RTMIN+")) return accept_if(is_signed(value.substr(5), 0, kSpan));
  if (value.starts_with("RTMAX-")) return accept_if(is_signed(value.substr(5), -kSpan, 0));
  return Verdict::ignored;
}

Verdict check_error_number(std::string_view value, const Directive&, std::string_view) {
  if (value == "kill" || is_signed(value, 1, 4095)) return Verdict::accepted;
  for (int number = 1; number < 134; ++number) {
    const char* name = strerrorname_np(number);
    if (name != nullptr && value == name) return Verdict::accepted;
  }
  return accept_if(value == "EWOULDBLOCK" || value == "EDEADLOCK" || value == "ENOTSUP");
}

Verdict check_absolute_path(std::string_view value, const Directive&, std::string_view unit) {
  const auto path = expand(value, unit);
  return accept_if(path && (path->empty() || is_absolute_path(*path)));
}

Verdict check_absolute_path_or_fail(std::string_view value, const Directive& directive,
                                    std::string_view unit) {
  return accept_or_fail(check_absolute_path(value, directive, unit) == Verdict::accepted);
}

Verdict check_optional_path(std::string_view value, const Directive&, std::string_view unit) {
  const auto path = expand(value, unit);
  if (!path) return Verdict::ignored;
  const std::string_view text = *path;
  return accept_if(is_absolute_path(text.starts_with('-') ? text.substr(1) : text));
}

/// systemd.exec(5), WorkingDirectory=: `~`, or a path; with `-` a wrong one is passed over.
Verdict check_working_directory(std::string_view value, const Directive&, std::string_view unit) {
  const bool may_be_missing = value.starts_with('-');
  if (may_be_missing) value.remove_prefix(1);
  if (value == "~") return Verdict::accepted;
  const auto path = expand(value, unit);
  const bool good = path && is_absolute_path(*path);
  return may_be_missing ? accept_if(good) : accept_or_fail(good);
}

/// systemd.service(5), PIDFile=: a relative path is one below /run. A wrong one ends the file.
Verdict check_pid_file(std::string_view value, const Directive&, std::string_view unit) {
  const auto path = expand(value, unit);
  if (!path) return Verdict::ignored;
  return accept_or_fail(is_clean_path(path->starts_with('/') ? *path : "/run/" + *path));
}

Verdict check_root_hash(std::string_view value, const Directive&, std::string_view) {
  if (value.starts_with('/')) return Verdict::accepted;
  return accept_if(is_hex(value) && value.size() >= 32 && value.size() % 2 == 0);
}

Verdict check_root_hash_signature(std::string_view value, const Directive& directive,
                                  std::string_view unit) {
  if (value.starts_with('/')) return Verdict::accepted;
  return value.starts_with("base64:") ? check_base64(value.substr(7), directive, unit)
                                      : Verdict::ignored;
}

Verdict check_base64(std::string_view value, const Directive&, std::string_view) {
  std::size_t digits = 0;
  std::size_t pads = 0;
  for (const char c : value) {
    if (kBlank.find(c) != std::string_view::npos) continue;
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '+' || c == '/';
    if (c == '=' ? ++pads > 2 : !digit || pads > 0) return Verdict::ignored;
    if (digit) ++digits;
  }
  return accept_if(digits > 0 && (digits + pads) % 4 == 0);
}

Verdict check_escaped_text(std::string_view value, const Directive&, std::string_view unit) {
  const auto text = resolve_escapes(value, false);
  return accept_if(text && expand(*text, unit));
}

Verdict check_user(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand(value, unit);
  return accept_or_fail(name && is_user_name(*name));
}

Verdict check_standard_input(std::string_view value, const Directive&, std::string_view unit) {
  return check_stream(value, unit, "null|tty|tty-force|tty-fail|socket|fd|data|file", {"file:"});
}

Verdict check_standard_output(std::string_view value, const Directive&, std::string_view unit) {
  return check_stream(value, unit,
                      "inherit|null|tty|kmsg|kmsg+console|journal|journal+console|socket|fd|file|"
                      "append|truncate|syslog|syslog+console",
                      {"file:", "append:", "truncate:"});
}

Verdict check_security_label(std::string_view value, const Directive&, std::string_view unit) {
  const bool optional = value.starts_with('-');
  const bool good = expand(optional ? value.substr(1) : value, unit).has_value();
  return optional ? accept_if(good) : accept_or_fail(good);
}

Verdict check_reboot_parameter(std::string_view value, const Directive&, std::string_view unit) {
  const auto text = expand(value, unit);
  return accept_if(text && text->size() <= 255 &&
                   std::all_of(text->begin(), text->end(),
                               [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

Verdict check_log_namespace(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand(value, unit);
  return accept_if(name && is_file_name(*name) && name->size() <= 222 &&
                   name->find('\\') == std::string::npos &&
                   is_unit_name("a@" + *name + ".service"));
}

Verdict check_bus_name(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand(value, unit);
  return accept_if(name && is_bus_name(*name));
}

Verdict check_slice(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand_name(value, unit);
  if (!name || type_of(unit) == "slice") return Verdict::ignored;
  return accept_if(classify(*name) == NameKind::plain && type_of(*name) == "slice");
}

Verdict check_service_name(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand_name(value, unit);
  const NameKind kind = name ? classify(*name) : NameKind::invalid;
  return accept_if((kind == NameKind::plain || kind == NameKind::instance) &&
                   type_of(*name) == "service");
}

Verdict check_unit_name(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand_name(value, unit);
  return accept_if(name && is_unit_name(*name) && *name != unit);
}

Verdict check_fd_name(std::string_view value, const Directive&, std::string_view unit) {
  const auto name = expand(value, unit);
  return accept_if(name && is_printable_ascii(*name) && name->size() <= 255 &&
                   name->find(':') == std::string::npos);
}

Verdict check_interface(std::string_view value, const Directive&, std::string_view) {
  return accept_if(value == "*" || is_interface_name(value));
}

Verdict check_listen_address(std::string_view value, const Directive& directive,
                             std::string_view unit) {
  const auto text = expand(value, unit);
  if (!text) return Verdict::ignored;
  if (directive.more.choices == "path") return accept_if(is_absolute_path(*text));
  if (directive.more.choices == "netlink") return accept_if(!text->empty());
  if (directive.name == "ListenSequentialPacket" && !text->starts_with('/') &&
      !text->starts_with('@'))
    return Verdict::ignored;
  return accept_if(is_socket_address(*text));
}

/// systemd.time(7). Calendar expressions are looked at for their alphabet only.
Verdict check_timer(std::string_view value, const Directive& directive, std::string_view unit) {
  const auto text = expand(value, unit);
  if (!text) return Verdict::ignored;
  if (directive.more.choices == "span") return accept_if(time_span(*text).has_value());
  return accept_if(!text->empty() && std::all_of(text->begin(), text->end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(" *:.,/~_+-").find(c) != std::string_view::npos;
  }));
}

Verdict check_condition_path(std::string_view value, const Directive&, std::string_view unit) {
  if (value.starts_with('|')) value.remove_prefix(1);
  if (value.starts_with('!')) value.remove_prefix(1);
  const auto path = expand(value, unit);
  return accept_if(path && is_absolute_path(*path));
}

Verdict check_condition_text(std::string_view value, const Directive&, std::string_view unit) {
  return accept_if(expand(value, unit).has_value());
}

Verdict check_default_instance(std::string_view value, const Directive&, std::string_view unit) {
  if (classify(unit) != NameKind::unit_template) return Verdict::ignored;
  const auto name = expand_name(value, unit);
  return accept_if(name && (name->empty() || is_unit_name("a@" + *name + ".service")));
}

}  // namespace plimsoll::systemd
