// ExecStart= and its kin (systemd.service(5), "Command lines").
#include <algorithm>
#include <string>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/checks.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

constexpr WordSyntax kEscaped{.unquote = true, .c_escapes = true};

constexpr Verdict accept_if(bool good) { return good ? Verdict::accepted : Verdict::ignored; }

/// systemd.service(5), "Command lines": the marks before a program.
struct Marks {
  bool ignore = false, argument_zero = false, no_variables = false, no_sandbox = false;
  int bangs = 0;
};

std::string_view take_marks(std::string_view word, Marks& marks) {
  for (; !word.empty(); word.remove_prefix(1)) {
    const char c = word.front();
    const bool free = !marks.no_sandbox && marks.bangs < 2;
    if (c == '-' && !marks.ignore)
      marks.ignore = true;
    else if (c == '@' && !marks.argument_zero)
      marks.argument_zero = true;
    else if (c == ':' && !marks.no_variables)
      marks.no_variables = true;
    else if (c == '+' && free && marks.bangs == 0)
      marks.no_sandbox = true;
    else if (c == '!' && free)
      ++marks.bangs;
    else
      break;
  }
  return word;
}

bool is_program(std::string_view path) {
  if (path.empty() || path.ends_with('/')) return false;
  const bool safe = std::none_of(path.begin(), path.end(), [](char c) {
    return (c > 0 && c < ' ') || c == '"' || c == '\'' || c == '\\' || c == 0x7F;
  });
  if (!safe) return false;
  if (!path.starts_with('/')) return is_file_name(path);
  if (path.size() >= 4096) return false;
  const auto parts = words(path, "/");
  return std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return part.size() <= 255; });
}

/// Reads a word as systemd does for commands: unknown escapes are kept, with a warning.
WordReader::Got command_word(WordReader& reader, std::string& word) {
  const WordReader before = reader;
  WordReader::Got got = reader.next(word);
  if (got != WordReader::Got::bad) return got;
  reader = before;
  reader.relax(true);
  got = reader.next(word);
  reader.relax(false);
  return got;
}

bool starts_with_semicolon(std::string_view rest, std::string_view token) {
  return rest.starts_with(token) &&
         (rest.size() == token.size() || kBlank.find(rest[token.size()]) != std::string_view::npos);
}

/// The arguments up to the end or a lone `;`, which sets `more`. False when one is broken.
bool take_arguments(WordReader& reader, std::string_view unit, std::size_t& count, bool& more) {
  std::string word;
  while (!reader.rest().empty()) {
    if (starts_with_semicolon(reader.rest(), ";")) {
      reader.skip(1);
      more = true;
      return true;
    }
    if (starts_with_semicolon(reader.rest(), "\\;")) {
      reader.skip(2);
      reader.skip(std::min(reader.rest().find_first_not_of(kBlank), reader.rest().size()));
      ++count;
      continue;
    }
    const WordReader::Got got = command_word(reader, word);
    if (got == WordReader::Got::end) break;
    if (got == WordReader::Got::bad || !expand(word, unit)) return false;
    ++count;
  }
  return true;
}

/// systemd.service(5): commands with `;` between. One that is wrong makes the unit unusable, unless
/// it is marked with `-`.
Verdict judge_commands(std::string_view value, std::string_view unit, std::size_t& count) {
  WordReader reader(value, kEscaped);
  std::string word;
  for (bool more = true; more;) {
    more = false;
    if (command_word(reader, word) != WordReader::Got::word) break;
    if (word == ";") {
      more = true;
      continue;
    }
    Marks marks;
    const auto program = expand(take_marks(word, marks), unit);
    std::size_t arguments = marks.argument_zero ? 0 : 1;
    const bool good = program && is_program(*program) &&
                      take_arguments(reader, unit, arguments, more) && arguments > 0;
    if (!good) return marks.ignore ? accept_if(count > 0) : Verdict::fatal;
    ++count;
  }
  return accept_if(count > 0);
}

}  // namespace

Verdict check_command(std::string_view value, const Directive&, std::string_view unit) {
  std::size_t count = 0;
  return judge_commands(value, unit, count);
}

std::size_t count_commands(std::string_view value, std::string_view unit) {
  std::size_t count = 0;
  static_cast<void>(judge_commands(value, unit, count));
  return count;
}

}  // namespace plimsoll::systemd
