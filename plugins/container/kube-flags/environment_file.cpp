#include "plugins/container/kube-flags/environment_file.h"

#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::kube {
namespace {

using systemd::kBlank;

bool is_blank(char c) { return kBlank.find(c) != std::string_view::npos; }

/// Reads one variable after the other. A backslash takes the end of a line away wherever it stands.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Variable> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_blank(c))
        take();
      else if (c == '#' || c == ';')
        skip_comment();
      else
        read_variable();
    }
    return std::move(out_);
  }

 private:
  char take() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }

  /// Goes on in the next line where a backslash ends this one.
  void skip_comment() {
    while (!done()) {
      const char c = take();
      if (c == '\n') return;
      if (c == '\\' && !done()) take();
    }
  }

  void read_variable() {
    Variable variable;
    variable.line = line_;
    std::string name;
    while (!done() && text_[at_] != '=' && text_[at_] != '\n') name += take();
    if (done() || take() == '\n') return;
    variable.name = trim_right(name, kBlank);
    read_value(variable.value);
    if (systemd::is_variable_name(variable.name)) out_.push_back(std::move(variable));
  }

  void read_value(std::string& value) {
    // Quotes count at the beginning alone, where several parts may stand side by side.
    while (!done()) {
      const char c = text_[at_];
      if (c == '\n') {
        take();
        return;
      }
      if (c == '\'' || c == '"')
        read_quoted(take(), value);
      else if (is_blank(c))
        take();
      else
        return read_bare(value);
    }
  }

  void read_quoted(char quote, std::string& value) {
    while (!done()) {
      char c = take();
      if (c == quote) return;
      if (c == '\\' && quote == '"' && !done()) {
        c = take();
        if (c == '\n') continue;
        if (std::string_view("\"\\`$").find(c) == std::string_view::npos) value += '\\';
      }
      value += c;
    }
  }

  void read_bare(std::string& value) {
    std::size_t end = value.size();
    while (!done()) {
      char c = take();
      if (c == '\n') break;
      const bool is_escaped = c == '\\' && !done();
      if (is_escaped && (c = take()) == '\n') continue;
      value += c;
      if (is_escaped || !is_blank(c)) end = value.size();
    }
    value.resize(end);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::vector<Variable> out_;
};

}  // namespace

std::vector<Variable> read_environment_file(std::string_view text) { return Reader(text).run(); }

}  // namespace plimsoll::kube
