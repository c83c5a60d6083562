#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/firewall/nft_lexer.h"

namespace plimsoll::firewall {

/// True for the words that nft's grammar keeps for itself, so that nothing can be named so.
bool is_reserved(std::string_view word);
/// Among words with blanks between them.
bool is_one_of(std::string_view word, std::string_view list);
/// A token as a listing shows it: in quotes if it was.
std::string spelled(const Token& token);
/// True where a rule cannot go on.
bool ends_rule(const Token& token);

/// The tokens of a ruleset with its variables, and the first thing that is wrong with it: nft loads
/// all of a file or nothing.
class NftInput {
 public:
  explicit NftInput(const Root& root) : lexer(root) {}

  [[nodiscard]] const Token& peek() { return lexer.peek(); }
  Token next() { return lexer.next(); }
  /// Takes the next token if it is that word or sign.
  bool take(std::string_view word);
  /// Takes it, or fails.
  bool expect(std::string_view word);
  /// A name that is no keyword; empty on failure.
  std::string identifier();
  /// Skips a line end: one may stand on either side of an element of a set.
  void skip_newline();
  /// Takes what ends a statement, or fails.
  bool separator();
  /// Puts the value in place of `$name`, if that comes next.
  void expand();

  /// `define`, `redefine`, `undefine` and `include`; false when the next token is none of them.
  bool common();
  void open_scope() { scopes_.emplace_back(); }
  void close_scope() { scopes_.pop_back(); }

  void fail(std::string_view what, const Token& at);
  void unsupported(std::string_view what, const Token& at);
  void fail(Error error);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  NftLexer lexer;
  std::vector<std::string> include_directories = {"/etc"};

 private:
  using Scope = std::map<std::string, std::vector<Token>, std::less<>>;
  void define(bool again);
  void undefine();
  void include();
  bool initializer(std::vector<Token>& value);
  /// The innermost scope that has it.
  Scope* scope_of(std::string_view name);

  std::vector<Scope> scopes_ = std::vector<Scope>(1);
  std::size_t expanded_ = 0;
  std::optional<Error> error_;
};

}  // namespace plimsoll::firewall
