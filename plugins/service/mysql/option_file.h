#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::mysql {

/// A line of an option file as the program gets it: `--name`, or `--name=value`.
struct Argument {
  std::string name;
  std::optional<std::string> value;  ///< quotes and escapes resolved
  std::string group;                 ///< in lower case
  Origin origin;
};

/// What option files say, in reading order.
struct OptionFiles {
  std::vector<Argument> arguments;  ///< of the wanted groups
  std::vector<Argument> others;     ///< of all other groups
  std::vector<Origin> files;        ///< read, in order
  std::vector<Error> gaps;          ///< what could not be read
  std::optional<Error> fatal;       ///< the program gives up with this
};

struct Reading {
  std::vector<std::string_view> groups;  ///< in lower case
  bool is_document = false;              ///< of a source tree: what is included may lie elsewhere
};

/// Reads `path` and what it includes into `out`. A file that is not there is passed over.
void read_option_file(const Root& root, const std::string& path, const Reading& reading,
                      OptionFiles& out);
/// The same with a text that has been read.
void read_option_text(const Root& root, const std::string& path, std::string_view text,
                      const Reading& reading, OptionFiles& out);

}  // namespace plimsoll::mysql
