#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::bind {

/// A line of one of the files that were read.
struct Place {
  std::uint32_t file = 0;  ///< counted from 0 as they are opened
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Token {
  enum class Kind : std::uint8_t {
    end,      ///< of the last file
    text,     ///< without quotes
    quoted,   ///< quotes resolved
    special,  ///< one of { } ; / " !
    number,
    braces,  ///< what stands between a brace and its counterpart, as written
    bad,     ///< `text` says why named stops here
  };
  Kind kind = Kind::end;
  char special = 0;
  std::uint32_t number = 0;
  std::string text;
  Place place;

  [[nodiscard]] bool is(char wanted) const { return kind == Kind::special && special == wanted; }
  [[nodiscard]] bool is_text() const { return kind == Kind::text; }
  [[nodiscard]] bool is_string() const { return kind == Kind::text || kind == Kind::quoted; }
};

/// What a reader asks for decides what a token is (lib/isc/lex.c, isc_lex_gettoken).
enum class Want : std::uint8_t {
  words,    ///< a quote is a special character
  strings,  ///< quoted strings too
  decimal,  ///< numbers in base 10
  number,   ///< numbers as in C: `0x10` with decimal digits only, `010` is octal
  braces,   ///< a whole block in braces as one text
};

/// The tokens of files that are read one within the other: an `include` puts a file on top, and at
/// its end the one below goes on.
class Lexer {
 public:
  /// `begun` takes the files as their reading begins.
  explicit Lexer(std::vector<std::uint32_t>& begun) : begun_(&begun) {}
  /// Puts a file on top. `text` has to outlive the lexer.
  void open(std::uint32_t file, std::string_view text);
  /// The next token, which stays.
  const Token& peek(Want want);
  Token take(Want want);
  /// How many files are open.
  [[nodiscard]] std::size_t depth() const { return open_.size(); }

 private:
  struct Source {
    std::string_view text;
    std::size_t at = 0;
    std::size_t line_start = 0;
    std::uint32_t file = 0;
    std::uint32_t line = 1;
    bool has_begun = false;
  };
  enum class Gap : std::uint8_t { token, end, broken };

  Gap skip_gap();
  bool skip_comment(Source& source);
  void skip_to(Source& source, std::size_t to);
  void read(Want want);
  void read_word(Want want);
  void read_quoted();
  void read_braces();
  std::size_t word_end(std::string_view text, std::size_t from, std::size_t& after) const;
  void bad(std::string_view why);

  std::vector<std::uint32_t>* begun_;
  std::vector<Source> open_;
  Token token_;
  std::size_t token_end_ = 0;  ///< in the file on top
  Want wanted_ = Want::words;
  bool has_token_ = false;
};

}  // namespace plimsoll::bind
