#include "plugins/os/sysctl/sysctl_key.h"

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll {
namespace {

void swap_separators(std::string& text) {
  for (char& c : text) {
    if (c == '.') {
      c = '/';
    } else if (c == '/') {
      c = '.';
    }
  }
}

}  // namespace

std::string sysctl_path(std::string_view key) {
  std::string text(key);
  const auto first = text.find_first_of("/.");
  if (first != std::string::npos && text[first] == '.') swap_separators(text);
  // Empty parts and `.` mean nothing in a path; `..` is left for the kernel to refuse.
  std::vector<std::string_view> parts;
  for (const std::string_view part : words(text, "/"))
    if (part != ".") parts.push_back(part);
  return join(parts, "/");
}

std::string sysctl_key(std::string_view path) {
  std::string text(path);
  swap_separators(text);
  return text;
}

bool is_pattern(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

bool path_matches(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  if (wanted.size() != given.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!name_matches(wanted[i], given[i])) return false;
  return true;
}

}  // namespace plimsoll
