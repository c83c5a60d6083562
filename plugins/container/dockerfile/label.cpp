#include "plugins/container/dockerfile/label.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::dockerfile {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::vector<std::pair<std::string, std::string>> name_value_pairs(const Instruction& instruction,
                                                                  char escape) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string_view text = instruction.rest.text;
  const std::vector<std::string> given = quoted_words(text, escape);
  if (given.empty()) return out;
  const bool is_arg = instruction.keyword == "ARG";
  // The old form has one name, and all that follows is the value.
  if (!is_arg && given[0].find('=') == std::string::npos) {
    const std::size_t value =
        text.find_first_not_of(kBlanks, std::min(text.size(), given[0].size()));
    out.emplace_back(given[0],
                     value == std::string_view::npos ? std::string() : text.substr(value));
    return out;
  }
  for (const std::string& word : given) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::size_t value = equals + (is_arg || equals == word.size() ? 0 : 1);
    out.emplace_back(word.substr(0, equals), word.substr(value));
  }
  return out;
}

bool is_label_key(std::string_view key) {
  if (key.empty() || !is_lower(key.front()) || !(is_lower(key.back()) || is_digit(key.back())))
    return false;
  for (const std::string_view reserved : {"com.docker.", "io.docker.", "org.dockerproject."})
    if (key.starts_with(reserved)) return false;
  if (key.find("..") != std::string_view::npos || key.find("--") != std::string_view::npos)
    return false;
  return std::all_of(key.begin(), key.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '-'; });
}

bool is_absolute(std::string_view path) {
  if (path.starts_with('/') || path.starts_with('$')) return true;
  return path.size() > 2 && is_letter(path[0]) && path[1] == ':' &&
         (path[2] == '\\' || path[2] == '/');
}

bool is_system_directory(std::string_view path) {
  for (const std::string_view directory :
       {"/proc", "/sys", "/dev", "/boot", "/etc", "/initrd", "/lost+found"}) {
    if (path.starts_with(directory) &&
        (path.size() == directory.size() || path[directory.size()] == '/'))
      return true;
  }
  return false;
}

}  // namespace plimsoll::dockerfile
