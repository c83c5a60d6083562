#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::postgres {

/// A word of a file of pg_hba.conf's grammar.
struct HbaToken {
  std::string text;
  bool quoted = false;  ///< begins with a quote: it is no keyword
};

/// The words that commas tie together.
using HbaField = std::vector<HbaToken>;

/// A record before anybody asked what it means.
struct HbaLine {
  std::vector<HbaField> fields;
  std::string error;  ///< not empty: why the server takes nothing of the file
  Origin origin;
};

struct HbaFile {
  std::vector<HbaLine> lines;
  std::vector<Origin> files;
  std::vector<Error> gaps;
};

struct HbaReading {
  unsigned version = 0;      ///< of the server; 0: not known
  bool is_document = false;  ///< what it includes may lie elsewhere
};

void read_hba_file(const Root& root, const std::string& path, const HbaReading& reading,
                   HbaFile& out);
void read_hba_text(const Root& root, const std::string& path, std::string_view text,
                   const HbaReading& reading, HbaFile& out);

}  // namespace plimsoll::postgres
