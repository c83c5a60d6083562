#include "plugins/os/kernel-cmdline/kernel_arguments.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kArguments = 4096;  // the kernel itself takes 2048 bytes on amd64

/// The next argument with its quotes in place; quotes hide blanks wherever they stand.
std::string_view take_argument(std::string_view& rest) {
  bool in_quotes = false;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '"') in_quotes = !in_quotes;
    if (!in_quotes && kBlanks.find(rest[end]) != std::string_view::npos) break;
  }
  const std::string_view argument = rest.substr(0, end);
  rest.remove_prefix(end);
  return argument;
}

/// The kernel takes one quote off each end, of the argument or of its value.
std::string_view without_quotes(std::string_view text) {
  if (!text.starts_with('"')) return text;
  text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

}  // namespace

void parse_command_line(std::string_view text, const Origin& origin,
                        std::vector<KernelArgument>& out) {
  text = text.substr(0, text.find('\0'));
  while (!(text = trim_left(text)).empty() && out.size() < kArguments) {
    const std::string_view argument = without_quotes(take_argument(text));
    if (argument == "--") return;  // what follows is for init
    const auto equals = argument.find('=');
    std::string name(argument.substr(0, equals));
    std::replace(name.begin(), name.end(), '-', '_');
    if (name.empty()) continue;
    const std::string_view value =
        equals == std::string_view::npos ? "" : without_quotes(argument.substr(equals + 1));
    out.push_back({std::move(name), std::string(value), origin});
  }
}

}  // namespace plimsoll
