#include "plugins/os/ssh/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>

#include "scanner/base/text.h"
#include "scanner/formats/openssh/algorithms.h"

namespace plimsoll::ssh {
namespace {

using Values = std::vector<std::string>;
using Words = std::vector<std::string>;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::invalid, std::move(why)); }

/// The spelling behind `=` of the choice that is the word, in any case.
std::optional<std::string> chosen(std::string_view choices, std::string_view word) {
  for (const std::string_view choice : words(choices)) {
    const auto equals = choice.find('=');
    if (iequals(choice.substr(0, equals), word)) return std::string(choice.substr(equals + 1));
  }
  return std::nullopt;
}

constexpr std::string_view kFlag = "true=yes false=no yes=yes no=no";

Result<Values> read_choice(std::string_view choices, const std::string& word) {
  if (auto value = chosen(choices, word)) return Values{std::move(*value)};
  return refuse(fmt::format("`{}` is not one of its values", word));
}

Result<Values> read_number(const std::string& word) {
  const auto number = openssh::bounded_number(word, 0, INT_MAX);
  if (!number) return refuse(fmt::format("`{}` is not a number from 0 to {}", word, INT_MAX));
  return Values{std::to_string(*number)};
}

Result<Values> read_duration(const std::string& word) {
  if (word == "none") return Values{};
  const auto seconds = openssh::parse_duration(word);
  if (!seconds) return refuse(fmt::format("`{}` is not a time", word));
  return Values{std::to_string(*seconds)};
}

/// All words on one line; `none` must stand alone.
Result<Values> read_files(const Words& all) {
  for (const std::string& word : all) {
    if (word.empty()) return refuse("an argument is empty");
    if (iequals(word, "none") && all.size() > 1) return refuse("`none` must stand alone");
  }
  return Values{join(all, " ")};
}

bool is_domain(std::string_view text) {
  const auto is_alnum = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const bool is_clean = std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == '_';
  });
  return is_alnum(text[0]) && is_clean && text.find("..") == std::string_view::npos;
}

/// misc.c, valid_domain: told in lower case, without the last dot.
Result<Values> read_domains(const Words& all) {
  if (auto checked = read_files(all); !checked) return checked;
  Words out;
  for (const std::string& word : all) {
    if (!is_domain(word)) return refuse(fmt::format("`{}` is no domain", word));
    out.push_back(lower(word.ends_with('.') ? word.substr(0, word.size() - 1) : word));
  }
  return Values{join(out, " ")};
}

/// `none`, or `*` and `SOURCE,...:TARGET,...` in lower case.
Result<Values> read_cnames(const Words& all) {
  std::vector<std::string> out;
  for (const std::string& word : all) {
    const auto colon = word.find(':');
    if (iequals(word, "none")) {
      if (all.size() > 1) return refuse("`none` must stand alone");
      out.emplace_back("none");
    } else if (word == "*") {
      out.emplace_back("*:*");
    } else if (colon == std::string::npos || colon + 1 == word.size()) {
      return refuse(fmt::format("`{}` is no pair of lists", word));
    } else {
      out.push_back(lower(word));
    }
  }
  return Values{join(out, " ")};
}

Result<Values> read_algorithms(std::string_view which, const std::string& list) {
  using openssh::Algorithms;
  const openssh::AlgorithmKind& kind =
      openssh::algorithms(which == "ciphers" ? Algorithms::ciphers
                          : which == "macs"  ? Algorithms::macs
                          : which == "kex"   ? Algorithms::kex
                          : which == "ca"    ? Algorithms::ca_signatures
                                             : Algorithms::keys);
  if (!openssh::valid_algorithms(kind, list))
    return refuse(fmt::format("`{}` names an algorithm that ssh does not know", list));
  auto assembled = openssh::assemble_algorithms(kind, list);
  if (!assembled) return refuse(fmt::format("nothing is left of `{}`", list));
  return Values{std::move(*assembled)};
}

Result<Values> read_escape(const std::string& word) {
  if (word == "none" || word.size() == 1) return Values{word};
  const bool control = word.size() == 2 && word[0] == '^' && word[1] >= 64;
  if (!control) return refuse(fmt::format("`{}` is no escape character", word));
  return Values{fmt::format("\\^{}", static_cast<char>((word[1] & 31) + 64))};
}

Result<Values> read_qos(const Words& all) {
  const auto first = openssh::parse_ip_qos(all[0]);
  const auto second = all.size() > 1 ? openssh::parse_ip_qos(all[1]) : first;
  if (!first || !second) return refuse("it is no type of service");
  return Values{*first + " " + *second};
}

std::optional<std::string> tunnel_end(std::string_view text) {
  if (text == "any") return std::string(text);
  const auto number = openssh::bounded_number(text, 0, 0x7fffffff - 2);
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

Result<Values> read_tunnel_device(const std::string& word) {
  const auto colon = word.find(':');
  const auto local = tunnel_end(std::string_view(word).substr(0, colon));
  const auto remote = colon == std::string::npos
                          ? std::optional<std::string>("any")
                          : tunnel_end(std::string_view(word).substr(colon + 1));
  if (!local || !remote) return refuse(fmt::format("`{}` is no pair of tunnel devices", word));
  return Values{*local + ":" + *remote};
}

Result<Values> read_persist(const std::string& word) {
  if (word == "no" || word == "false") return Values{"no"};
  if (word == "yes" || word == "true") return Values{"yes"};
  const auto seconds = openssh::parse_duration(word);
  if (!seconds) return refuse(fmt::format("`{}` is not a time", word));
  return Values{*seconds == 0 ? "yes" : std::to_string(*seconds)};
}

/// The amount, and the time where there is one.
Result<Values> read_rekey(const Words& all) {
  long long bytes = 0;
  if (all[0] != "default") {
    const auto amount = openssh::parse_scaled(all[0]);
    if (!amount || (*amount != 0 && *amount < 16))
      return refuse(fmt::format("`{}` is no amount of data for it", all[0]));
    bytes = *amount;
  }
  if (all.size() == 1 || all[1] == "none") return Values{std::to_string(bytes)};
  const auto time = openssh::parse_duration(all[1]);
  if (!time) return refuse(fmt::format("`{}` is not a time", all[1]));
  return Values{std::to_string(bytes), std::to_string(*time)};
}

Result<Values> read_mask(const std::string& word) {
  const auto digits = word.find_first_not_of("01234567");
  const auto mask = to_integer(word.substr(0, digits), 8);
  if (word.empty() || digits == 0 || !mask || *mask > 0777)
    return refuse(fmt::format("`{}` is no mask", word));
  return Values{fmt::format("0{:o}", *mask)};
}

Result<Values> read_agent_keys(std::string_view choices, const Words& all) {
  const auto choice = chosen(choices, all[0]);
  if (choice && all.size() == 1) return Values{*choice};
  const bool confirms = choice && *choice == "confirm";
  const std::string& time = confirms ? all[1] : all[0];
  const auto seconds = openssh::parse_duration(time);
  if (!seconds || (!confirms && (choice || all.size() > 1)))
    return refuse(fmt::format("`{}` is not one of its values", all[0]));
  if (*seconds == 0) return Values{confirms ? "confirm" : "true"};
  return Values{fmt::format("{}{}", confirms ? "confirm " : "", *seconds)};
}

/// `user@host:port`, `ssh://user@host:port`; several with commas, the last one is the first hop.
Result<Values> read_jump(std::string_view text) {
  if (iequals(text, "none")) return Values{"none"};
  const auto comma = text.rfind(',');
  std::string out(comma == std::string_view::npos ? "" : text.substr(0, comma + 1));
  std::string_view hop = comma == std::string_view::npos ? text : text.substr(comma + 1);
  if (hop.starts_with("ssh://")) hop.remove_prefix(6);
  const auto at = hop.rfind('@');
  if (at != std::string_view::npos) out += hop.substr(0, at + 1);
  const auto parts =
      openssh::split_host_port(at == std::string_view::npos ? hop : hop.substr(at + 1));
  if (!parts || parts->host.empty())
    return refuse(fmt::format("`{}` is no host to jump over", text));
  const bool numeric = parts->host.find(':') != std::string::npos ||
                       parts->host.find_first_not_of("1234567890.") == std::string::npos;
  out += numeric ? "[" + parts->host + "]" : parts->host;
  if (parts->port) out += ":" + *parts->port;
  return Values{std::move(out)};
}

Result<Values> read_open_list(const Words& all, openssh::HostFiles& host) {
  for (const std::string& word : all) {
    if (iequals(word, "none") || iequals(word, "any")) {
      if (all.size() > 1) return refuse(fmt::format("`{}` must stand alone", word));
      continue;
    }
    const auto parts = openssh::split_host_port(word);
    if (!parts || !parts->port || (*parts->port != "*" && !host.port(*parts->port)))
      return refuse(fmt::format("`{}` is no host and port", word));
  }
  return Values{join(all, " ")};
}

/// One end of a forwarding: a port, a host and port, or a socket.
struct End {
  std::string host, port;
  bool has_host = false;
  [[nodiscard]] std::string text() const {
    if (port.empty()) return host;
    return has_host ? fmt::format("[{}]:{}", host, port) : port;
  }
};

std::optional<End> parse_end(std::string_view text, bool needs_host, openssh::HostFiles& host) {
  if (text.find('/') != std::string_view::npos && text.find(':') == std::string_view::npos)
    return End{std::string(text), {}, false};
  const auto slash = text.rfind('/');
  const auto colon = text.starts_with('[') ? text.find("]:") : std::string_view::npos;
  End end;
  std::string_view port = text;
  if (colon != std::string_view::npos) {
    end.host = text.substr(1, colon - 1);
    port = text.substr(colon + 2);
    end.has_host = true;
  } else if (const auto last = slash != std::string_view::npos ? slash : text.rfind(':');
             last != std::string_view::npos) {
    end.host = text.substr(0, last);
    port = text.substr(last + 1);
    end.has_host = true;
  }
  if (needs_host && !end.has_host) return std::nullopt;
  const auto number = port == "0" ? std::optional(0) : host.port(port);
  if (!number) return std::nullopt;
  end.port = std::to_string(*number);
  return end;
}

Result<Values> read_forward(std::string_view key, const Words& all, openssh::HostFiles& host) {
  const bool dynamic = key == "dynamicforward" || (key == "remoteforward" && all.size() == 1);
  if (!dynamic && all.size() < 2) return refuse("its target is missing");
  const auto listen = parse_end(all[0], false, host);
  if (!listen || (key != "remoteforward" && listen->port == "0"))
    return refuse(fmt::format("`{}` is no place to listen", all[0]));
  if (dynamic) return Values{listen->text() + (key == "remoteforward" ? " [socks]:0" : "")};
  const auto target = parse_end(all[1], true, host);
  if (!target || target->port == "0")
    return refuse(fmt::format("`{}` is no host and port", all[1]));
  return Values{listen->text() + " " + target->text()};
}

Result<Values> read_environment_names(const Words& all) {
  for (const std::string& word : all)
    if (word.empty() || word.find('=') != std::string::npos)
      return refuse(fmt::format("`{}` is no name of a variable", word));
  return all;
}

Result<Values> read_environment(const Words& all) {
  Values out;
  std::vector<std::string> names;
  for (const std::string& word : all) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return refuse(fmt::format("`{}` sets nothing", word));
    const std::string name = word.substr(0, equals);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    out.push_back(word);
  }
  return out;
}

}  // namespace

Result<Values> read_values(const Keyword& keyword, const Words& all, std::string_view rest,
                           openssh::HostFiles& host) {
  if (keyword.kind == Kind::ignored) return Values{};
  if (keyword.kind == Kind::command) return Values{std::string(trim_left(rest, " \t="))};
  if (keyword.kind == Kind::jump) return read_jump(trim_left(rest, " \t="));
  constexpr std::array kSeveral = {Kind::files,   Kind::open_list, Kind::environment,
                                   Kind::domains, Kind::cnames,    Kind::environment_names,
                                   Kind::first};
  const bool several = std::find(kSeveral.begin(), kSeveral.end(), keyword.kind) != kSeveral.end();
  if (several && all.empty()) return Values{};
  if (all.empty() || (!several && all[0].empty())) return refuse("its argument is missing");
  const std::size_t most = several                            ? all.size()
                           : keyword.kind == Kind::qos        ? 2
                           : keyword.kind == Kind::rekey      ? 2
                           : keyword.kind == Kind::agent_keys ? 2
                           : keyword.kind == Kind::forward && keyword.key != "dynamicforward" ? 2
                                                                                              : 1;
  if (all.size() > most) return refuse(fmt::format("`{}` is one argument too many", all[most]));
  switch (keyword.kind) {
    case Kind::flag:
      return read_choice(kFlag, all[0]);
    case Kind::choice:
    case Kind::facility:
      return read_choice(keyword.choices, all[0]);
    case Kind::number:
      return read_number(all[0]);
    case Kind::duration:
      return read_duration(all[0]);
    case Kind::files:
      return read_files(all);
    case Kind::first:
      if (auto words = read_files(all); !words) return words;
      return Values{all[0]};
    case Kind::domains:
      return read_domains(all);
    case Kind::cnames:
      return read_cnames(all);
    case Kind::algorithms:
      return read_algorithms(keyword.choices, all[0]);
    case Kind::gss_kex:
      if (!openssh::is_gss_kex_list(all[0]))
        return refuse(fmt::format("`{}` names a key exchange that ssh does not know", all[0]));
      return Values{all[0]};
    case Kind::port:
      if (const auto port = host.port(all[0]); port && *port > 0)
        return Values{std::to_string(*port)};
      return refuse(fmt::format("`{}` is no port", all[0]));
    case Kind::escape:
      return read_escape(all[0]);
    case Kind::qos:
      return read_qos(all);
    case Kind::tunnel_device:
      return read_tunnel_device(all[0]);
    case Kind::persist:
      return read_persist(all[0]);
    case Kind::rekey:
      return read_rekey(all);
    case Kind::mask:
      return read_mask(all[0]);
    case Kind::agent_keys:
      return read_agent_keys(keyword.choices, all);
    case Kind::agent:
      return Values{chosen(kFlag, all[0]).value_or(all[0])};
    case Kind::open_list:
      return read_open_list(all, host);
    case Kind::forward:
      return read_forward(keyword.key, all, host);
    case Kind::environment_names:
      return read_environment_names(all);
    case Kind::environment:
      return read_environment(all);
    case Kind::text:
    case Kind::item:
    case Kind::command:
    case Kind::jump:
    case Kind::file:
    case Kind::ignored:
      break;
  }
  return Values{all[0]};
}

}  // namespace plimsoll::ssh
