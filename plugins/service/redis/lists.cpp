#include "plugins/service/redis/lists.h"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

#include "plugins/service/redis/numbers.h"
#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kMostAddresses = 16;
constexpr std::size_t kMostReplicaText = 255;

tl::unexpected<Error> refuse(std::string_view what) {
  return fail(ErrorCode::invalid, std::string(what));
}

std::string number_text(std::int64_t number) { return std::to_string(number); }

/// C narrows what does not fit into an `int`.
std::int64_t as_int(std::int64_t number) { return static_cast<std::int32_t>(number); }

bool is_one_empty(Arguments arguments) { return arguments.size() == 1 && arguments[0].empty(); }

/// Where a class of clients stands in the value: its name and three numbers each.
std::optional<std::size_t> client_class(std::string_view name) {
  if (c_equals(name, "normal")) return 0;
  if (c_equals(name, "slave") || c_equals(name, "replica")) return 4;
  if (c_equals(name, "pubsub")) return 8;
  return std::nullopt;
}

/// A number from 0 to 100 as the server prints it: six places, without zeros at the end.
Result<std::string> percentile(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  const bool is_out = errno == ERANGE && (std::isinf(value) || std::fpclassify(value) == FP_ZERO);
  if (text.empty() || is_blank(text[0]) || end != text.c_str() + text.size() || is_out ||
      std::isnan(value))
    return refuse("Invalid latency-tracking-info-percentiles parameters");
  if (value > 100.0 || value < 0.0)
    return refuse("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
  const std::string places = fmt::format("{:f}", value);
  return std::string(trim_right(trim_right(places, "0"), "."));
}

}  // namespace

Result<std::string> take_save(Arguments arguments, std::string_view current) {
  std::vector<std::string> out;
  if (!current.empty()) out.emplace_back(current);
  if (arguments.size() == 1 && c_text(arguments[0]).empty()) return std::string();
  if (arguments.size() % 2 != 0) return refuse("Invalid save parameters");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto number = c_number(arguments[i]);
    if (!number || *number < (i % 2 == 0 ? 1 : 0)) return refuse("Invalid save parameters");
    out.push_back(number_text(i % 2 == 0 ? *number : as_int(*number)));
  }
  return join(out, " ");
}

Result<std::string> take_limits(Arguments arguments, std::string_view current) {
  std::vector<std::string> out;
  for (const std::string_view word : words(current)) out.emplace_back(word);
  if (arguments.size() % 4 != 0)
    return refuse("Wrong number of arguments in buffer limit configuration.");
  for (std::size_t i = 0; i < arguments.size(); i += 4) {
    const auto at = client_class(arguments[i]);
    if (!at) return refuse("Invalid client class specified in buffer limit configuration.");
    const auto hard = size_of(arguments[i + 1]);
    const auto soft = size_of(arguments[i + 2]);
    const auto seconds = c_number(arguments[i + 3]);
    if (!hard || !soft || !seconds || as_int(*seconds) < 0)
      return refuse("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    out[*at + 1] = std::to_string(*hard);
    out[*at + 2] = std::to_string(*soft);
    out[*at + 3] = number_text(as_int(*seconds));
  }
  return join(out, " ");
}

Result<std::string> take_scores(Arguments arguments) {
  constexpr std::int64_t kMost = 2000;
  if (arguments.size() != 3) return refuse("wrong number of arguments");
  std::vector<std::string> out;
  for (const std::string& argument : arguments) {
    const auto number = c_number(argument);
    if (!number || *number < -kMost || *number > kMost)
      return refuse("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    out.push_back(number_text(*number));
  }
  return join(out, " ");
}

Result<std::string> take_events(std::string_view text) {
  // notify.c: `A` stands for the letters up to `n`; the others come behind.
  constexpr std::string_view kAll = "g$lshzxetdn";
  constexpr std::string_view kOthers = "KEm";
  std::set<char> seen;
  for (const char c : c_text(text)) {
    if (c == 'A')
      seen.insert(kAll.begin(), kAll.end());
    else if (kAll.find(c) == std::string_view::npos && kOthers.find(c) == std::string_view::npos)
      return refuse("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    else
      seen.insert(c);
  }
  std::string out;
  for (const char c : kAll)
    if (seen.count(c) != 0) out += c;
  if (out == kAll) out = "A";
  for (const char c : kOthers)
    if (seen.count(c) != 0) out += c;
  return out;
}

Result<std::string> take_bind(Arguments arguments) {
  if (arguments.size() > kMostAddresses) return refuse("Too many bind addresses specified.");
  if (is_one_empty(arguments)) return std::string();
  std::vector<std::string_view> out;
  for (const std::string& argument : arguments) out.push_back(c_text(argument));
  return join(out, " ");
}

Result<std::string> take_replica(Arguments arguments) {
  constexpr std::int64_t kMostPort = 65535;
  if (arguments.size() != 2) return refuse("wrong number of arguments");
  if (c_equals(arguments[0], "no") && c_equals(arguments[1], "one")) return std::string();
  const auto port = c_number(arguments[1]);
  if (!port || as_int(*port) < 0 || as_int(*port) > kMostPort) return refuse("Invalid master port");
  return fmt::format("{} {}", c_text(arguments[0]), as_int(*port)).substr(0, kMostReplicaText);
}

Result<std::string> take_percentiles(Arguments arguments) {
  std::vector<std::string> out;
  if (is_one_empty(arguments)) return std::string();
  for (const std::string& argument : arguments) {
    auto value = percentile(argument);
    if (!value) return fail(value.error());
    out.push_back(std::move(*value));
  }
  return join(out, " ");
}

}  // namespace plimsoll::redis
