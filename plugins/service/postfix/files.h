#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll::postfix {

/// Text that a blank at the start of a line continues (postconf(5), master(5)).
struct LogicalLine {
  std::string text;
  std::uint32_t number = 0;  ///< on which it begins
};

/// Comments and empty lines are gone, wherever they stand. Text with a blank at its start that
/// continues nothing is ignored, as Postfix does.
std::vector<LogicalLine> logical_lines(std::string_view text);

struct Assigned {
  std::string value;
  std::uint32_t line = 0;
};
/// The last assignment of each name stands.
struct Setting : Assigned {
  std::vector<Assigned> earlier;
};
using Settings = std::map<std::string, Setting, std::less<>>;

/// Takes `name = value` apart; fails as Postfix does where there is no name or no `=`.
Result<std::pair<std::string_view, std::string_view>> name_and_value(std::string_view text);
void assign(Settings& settings, std::string_view name, std::string_view value, std::uint32_t line);

/// One service of master.cf.
struct Service {
  std::string name, type, program;
  std::uint32_t line = 0;
  std::vector<std::string> options;  ///< what stands behind each `-o`
};

/// Fails where postconf and master(8) refuse the line.
Result<Service> parse_service(const LogicalLine& line);

}  // namespace plimsoll::postfix
