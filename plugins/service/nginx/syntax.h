#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::nginx {

/// The words up to a `;` or `{`, quotes and escapes resolved.
struct Statement {
  std::vector<std::string> words;
  std::uint32_t line = 0;  ///< of the first word
};

/// Cuts the text of one file into statements as ngx_conf_file.c does.
class Reader {
 public:
  enum class Token : std::uint8_t { simple, block_start, block_end, end, error };

  explicit Reader(std::string_view text) : text_(text) {}

  /// The next token; `statement` is filled for `simple` and `block_start`.
  Token next(Statement& statement);
  /// After the `{` of a block in Lua: passes over it, its closing brace included. False when it has
  /// none.
  bool skip_lua();

  [[nodiscard]] std::uint32_t line() const { return line_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  Token fail(std::string why);
  /// False at the end of the file, and (with an error) where nginx's buffer does not hold the word.
  bool take(char& c);
  void end_word(Statement& statement, std::size_t end);
  Token begin_word(char c, Statement& statement, bool& is_done);
  bool skip_long_bracket();

  enum class State : std::uint8_t { between, plain, single_quoted, double_quoted, after_quote };
  std::string_view text_;
  std::size_t at_ = 0, start_ = 0, buffered_ = 0;
  std::uint32_t line_ = 1;
  State state_ = State::between;
  bool is_variable_ = false, is_comment_ = false, is_escaped_ = false;
  std::string error_;
};

}  // namespace plimsoll::nginx
