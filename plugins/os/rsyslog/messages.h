#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
  /// `call`; no `to` where the name is worked out when it runs.
  void call(const std::string& from, const std::string& to, Share share);
  /// Something other than a `call` hands messages to a ruleset.
  void give(const std::string& ruleset, Share share);
  /// The ruleset has a queue of its own: what it throws away stays with those that call it.
  void has_queue(const std::string& ruleset) { queued_.insert(ruleset); }
  [[nodiscard]] std::size_t calls_so_far() const { return calls_.size(); }
  /// What comes to a ruleset as a whole, when all is read; the default one has no name.
  void settle();
  [[nodiscard]] Share of_ruleset(const std::string& name) const;
  /// What the first `calls` calls leave of the messages of the ruleset that they stand in: a `stop`
  /// in a called one ends a message for its caller, too. When all is read.
  [[nodiscard]] Share after_calls(const std::string& ruleset, std::size_t calls) const;

 private:
  struct Call {
    std::string from, to;
    Share share;
    bool comes_back = true;  ///< the caller goes on with what is left
  };
  void add(Call call);
  [[nodiscard]] Share left_by(const Call& call) const;
  std::map<std::string, Share, std::less<>> left_;  ///< after what was thrown away so far
  std::vector<Call> calls_;
  /// By ruleset: behind how many calls less is left, and how much; never more than three.
  std::map<std::string, std::vector<std::pair<std::size_t, Share>>, std::less<>> lowered_;
  bool calls_are_lost_ = false;  ///< there were too many to keep
  std::set<std::string, std::less<>> queued_;
  std::map<std::string, Share, std::less<>>
      kept_;  ///< what a ruleset leaves for those that call it
  std::map<std::string, Share, std::less<>> given_;
};

}  // namespace plimsoll::rsyslog
