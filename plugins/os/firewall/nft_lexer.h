#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// One token of nft's input language.
struct Token {
  enum class Kind : std::uint8_t {
    word,
    number,
    quoted,
    wildcard,
    sign,
    newline,
    semicolon,
    junk,
    end
  };
  Kind kind = Kind::end;
  std::string_view text;   ///< without the quotes; a word operator (`eq`) by its sign
  std::size_t length = 0;  ///< bytes in the file
  std::uint32_t file = 0;
  std::uint32_t line = 0;

  [[nodiscard]] bool is(std::string_view word) const {
    return (kind == Kind::word || kind == Kind::sign) && text == word;
  }
  [[nodiscard]] bool is_separator() const {
    return kind == Kind::newline || kind == Kind::semicolon;
  }
};

/// The tokens of a ruleset file and of what it includes, as nft's scanner gives them: an included
/// file stands where the separator behind its `include` ends, and its end is no separator.
class NftLexer {
 public:
  explicit NftLexer(const Root& root) : root_(root) {}

  Token next();
  [[nodiscard]] const Token& peek();
  /// Puts tokens (the value of a variable) before what is still to read.
  void put_back(const std::vector<Token>& tokens);
  /// `pattern` as `include` takes it: a glob; beside /etc unless it begins with `/`, `./` or `../`.
  [[nodiscard]] std::optional<Error> include(std::string_view pattern, const Token& at,
                                             const std::vector<std::string>& directories);
  [[nodiscard]] std::optional<Error> open(const std::string& path, const Origin& from);
  [[nodiscard]] Origin origin(const Token& token) const;
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  struct Source {
    std::string_view text;
    std::size_t at = 0;
    std::uint32_t file = 0;
    std::uint32_t line = 1;
    std::size_t depth = 1;
  };
  [[nodiscard]] std::optional<Error> push(const std::string& path, std::size_t depth,
                                          const Origin& from);
  static Token scan(std::string_view text);
  static bool skip_blanks(Source& source);

  const Root& root_;
  std::vector<Source> sources_;
  std::vector<std::string> files_;
  std::vector<Token> pending_;  ///< to be read from the back
};

}  // namespace plimsoll::firewall
