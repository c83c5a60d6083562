#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/configuration.h"

namespace plimsoll::bind {

/// Kinds of askers, from those that are told apart best to everybody.
class Who {
 public:
  enum Kind : std::uint8_t {
    key = 1,        ///< who signs with a key
    localhost = 2,  ///< the host itself
    address = 4,    ///< single addresses that are named
    localnets = 8,  ///< networks that the host is in
    geoip = 16,     ///< countries and the like
    network = 32,   ///< networks that are named
    unknown = 64,   ///< a list that is not here
    any = 128,
  };
  Who() = default;
  Who(Kind kind) : kinds_(kind) {}  // NOLINT: a kind is a set of one

  [[nodiscard]] bool has(Kind kind) const { return (kinds_ & kind) != 0; }
  [[nodiscard]] bool is_nobody() const { return kinds_ == 0; }
  /// Words for a set: `none` where it is empty.
  [[nodiscard]] std::string text() const;
  Who& operator|=(Who other) {
    kinds_ = static_cast<std::uint8_t>(kinds_ | other.kinds_);
    return *this;
  }
  /// Who is in both; of two kinds the narrower one, which may be too much and is never too little.
  [[nodiscard]] Who within(Who other) const;

 private:
  std::uint8_t kinds_ = 0;
};

/// What address match lists come to. The first entry that matches decides; a list within a list
/// matches where its own entries say so, and is passed over where they deny.
class Access {
 public:
  explicit Access(const Configuration& configuration);
  /// Whom a list lets in.
  Who of(const Node& list);

 private:
  [[nodiscard]] const Node* list_of(const Node& entry) const;
  Who admitted(const Node& entries);
  Who passed_over(const Node& entries);
  Who matched(const Node& entry);
  Who escaping(const Node& entry);

  ByName acls_;
  std::map<const Node*, Who> admitted_, passed_over_;  ///< what is known of a list
  std::size_t depth_ = 0;
};

}  // namespace plimsoll::bind
