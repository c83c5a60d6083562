#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plugins/service/postgres/hba_file.h"

namespace plimsoll::postgres {

/// Whom a record means by its address.
struct HbaAddress {
  enum class Kind : std::uint8_t { none, all, samehost, samenet, network, host };
  Kind kind = Kind::none;
  std::string text;  ///< as written, without the mask
  std::string mask;  ///< bits as written, or an address; empty without one
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< of a network: the address and its mask
  std::array<std::uint8_t, 16> mask_bytes{};
};

/// One record of pg_hba.conf.
struct HbaRecord {
  std::string type;
  HbaField database, user;
  HbaAddress address;
  std::string method;
  std::vector<std::pair<std::string, std::string>> options;
  std::string error;  ///< not empty: why the server takes nothing of the file
  Origin origin;
};

/// hba.c, parse_hba_line; what is missing after an error is empty.
HbaRecord read_hba_record(const HbaLine& line, unsigned version);

/// How far away clients may be: `local`, `loopback`, `network` or `everywhere`.
std::string reach_of(const HbaRecord& record);

/// Whether every connection that `later` means is one that `earlier` means: since the first record
/// decides, `later` never does.
bool covers(const HbaRecord& earlier, const HbaRecord& later);

}  // namespace plimsoll::postgres
