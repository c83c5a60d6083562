#include "plugins/service/samba/words.h"

#include <cstdlib>

#include "scanner/base/text.h"

namespace plimsoll::samba {

bool is_space(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!is_space(c)) out += c;
  return lower(out);
}

std::optional<bool> boolean(std::string_view text) {
  const std::string word = folded(text);
  if (is_one_of(word, "yes true on 1")) return true;
  if (is_one_of(word, "no false off 0")) return false;
  return std::nullopt;
}

std::vector<std::string> list_words(std::string_view text) {
  constexpr std::string_view kSeparators = " \t,;\n\r";
  std::vector<std::string> out;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(kSeparators, at)) < text.size()) {
    out.emplace_back();
    bool quoted = false;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (!quoted && kSeparators.find(c) != std::string_view::npos) break;
      if (c == '"')
        quoted = !quoted;
      else
        out.back() += c;
    }
  }
  return out;
}

std::string list_text(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (const std::string& word : words) {
    if (&word != words.data()) out += separator;
    const bool quoted = word.find(' ') != std::string::npos;
    out += quoted ? "\"" + word + "\"" : word;
  }
  return out;
}

int loose_integer(const std::string& text) {
  if (text.empty()) return -1;
  return static_cast<int>(std::strtol(text.c_str(), nullptr, 0));
}

}  // namespace plimsoll::samba
