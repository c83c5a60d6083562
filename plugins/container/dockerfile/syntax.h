#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll::dockerfile {

/// A here-document of RUN, COPY or ADD.
struct Heredoc {
  std::string name;    ///< without quotes
  bool expand = true;  ///< no part of the name was quoted
  bool strip = false;  ///< `<<-`: leading tabs go
  std::string text;
  std::uint32_t line = 0;  ///< of its first line
};

/// A text with the lines its parts come from.
struct MappedText {
  std::string text;
  std::vector<std::pair<std::size_t, std::uint32_t>> lines;  ///< offset, line; ascending

  void add(std::string_view part, std::uint32_t line);
  [[nodiscard]] std::uint32_t line_at(std::size_t offset) const;
};

/// One instruction, continued lines joined, comments between them gone.
struct Instruction {
  std::string keyword;             ///< upper case
  std::vector<std::string> flags;  ///< `--mount=type=cache,...`, in order
  MappedText rest;                 ///< what follows the flags
  std::vector<Heredoc> heredocs;
  std::uint32_t line = 0;
  bool trigger = false;  ///< it stands behind ONBUILD
};

struct Directive {
  std::string name, value;
  std::uint32_t line = 0;
};

struct Comment {
  std::string text;  ///< behind the `#`, trimmed
  std::uint32_t line = 0;
};

struct Syntax {
  std::vector<Directive> directives;
  std::vector<Comment> comments;
  std::vector<Instruction> instructions;
  char escape = '\\';
  std::vector<Error> errors;  ///< lines that are no instruction, here-documents without an end
};

/// Dockerfile reference, "Format", "Parser directives", "Here-documents"; as BuildKit's parser has
/// it.
Syntax parse(std::string_view text, const std::string& path);

/// Whether an instruction of that name (any case) exists.
bool is_instruction(std::string_view word);

/// A JSON array of strings, as the exec form is written; empty when it is anything else.
struct ExecForm {
  bool is_json = false;
  std::vector<std::string> words;
};
ExecForm exec_form(std::string_view text);

/// The pieces of an argument between blanks, quotes and escapes kept and respected.
std::vector<std::string> quoted_words(std::string_view text, char escape);

}  // namespace plimsoll::dockerfile
