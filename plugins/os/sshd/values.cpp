#include "plugins/os/sshd/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>

#include "scanner/base/text.h"
#include "scanner/formats/openssh/address.h"
#include "scanner/formats/openssh/algorithms.h"

namespace plimsoll::sshd {
namespace {

using openssh::Algorithms;
using Mode = Reading::Mode;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::invalid, std::move(why)); }
Reading one(std::string value, Mode mode = Mode::first) { return {{std::move(value)}, mode}; }

Result<std::string> required(Arguments& arguments) {
  const std::string* word = arguments.take();
  if (word == nullptr || word->empty()) return refuse("its argument is missing");
  return *word;
}

/// `choices` holds canonical spellings, or `spelling=canonical`.
Result<Reading> read_choice(const Keyword& keyword, Arguments& arguments, bool fold_case) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  for (const std::string_view choice : keyword.choices) {
    const auto equals = choice.find('=');
    const std::string_view spelling = choice.substr(0, equals);
    if (fold_case ? iequals(spelling, *word) : spelling == *word)
      return one(
          std::string(equals == std::string_view::npos ? spelling : choice.substr(equals + 1)),
          keyword.key == "fingerprinthash" ? Mode::last : Mode::first);
  }
  return refuse(fmt::format("`{}` is not one of its values", *word));
}

Result<Reading> read_flag(Arguments& arguments) {
  static constexpr std::array<std::string_view, 2> kFlag = {"yes", "no"};
  return read_choice({.name = {}, .key = {}, .choices = kFlag}, arguments, true);
}

Result<Reading> read_integer(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const auto number = openssh::bounded_number(*word, 0, INT_MAX);
  if (!number) return refuse(fmt::format("`{}` is not a number from 0 to {}", *word, INT_MAX));
  return one(std::to_string(*number));
}

Result<int> read_seconds(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const auto seconds = openssh::parse_duration(*word);
  if (!seconds) return refuse(fmt::format("`{}` is not a time", *word));
  return *seconds;
}

Result<Reading> read_duration(Arguments& arguments) {
  const auto seconds = read_seconds(arguments);
  if (!seconds) return fail(seconds.error());
  return one(std::to_string(*seconds));
}

/// `none`, or a path made absolute: sshd starts in `/`.
Result<std::string> absolute(const std::string& path, openssh::HostFiles& host) {
  if (iequals(path, "none")) return std::string("none");
  const auto expanded = host.expand_tilde(path);
  if (!expanded) return refuse(fmt::format("`{}` names a user who does not exist", path));
  return expanded->starts_with('/') ? *expanded : "//" + *expanded;
}

Result<Reading> read_path(const Keyword& keyword, Arguments& arguments, openssh::HostFiles& host) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  if (keyword.kind == Kind::key_agent && *word == "SSH_AUTH_SOCK") return one(*word);
  if (keyword.kind == Kind::key_provider && iequals(*word, "internal")) return one(*word);
  auto path = absolute(*word, host);
  if (!path) return fail(path.error());
  return one(std::move(*path));
}

Result<Reading> read_host_file(const Keyword& keyword, Arguments& arguments,
                               openssh::HostFiles& host) {
  auto reading = read_path(keyword, arguments, host);
  if (!reading) return reading;
  reading->mode = Mode::append;
  if (reading->values[0] == "none") reading->values[0] = "(null)";  // as the dump prints it
  return reading;
}

/// As written: what the list comes to is worked out where it takes effect.
Result<Reading> read_algorithms(Algorithms which, Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  if (!openssh::valid_algorithms(openssh::algorithms(which), *word))
    return refuse(fmt::format("`{}` names an algorithm that this build does not know", *word));
  return one(*word);
}

Result<Reading> read_gss_kex(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  if (!openssh::is_gss_kex_list(*word))
    return refuse(fmt::format("`{}` names an unknown GSSAPI key exchange", *word));
  return one(*word);
}

Result<Reading> read_port(Arguments& arguments, openssh::HostFiles& host) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const auto port = host.port(*word);
  if (!port || *port == 0) return refuse(fmt::format("`{}` is not a port", *word));
  return one(std::to_string(*port), Mode::append);
}

/// All words, each checked; one value a word.
template <class Check>
Result<Reading> read_each(Arguments& arguments, Mode mode, Check&& check) {
  Reading out;
  out.mode = mode;
  while (const std::string* word = arguments.take()) {
    if (!check(*word)) return refuse(fmt::format("`{}` is not allowed here", *word));
    out.values.push_back(*word);
  }
  return out;
}

/// All words as one value. A line that has none but a comment says nothing.
Reading in_one_line(Reading reading) {
  if (reading.values.empty()) return reading;
  reading.values = {join(reading.values, " ")};
  return reading;
}

bool valid_user_pattern(const std::string& pattern) {
  const auto at = pattern.find('@');
  return !pattern.empty() &&
         (at == std::string::npos ||
          openssh::matches_addresses(std::nullopt, std::string_view(pattern).substr(at + 1)) !=
              openssh::AddressMatch::invalid);
}

/// The names of one line are unique; whether an earlier line stands is the caller's business.
Result<Reading> read_set_env(Arguments& arguments) {
  auto reading = read_each(arguments, Mode::first, [](const std::string& word) {
    return word.find('=') != std::string::npos;
  });
  if (!reading) return reading;
  Reading out;
  std::map<std::string, bool, std::less<>> seen;
  for (std::string& word : reading->values)
    if (seen.emplace(word.substr(0, word.find('=')), true).second)
      out.values.push_back(std::move(word));
  return out;
}

/// `none` only as the sole argument.
Result<Reading> read_log_verbose(Arguments& arguments) {
  const bool several = arguments.left() > 1;
  auto reading = read_each(arguments, Mode::first, [&](const std::string& word) {
    return !word.empty() && !(several && iequals(word, "none"));
  });
  if (!reading) return reading;
  return in_one_line(std::move(*reading));
}

/// Here `none` passes as the last argument too.
Result<Reading> read_channel_timeout(Arguments& arguments) {
  Reading out;
  while (const std::string* word = arguments.take()) {
    const auto equals = word->find('=');
    if (iequals(*word, "none")) {
      if (arguments.left() > 0) return refuse("`none` must stand alone");
    } else if (equals == std::string::npos || equals == 0 ||
               !openssh::parse_duration(word->substr(equals + 1))) {
      return refuse(fmt::format("`{}` is not a channel type and a time", *word));
    }
    out.values.push_back(*word);
  }
  return in_one_line(std::move(out));
}

Result<Reading> read_unused_timeout(Arguments& arguments) {
  if (const std::string* word = arguments.peek(); word != nullptr && iequals(*word, "none")) {
    arguments.take();
    return one("none", Mode::last);  // `none` overrides, a time does not
  }
  auto reading = read_duration(arguments);
  if (reading && reading->values[0] == "0") reading->values[0] = "none";
  return reading;
}

Result<Reading> read_keys_file(Arguments& arguments, openssh::HostFiles& host) {
  Reading out;
  while (const std::string* word = arguments.take()) {
    if (word->empty()) return refuse("an argument is empty");
    auto path = host.expand_tilde(*word);
    if (!path) return refuse(fmt::format("`{}` names a user who does not exist", *word));
    out.values.push_back(std::move(*path));
  }
  return in_one_line(std::move(out));
}

Result<Reading> read_tilde(Arguments& arguments, openssh::HostFiles& host) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  auto path = host.expand_tilde(*word);
  if (!path) return refuse(fmt::format("`{}` names a user who does not exist", *word));
  return one(std::move(*path));
}

Result<Reading> read_subsystem(Arguments& arguments) {
  auto name = required(arguments);
  if (!name) return fail(name.error());
  auto command = required(arguments);
  if (!command) return fail(ErrorCode::invalid, "its command is missing");
  std::string value = *name + " " + *command;
  while (const std::string* word = arguments.take()) value += " " + *word;
  return one(std::move(value), Mode::append);
}

/// The next number of a scanf(3) format, as an int.
std::optional<int> scan_int(std::string_view& text) {
  const std::string copy(text);
  char* end = nullptr;
  const long long value = std::strtoll(copy.c_str(), &end, 10);
  if (end == copy.c_str()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - copy.c_str()));
  return static_cast<int>(value);
}

/// Up to `most` numbers with a colon between; what follows them is not looked at.
std::vector<int> scan_numbers(std::string_view text, std::size_t most) {
  std::vector<int> out;
  while (out.size() < most) {
    const auto number = scan_int(text);
    if (!number) break;
    out.push_back(*number);
    if (!text.starts_with(':')) break;
    text.remove_prefix(1);
  }
  return out;
}

Result<Reading> read_net_block_size(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const auto numbers = scan_numbers(*word, 2);
  if (numbers.empty() || numbers[0] < 0 || numbers[0] > 32 ||
      (numbers.size() > 1 && (numbers[1] < 0 || numbers[1] > 128)))
    return refuse(fmt::format("`{}` is not a pair of prefix lengths", *word));
  // With one number 9.2 leaves the second to chance; the Debian build has 0 there.
  return one(fmt::format("{}:{}", numbers[0], numbers.size() > 1 ? numbers[1] : 0), Mode::last);
}

Result<Reading> read_per_source_max(Arguments& arguments) {
  if (const std::string* word = arguments.peek(); word != nullptr && *word == "none") {
    arguments.take();
    return one("none", Mode::last);
  }
  auto reading = read_integer(arguments);
  if (reading) reading->mode = Mode::last;
  if (reading && reading->values[0] == std::to_string(INT_MAX)) reading->values[0] = "none";
  return reading;
}

Result<Reading> read_permit(const Keyword& keyword, Arguments& arguments,
                            openssh::HostFiles& host) {
  const bool listen = keyword.kind == Kind::permit_listen;
  auto word = required(arguments);
  if (!word) return fail(word.error());
  if (*word == "any" || *word == "none") return one(*word);
  Reading out;
  for (const std::string* item = &*word; item != nullptr && !item->empty();
       item = arguments.take()) {
    const bool bare = listen && item->find(':') == std::string::npos;
    std::optional<openssh::HostPort> parts;
    if (bare)
      parts = openssh::HostPort{"*", *item};
    else
      parts = openssh::split_host_port(*item);
    const bool any = parts && parts->port && *parts->port == "*";
    const auto port = parts && parts->port && !any ? host.port(*parts->port) : std::nullopt;
    if (!any && (!port || *port == 0))
      return refuse(fmt::format("`{}` is not a host and a port", *item));
    out.values.push_back(bare ? "*:" + *item : *item);
  }
  return in_one_line(std::move(out));
}

Result<Reading> read_raw(const Keyword& keyword, Arguments& arguments) {
  const std::string_view text = trim_left(arguments.raw(), " \t\r\n");
  arguments.consume();
  if (keyword.kind == Kind::command && !text.starts_with('/') && !iequals(text, "none"))
    return refuse("a command must be an absolute path");
  if (keyword.kind == Kind::version_addendum) {
    if (text.find('\r') != std::string_view::npos) return refuse("it holds a carriage return");
    return one(text.empty() || iequals(text, "none") ? "none" : std::string(text));
  }
  if (keyword.kind == Kind::force_command && iequals(text, "none")) return one("none");
  return one(std::string(text));
}

/// `any` after other methods passes here; it is refused where the line takes effect.
Result<Reading> read_methods(Arguments& arguments) {
  bool any = false;
  auto reading = read_each(arguments, Mode::first, [&](const std::string& word) {
    if (word == "any") return any = true;
    return !any && known_methods(word);
  });
  if (!reading) return reading;
  if (reading->values.empty()) return refuse("its argument is missing");
  return in_one_line(std::move(*reading));
}

Result<Reading> read_ip_qos(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const std::string* second = arguments.take();
  const auto interactive = openssh::parse_ip_qos(*word);
  const auto bulk = openssh::parse_ip_qos(second != nullptr ? *second : *word);
  if (!interactive || !bulk) return refuse("it names an unknown class of traffic");
  return one(*interactive + " " + *bulk, Mode::last);
}

Result<Reading> read_octal_mask(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  char* end = nullptr;
  const long mask = std::strtol(word->c_str(), &end, 8);
  if (end == word->c_str() || mask < 0 || mask > 0777)
    return refuse(fmt::format("`{}` is not an octal mask", *word));
  return one(fmt::format("0{:o}", mask), Mode::last);
}

Result<Reading> read_pubkey_options(Arguments& arguments) {
  bool touch = false;
  bool verify = false;
  while (const std::string* word = arguments.take()) {
    if (iequals(*word, "touch-required"))
      touch = true;
    else if (iequals(*word, "verify-required"))
      verify = true;
    else if (!iequals(*word, "none"))
      return refuse(fmt::format("`{}` is not one of its options", *word));
  }
  std::string value = touch ? "touch-required" : "";
  if (verify) value += touch ? " verify-required" : "verify-required";
  return one(value.empty() ? "none" : value);
}

Result<Reading> read_text(Arguments& arguments, bool cleared) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  return one(cleared && iequals(*word, "none") ? "none" : *word);
}

}  // namespace

bool known_methods(std::string_view list) {
  static constexpr std::array<std::string_view, 7> kMethods = {
      "none",         "publickey",
      "gssapi-keyex", "gssapi-with-mic",
      "password",     "keyboard-interactive",
      "hostbased"};
  const auto parts = split(list, ',');
  return !list.empty() && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    const std::string_view method = part.substr(0, part.find(':'));
    return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
  });
}

Result<RekeyLimit> read_rekey_limit(Arguments& arguments) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  RekeyLimit out;
  out.bytes = *word == "default" ? 0 : openssh::parse_scaled(*word);
  if (!out.bytes || (*out.bytes != 0 && *out.bytes < 16))
    return refuse(fmt::format("`{}` is not an amount of data of 16 bytes or more", *word));
  if (const std::string* interval = arguments.peek(); interval != nullptr) {
    if (*interval == "none") {
      arguments.take();
      return out;
    }
    const auto seconds = read_seconds(arguments);
    if (!seconds) return fail(seconds.error());
    out.seconds = *seconds;
  }
  return out;
}

Result<MaxStartups> read_max_startups(Arguments& arguments, MaxStartups before) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  const auto numbers = scan_numbers(*word, 3);
  MaxStartups out = before;
  if (numbers.size() == 3) {
    out = {numbers[0], numbers[1], numbers[2]};
    if (out.begin > out.full || out.rate > 100 || out.rate < 1)
      return refuse(fmt::format("`{}` is not start:rate:full", *word));
  } else if (numbers.size() == 1) {
    out.begin = out.full = numbers[0];
  }
  if (numbers.size() == 2 || numbers.empty() || out.full <= 0 || out.begin <= 0)
    return refuse(fmt::format("`{}` is not start:rate:full", *word));
  return out;
}

Result<openssh::HostPort> read_listen_address(Arguments& arguments, openssh::HostFiles& host) {
  const auto word = required(arguments);
  if (!word) return fail(word.error());
  openssh::HostPort out{*word, std::nullopt};
  const auto colon = word->find(':');
  // sshd_config(5) ListenAddress: two colons and no bracket are a bare IPv6 address.
  const bool bare = word->find('[') == std::string::npos && colon != std::string::npos &&
                    word->find(':', colon + 1) != std::string::npos;
  if (!bare) {
    auto parts = openssh::split_host_port(*word);
    if (!parts) return refuse(fmt::format("`{}` is not an address and a port", *word));
    if (parts->port) {
      const auto port = host.port(*parts->port);
      if (!port || *port == 0) return refuse(fmt::format("`{}` is not a port", *parts->port));
      parts->port = std::to_string(*port);
    }
    out = std::move(*parts);
  }
  if (arguments.left() > 0) return refuse("routing domains are not supported on Linux");
  return out;
}

Result<Reading> read_values(const Keyword& keyword, Arguments& arguments,
                            openssh::HostFiles& host) {
  switch (keyword.kind) {
    case Kind::flag:
      return read_flag(arguments);
    case Kind::choice:
      return read_choice(keyword, arguments, true);
    case Kind::exact:
      return read_choice(keyword, arguments, false);
    case Kind::integer:
      return read_integer(arguments);
    case Kind::duration:
      return read_duration(arguments);
    case Kind::path:
    case Kind::key_agent:
    case Kind::key_provider:
      return read_path(keyword, arguments, host);
    case Kind::text:
      return read_text(arguments, false);
    case Kind::cleared:
      return read_text(arguments, true);
    case Kind::tilde:
      return read_tilde(arguments, host);
    case Kind::host_file:
      return read_host_file(keyword, arguments, host);
    case Kind::ciphers:
      return read_algorithms(Algorithms::ciphers, arguments);
    case Kind::macs:
      return read_algorithms(Algorithms::macs, arguments);
    case Kind::kex:
      return read_algorithms(Algorithms::kex, arguments);
    case Kind::keys:
      return read_algorithms(Algorithms::keys, arguments);
    case Kind::ca_signatures:
      return read_algorithms(Algorithms::ca_signatures, arguments);
    case Kind::gss_kex:
      return read_gss_kex(arguments);
    case Kind::port:
      return read_port(arguments, host);
    case Kind::log_verbose:
      return read_log_verbose(arguments);
    case Kind::users:
      return read_each(arguments, Mode::append, valid_user_pattern);
    case Kind::groups:
      return read_each(arguments, Mode::append,
                       [](const std::string& word) { return !word.empty(); });
    case Kind::accept_env:
      return read_each(arguments, Mode::append, [](const std::string& word) {
        return !word.empty() && word.find('=') == std::string::npos;
      });
    case Kind::set_env:
      return read_set_env(arguments);
    case Kind::subsystem:
      return read_subsystem(arguments);
    case Kind::net_block_size:
      return read_net_block_size(arguments);
    case Kind::per_source_max:
      return read_per_source_max(arguments);
    case Kind::keys_file:
      return read_keys_file(arguments, host);
    case Kind::user_environment:
      return read_text(arguments, false);
    case Kind::permit_open:
    case Kind::permit_listen:
      return read_permit(keyword, arguments, host);
    case Kind::force_command:
    case Kind::version_addendum:
    case Kind::command:
      return read_raw(keyword, arguments);
    case Kind::methods:
      return read_methods(arguments);
    case Kind::ip_qos:
      return read_ip_qos(arguments);
    case Kind::octal_mask:
      return read_octal_mask(arguments);
    case Kind::pubkey_options:
      return read_pubkey_options(arguments);
    case Kind::channel_timeout:
      return read_channel_timeout(arguments);
    case Kind::unused_timeout:
      return read_unused_timeout(arguments);
    default:
      return refuse("it is not supported on this platform");
  }
}

}  // namespace plimsoll::sshd
