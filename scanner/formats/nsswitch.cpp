#include "scanner/formats/nsswitch.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 4> kStatuses = {"SUCCESS", "NOTFOUND", "UNAVAIL",
                                                       "TRYAGAIN"};
constexpr std::array<std::string_view, 3> kActions = {"continue", "return", "merge"};
constexpr std::array kDefaults = {NssAction::stop, NssAction::proceed, NssAction::proceed,
                                  NssAction::proceed};

template <std::size_t N>
std::optional<std::size_t> index_in(const std::array<std::string_view, N>& words,
                                    std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](std::string_view known) { return iequals(known, word); });
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

/// Takes `SERVICE [STATUS=ACTION ...]` off a line.
class ServiceReader {
 public:
  explicit ServiceReader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<NssService>> read() {
    std::vector<NssService> out;
    while (true) {
      skip_blanks();
      const std::string_view name = take_until("[");
      // A second `[...]` behind one service ends the list, and so does one that follows none.
      if (name.empty()) return out;
      NssService service{std::string(name), kDefaults};
      skip_blanks();
      if (take('[') && !actions(service)) return std::nullopt;
      out.push_back(std::move(service));
    }
  }

 private:
  bool actions(NssService& service) {
    skip_blanks();
    do {
      const bool negated = take('!');
      const auto status = index_in(kStatuses, take_until("=]"));
      skip_blanks();
      if (!status || !take('=')) return false;
      skip_blanks();
      const auto action = index_in(kActions, take_until("=]"));
      if (!action) return false;
      set(service, *status, static_cast<NssAction>(*action), negated);
      skip_blanks();
    } while (!take(']'));
    return true;
  }

  /// `!STATUS` is every status but that one.
  static void set(NssService& service, std::size_t status, NssAction action, bool negated) {
    const NssAction before = service.actions[status];
    if (negated) service.actions.fill(action);
    service.actions[status] = negated ? before : action;
  }

  void skip_blanks() { rest_ = trim_left(rest_); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Up to a blank or one of these.
  std::string_view take_until(std::string_view ends) {
    std::size_t at = 0;
    while (at < rest_.size() && kBlanks.find(rest_[at]) == std::string_view::npos &&
           ends.find(rest_[at]) == std::string_view::npos)
      ++at;
    const std::string_view out = rest_.substr(0, at);
    rest_.remove_prefix(at);
    return out;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<NssLine> nss_lines(std::string_view text) {
  std::vector<NssLine> out;
  const auto end = text.rfind('\n');
  text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  for (const Line& line : lines(text)) {
    const std::string_view body = trim_left(line.text.substr(0, line.text.find('\0')));
    const auto name_end = body.find_first_of(" \t\r\v\f:");
    // The name may reach to the end of the line, but not to a NUL.
    if (name_end == 0 || body.empty()) continue;
    if (name_end == std::string_view::npos && line.text.find('\0') != std::string_view::npos)
      continue;
    const std::string_view name = body.substr(0, name_end);
    out.push_back({name, trim_left(body.substr(name.size()), " \t\r\v\f:"), line.number});
  }
  return out;
}

std::optional<std::vector<NssService>> parse_nss_services(std::string_view text) {
  return ServiceReader(text).read();
}

std::string nss_text(const std::vector<NssService>& services) {
  std::string out;
  for (const NssService& service : services) {
    if (!out.empty()) out += ' ';
    out += service.name;
    std::string actions;
    for (std::size_t i = 0; i < kStatuses.size(); ++i) {
      if (service.actions[i] == kDefaults[i]) continue;
      actions += actions.empty() ? " [" : " ";
      actions += std::string(kStatuses[i]) + "=" +
                 std::string(kActions[static_cast<std::size_t>(service.actions[i])]);
    }
    if (!actions.empty()) out += actions + "]";
  }
  return out;
}

}  // namespace plimsoll
