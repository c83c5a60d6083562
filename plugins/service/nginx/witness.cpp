#include "plugins/service/nginx/witness.h"

#include <algorithm>

#include "plugins/service/nginx/pattern_class.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kMost = 48;
constexpr std::size_t kLongest = 300;
constexpr std::size_t kDeepest = 40;
constexpr std::size_t kFew = 4;  // a class of so many bytes is spelled out

using Texts = std::vector<std::string>;

void add(Texts& to, std::string text) {
  if (to.size() < kMost && text.size() <= kLongest &&
      std::find(to.begin(), to.end(), text) == to.end())
    to.push_back(std::move(text));
}

Texts joined(const Texts& heads, const Texts& tails) {
  Texts out;
  for (const std::string& tail : tails)
    for (const std::string& head : heads) add(out, head + tail);
  return out;
}

class WitnessReader : private ClassReader {
 public:
  explicit WitnessReader(std::string_view text) : ClassReader(text) {}

  Texts run() {
    Texts out = alternatives(0);
    if (at_ < text_.size()) is_understood_ = false;
    return is_understood_ ? out : Texts();
  }

 private:
  Texts alternatives(std::size_t depth) {
    Texts out;
    for (;;) {
      for (std::string& one : sequence(depth)) add(out, std::move(one));
      if (peek() != '|' || at_ >= text_.size()) return out;
      ++at_;
    }
  }

  Texts sequence(std::size_t depth) {
    Texts out = {""};
    while (is_understood_ && at_ < text_.size() && peek() != '|' && peek() != ')')
      out = joined(out, repeated(item(depth)));
    return out;
  }

  Texts item(std::size_t depth) {
    const char c = text_[at_++];
    if (c == '^') return {std::string(1, kStart)};
    if (c == '$') return {std::string(1, kEnd)};
    if (c == '.') return of_class(every_byte().reset('\n'));
    if (c == '[') return of_class(bracket());
    if (c == '(') return group(depth);
    if (c != '\\' || at_ >= text_.size()) return {std::string(1, c)};
    const char next = text_[at_++];
    if (next == 'A') return {std::string(1, kStart)};
    if (next == 'z' || next == 'Z') return {std::string(1, kEnd)};
    if (next == 'b' || next == 'B') return {""};
    if ((next >= '0' && next <= '9') ||
        std::string_view("QEgkKGpP").find(next) != std::string_view::npos)
      is_understood_ = false;
    return of_class(class_of_escape(next));
  }

  static Texts of_class(const Bytes& bytes) {
    if (bytes.count() > kFew) return {std::string(1, has(bytes, '/') ? kMaybeSlash : kMany)};
    Texts out;
    for (unsigned i = 0; i < 256; ++i)
      if (bytes[i]) out.emplace_back(1, static_cast<char>(i));
    return out;
  }

  Texts group(std::size_t depth) {
    if (depth > kDeepest) is_understood_ = false;
    bool is_look = false;
    if (peek() == '?') {
      const std::string_view rest = text_.substr(at_);
      const bool is_named =
          rest.starts_with("?<") || rest.starts_with("?P<") || rest.starts_with("?'");
      is_look = rest.starts_with("?=") || rest.starts_with("?!") || rest.starts_with("?<=") ||
                rest.starts_with("?<!");
      if (rest.starts_with("?:") || rest.starts_with("?>"))
        at_ += 2;
      else if (is_named && !is_look)
        at_ = std::min(text_.find_first_of(">'", at_ + 3), text_.size() - 1) + 1;
      else
        is_understood_ = false;
    }
    if (!is_understood_) return {};
    Texts out = alternatives(depth + 1);
    if (peek() != ')' || at_ >= text_.size()) is_understood_ = false;
    ++at_;
    return out;
  }

  /// With what stands behind it: `?`, `*`, `+`, `{2,3}`.
  Texts repeated(Texts once) {
    Texts out = std::move(once);
    while (is_understood_ && at_ < text_.size()) {
      const char c = peek();
      std::size_t least = 1;
      if (c == '?' || c == '*')
        least = 0, ++at_;
      else if (c == '+')
        ++at_;
      else if (c == '{' && peek(1) >= '0' && peek(1) <= '9')
        least = count();
      else
        break;
      // Lazy or possessive: the same texts.
      if (peek() == '?' || peek() == '+') ++at_;
      Texts all;
      if (least == 0) add(all, "");
      Texts times = out;
      for (std::size_t i = 1; i < least; ++i) times = joined(times, out);
      for (std::string& one : times) add(all, std::move(one));
      out = std::move(all);
    }
    return out;
  }

  std::size_t count() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      is_understood_ = false;
      return 1;
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    const auto least = to_integer(inside.substr(0, inside.find(',')));
    return static_cast<std::size_t>(std::clamp<std::int64_t>(least.value_or(1), 0, 8));
  }
};

}  // namespace

std::vector<std::string> witnesses(std::string_view expression) {
  return WitnessReader(expression).run();
}

}  // namespace plimsoll::nginx
