#include "scanner/formats/systemd/env_file.h"

#include "scanner/base/text.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

/// One pass over the bytes, as systemd's env-file.c has its states.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<EnvAssignment> read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_blank(c) || is_end(c)) {
        take();
      } else if (c == '#' || c == ';') {
        comment();
      } else {
        assignment();
      }
    }
    return std::move(found_);
  }

 private:
  static bool is_end(char c) { return c == '\n' || c == '\r'; }
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  char take() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }
  [[nodiscard]] bool more() const { return at_ < text_.size(); }

  /// A backslash carries a comment over the end of its line.
  void comment() {
    while (more()) {
      const char c = take();
      if (is_end(c)) return;
      if (c == '\\' && more()) take();
    }
  }

  void assignment() {
    const std::uint32_t line = line_;
    std::string name;
    while (more() && !is_end(text_[at_]) && text_[at_] != '=') name += take();
    if (!more() || take() != '=') return;
    std::string text = value();
    name = trim_right(name, kBlank);
    if (is_variable_name(name)) found_.push_back({std::move(name), std::move(text), line});
  }

  /// Quotes are quotes only before the first bare byte; blanks at the end of bare text go.
  std::string value() {
    std::string out;
    while (more()) {
      const char c = text_[at_];
      if (is_end(c)) return take(), out;
      take();
      if (c == '\'') {
        single_quoted(out);
      } else if (c == '"') {
        double_quoted(out);
      } else if (!is_blank(c)) {
        --at_;
        return bare(std::move(out));
      }
    }
    return out;
  }

  void single_quoted(std::string& out) {
    while (more())
      if (const char c = take(); c != '\'')
        out += c;
      else
        return;
  }

  void double_quoted(std::string& out) {
    while (more()) {
      const char c = take();
      if (c == '"') return;
      if (c != '\\' || !more()) {
        out += c;
        continue;
      }
      const char escaped = take();
      if (std::string_view("\"\\`$").find(escaped) != std::string_view::npos)
        out += escaped;
      else if (escaped != '\n')
        out.append({'\\', escaped});
    }
  }

  std::string bare(std::string out) {
    std::size_t solid = out.size();  // what no trimming may take
    while (more()) {
      const char c = take();
      if (is_end(c)) break;
      if (c == '\\') {
        if (!more()) break;
        if (const char escaped = take(); !is_end(escaped)) out += escaped;
        solid = out.size();
        continue;
      }
      out += c;
      if (!is_blank(c)) solid = out.size();
    }
    out.resize(solid);
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::vector<EnvAssignment> found_;
};

}  // namespace

std::vector<EnvAssignment> parse_env_file(std::string_view text) { return Reader(text).read(); }

}  // namespace plimsoll::systemd
