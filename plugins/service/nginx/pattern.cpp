#include "plugins/service/nginx/pattern.h"

#include <algorithm>

#include "plugins/service/nginx/pattern_class.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kDeepest = 200;

/// A group that is open while the expression is read.
struct Open {
  std::size_t index = 0;  ///< of the capture; 0 with `is_capture` unset: it has none
  bool is_capture = false;
  bool consumes = true;  ///< a lookaround matches nothing itself
  bool dot_all = false;
  Bytes bytes;
  bool all_begin = true;  ///< the alternatives so far begin with a slash
  bool at_start = true;   ///< nothing of this alternative has been read
  bool begins = false;    ///< this alternative does
};

class PatternReader : private ClassReader {
 public:
  explicit PatternReader(std::string_view text) : ClassReader(text) {}

  Pattern run() {
    out_.groups.resize(1);
    open_.emplace_back().is_capture = true;
    while (at_ < text_.size() && is_understood_) item();
    while (open_.size() > 1) close();
    finish(open_.front(), out_.groups.front());
    if (!is_understood_)
      for (Group& group : out_.groups) group = {every_byte(), false};
    return std::move(out_);
  }

 private:
  static void finish(Open& open, Group& group) {
    group.bytes |= open.bytes;
    group.begins_with_slash = open.all_begin && open.begins;
  }

  /// Something that matches one of these bytes.
  void atom(const Bytes& bytes) {
    const bool is_optional = peek() == '?' || peek() == '*' || (peek() == '{' && peek(1) == '0') ||
                             (peek() == '{' && peek(1) == ',');
    begin(bytes == bytes_of("/"), is_optional);
    open_.back().bytes |= bytes;
  }

  void begin(bool with_slash, bool is_optional) {
    Open& open = open_.back();
    if (open.at_start) open.begins = with_slash && !is_optional;
    open.at_start = false;
  }

  void item() {
    const char c = text_[at_++];
    switch (c) {
      case '\\':
        return escape();
      case '[':
        return atom(bracket());
      case '(':
        return open_group();
      case ')':
        return close();
      case '|':
        open_.back().all_begin = open_.back().all_begin && open_.back().begins;
        open_.back().at_start = true;
        open_.back().begins = false;
        return;
      case '.':
        return atom(open_.back().dot_all ? every_byte() : every_byte().reset('\n'));
      case '*':
      case '+':
      case '?':
      case '^':
      case '$':
        return;
      case '{':
        if (is_count()) return;
        [[fallthrough]];
      default:
        return atom(bytes_of({&c, 1}));
    }
  }

  /// `{2,3}` after something; any other brace is itself.
  bool is_count() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos || end == at_) return false;
    if (text_.substr(at_, end - at_).find_first_not_of("0123456789,") != std::string_view::npos)
      return false;
    at_ = end + 1;
    return true;
  }

  void escape() {
    if (at_ >= text_.size()) return;
    const char c = text_[at_++];
    if (std::string_view("bBAzZGK").find(c) != std::string_view::npos) return;
    if (c == 'Q') return quoted();
    if (c == 'E') return;
    if (c >= '1' && c <= '9') {
      const auto group = static_cast<std::size_t>(c - '0');
      return atom(group < out_.groups.size() ? out_.groups[group].bytes : every_byte());
    }
    if (c == 'g' || c == 'k') is_understood_ = false;
    const Bytes bytes = c == '0' ? bytes_between(0, 0) : class_of_escape(c);
    // An escape may have an argument in braces (`\p{Lu}`), which is no count.
    if ((c == 'p' || c == 'P' || c == 'o') && peek() == '{')
      at_ = std::min(text_.size(), text_.find('}', at_) + 1);
    atom(bytes);
  }

  void quoted() {
    const std::size_t end = std::min(text_.find("\\E", at_), text_.size());
    for (; at_ < end; ++at_) {
      begin(text_[at_] == '/', false);
      open_.back().bytes |= bytes_of(text_.substr(at_, 1));
    }
    at_ = std::min(end + 2, text_.size());
  }

  void open_group() {
    if (open_.size() > kDeepest) {
      is_understood_ = false;
      return;
    }
    Open next;
    next.dot_all = open_.back().dot_all;
    if (peek() == '*') {
      is_understood_ = false;
    } else if (peek() != '?') {
      capture(next, {});
    } else {
      ++at_;
      if (!special(next)) return;
    }
    open_.push_back(next);
  }

  void capture(Open& group, std::string_view name) {
    group.is_capture = true;
    group.index = out_.groups.size();
    out_.groups.emplace_back();
    if (!name.empty()) out_.names.emplace(name, group.index);
  }

  /// What follows `(?`. False: it is no group (a comment, an option for the rest).
  bool special(Open& group) {
    if (peek() == 'P') ++at_;
    const char c = peek();
    if (c == '#') {
      at_ = std::min(text_.size(), text_.find(')', at_) + 1);
      if (at_ == 0) at_ = text_.size();
      return false;
    }
    if (c == '=' || c == '!' || (c == '<' && (peek(1) == '=' || peek(1) == '!'))) {
      group.consumes = false;
      at_ += c == '<' ? 2 : 1;
      return true;
    }
    if (c == '<' || c == '\'') {
      const std::size_t end = text_.find(c == '<' ? '>' : '\'', at_ + 1);
      if (end == std::string_view::npos) {
        is_understood_ = false;
        return false;
      }
      capture(group, text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return true;
    }
    if (c == ':' || c == '>') {
      ++at_;
      return true;
    }
    return options(group);
  }

  /// `(?i)`, `(?s-i:`; whatever else there is (recursion, conditions) is not understood.
  bool options(Open& group) {
    bool on = true;
    while (at_ < text_.size() &&
           std::string_view("imsxUJn-^").find(text_[at_]) != std::string_view::npos) {
      const char c = text_[at_++];
      if (c == '-') on = false;
      if (c == 's') group.dot_all = on;
      if (c == 'x' && on) is_understood_ = false;
    }
    const char end = peek();
    ++at_;
    if (end == ')') open_.back().dot_all = group.dot_all;
    if (end != ')' && end != ':') is_understood_ = false;
    return end == ':';
  }

  void close() {
    if (open_.size() == 1) {
      is_understood_ = false;
      return;
    }
    Open closed = open_.back();
    open_.pop_back();
    if (closed.is_capture) finish(closed, out_.groups[closed.index]);
    if (!closed.consumes) return;
    const bool is_optional = peek() == '?' || peek() == '*' || (peek() == '{' && peek(1) == '0');
    begin(closed.all_begin && closed.begins, is_optional);
    open_.back().bytes |= closed.bytes;
  }

  std::vector<Open> open_;
  Pattern out_;
};

}  // namespace

const Group* Pattern::named(std::string_view name) const {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &groups[found->second];
}

Pattern read_pattern(std::string_view expression) { return PatternReader(expression).run(); }

}  // namespace plimsoll::nginx
