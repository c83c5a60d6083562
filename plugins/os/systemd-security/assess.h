#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugins/os/systemd-security/service.h"

namespace plimsoll::systemd_security {

/// What one test says of one service.
struct Judgement {
  std::optional<std::uint64_t> badness;  ///< 0 is best, the test's range is worst; none: no matter
  std::string why;                       ///< empty: the words of the test do
  const Setting* by = nullptr;           ///< the line that decided; null for a default
};

/// One test of `systemd-analyze security`, with its weight among the others.
struct Test {
  std::string_view name;        ///< `PrivateTmp=`
  std::string_view json_field;  ///< `PrivateTmp`
  std::uint64_t weight;
  std::uint64_t range;
  Judgement (*assess)(const Service& service, const Test& test);
  std::string_view subject;  ///< what `assess` looks at: a key, capabilities, a group, ...
  std::string_view good;
  std::string_view bad;
  /// Says nothing of services that run without the usual dependencies, early at boot.
  bool ordinary_only = false;
};

std::span<const Test> tests();

/// A test with its verdict; what the service's level is made of.
struct Outcome {
  const Test* test;
  Judgement judgement;
};

struct Assessment {
  std::vector<Outcome> outcomes;                 ///< in the order of tests()
  std::uint64_t badness = 0;                     ///< weighted
  std::uint64_t weight = 0;                      ///< of the tests that apply
  [[nodiscard]] std::uint64_t exposure() const;  ///< in tenths, 0 to 100
  /// What one result adds to the level, in tenths, rounded up.
  [[nodiscard]] std::uint64_t share(const Outcome& outcome) const;
};

Assessment assess(const Service& service);

/// PERFECT, SAFE, OK, MEDIUM, EXPOSED, UNSAFE or DANGEROUS.
std::string_view level_of(std::uint64_t exposure);

}  // namespace plimsoll::systemd_security
