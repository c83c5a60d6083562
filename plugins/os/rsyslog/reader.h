#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/rsyslog/config.h"
#include "plugins/os/rsyslog/lexer.h"

namespace plimsoll::rsyslog {

/// What is kept of blocks in blocks, and of peers: more than anybody writes.
constexpr std::size_t kFilters = 64;

/// What the old-style directives have set for the forwarding actions that follow.
struct LegacyForward {
  std::string driver, driver_mode = "0", auth_mode;
  std::vector<std::string> peers;
};

/// The last parameter of a name stands (rsyslog warns about the others); null where there is none.
const Parameter* find(const Token& object, std::string_view name);
std::string value_of(const Token& object, std::string_view name, std::string_view otherwise = {});

/// Reads the files in order, statement by statement, and notes what rsyslogd is to do.
class Reader {
 public:
  Reader(const Root& root, Configuration& out) : root_(root), out_(out) {}
  void read_file(const std::string& path, const Origin& from, std::size_t depth);
  void finish();

 private:
  using Kind = Token::Kind;
  struct Frame {
    std::size_t filters;
    std::string ruleset;
    bool empty = true;   // a block without a statement is a syntax error,
    bool script = true;  // but for a ruleset's or a template's
  };

  void include(std::string_view pattern, const Origin& from, std::size_t depth, bool required);
  void include_match(const std::string& path, const Origin& from, std::size_t depth);
  void take(const Token& token, std::size_t depth);
  void take_object(const Token& token, std::size_t depth);
  void take_directive(const Token& token);
  void take_file_directive(std::string_view name, std::string_view value);
  void old_action(const Token& token);
  void old_forward(std::string_view text, Item& item) const;
  void new_action(const Token& token);
  void module_object(const Token& token);
  void is_given(const std::string& ruleset, Share share);
  void file_parameters(const Token& token, FileDefaults& files);
  void statement_ends() { ended_ = true; }
  void new_statement();
  [[nodiscard]] std::string filter() const;
  [[nodiscard]] Origin here() const { return {file_, line_, 1}; }
  Item& add(std::string_view kind, std::string name);
  void gap(std::string what);
  void syntax_error(std::string what);

  const Root& root_;
  Configuration& out_;
  std::string file_;
  std::uint32_t line_ = 0;
  std::vector<std::string> open_files_;
  std::size_t files_read_ = 0;
  std::vector<std::string> filters_;
  std::vector<Frame> frames_;
  std::string ruleset_, pending_ruleset_;
  bool ended_ = true;
  bool stopped_ = false;
  std::size_t statement_begins_ = 0;  // the first item of the outermost statement
  bool declared_ = false;             // a block that follows belongs to ruleset() or template()
  LegacyForward forward_;
};

}  // namespace plimsoll::rsyslog
