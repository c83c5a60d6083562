#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::rsyslog {

/// How many of all messages come somewhere; a greater one holds more.
enum class Share : std::uint8_t {
  none,
  some,  ///< what a filter lets through
  rest,  ///< all but what filters before have thrown away
  all
};
std::string_view share_name(Share share);

/// What a filter lets through: facilities and severities of a selector (`*.*`, `mail.none`) are
/// worked out, other filters let some through.
Share share_of_filter(std::string_view filter);
/// What all of these let through together.
Share share_of_filters(std::span<const std::string> filters);

/// How many messages come to each place of each ruleset: those before which they are thrown away,
/// and those that hand them on.
class Messages {
 public:
  /// What comes to a statement behind these filters, at this point of reading.
  [[nodiscard]] Share at(const std::string& ruleset, std::span<const std::string> filters) const;
  /// `stop`, or `~`.
  void discard(const std::string& ruleset, std::span<const std::string> filters);
  /// `call`; what gives a ruleset its messages otherwise has no place: `from` is the default one.
  void call(const std::string& from, const std::string& to, Share share);
  /// What comes to a ruleset as a whole, when all is read; the default one has no name.
  void settle();
  [[nodiscard]] Share of_ruleset(const std::string& name) const;

 private:
  struct Call {
    std::string from, to;
    Share share;
  };
  std::map<std::string, Share, std::less<>> left_;  ///< after what was thrown away so far
  std::vector<Call> calls_;
  std::map<std::string, Share, std::less<>> given_;
};

}  // namespace plimsoll::rsyslog
