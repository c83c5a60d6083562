#include "plugins/os/apparmor/profile_file.h"

#include <algorithm>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::apparmor {
namespace {

constexpr std::size_t kDepth = 64;         // blocks in blocks
constexpr std::size_t kName = 4096;        // bytes of a profile's name
constexpr std::size_t kProfiles = 20'000;  // of one file
constexpr std::size_t kStatement = 4096;   // words that can matter before a block
constexpr std::string_view kBlanks = " \t\r\n\v\f";

struct Word {
  std::string text;  // without its quotes
  std::uint32_t line = 0;
  bool quoted = false;
};

/// Words, and `{`, `}`, `(`, `)`, `=` and `,` where they stand alone. A brace inside a word belongs
/// to a path (apparmor.d(5), "Globbing").
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// False at the end.
  bool next(Word& word) {
    skip();
    if (at_ >= text_.size()) return false;
    word = {{}, line_, false};
    if (text_[at_] == '"') return quoted(word);
    int open = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (kBlanks.find(c) != std::string_view::npos) break;
      const bool first = at_ == begin;
      // `}` and `,` end a word unless a brace of the path is open; a brace that opens a word is a
      // block.
      if (c == '{' && !first) ++open;
      if (c == '}' && open > 0) {
        --open;
        continue;
      }
      const bool single = c == '(' || c == ')' || c == '=' ||
                          (open == 0 && (c == ',' || c == '}')) || (c == '{' && first);
      if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
      } else if (single) {
        if (first) ++at_;
        break;
      }
    }
    at_ = std::min(at_, text_.size());
    word.text = text_.substr(begin, at_ - begin);
    return true;
  }

 private:
  /// `#include` is a word, any other `#` begins a comment.
  void skip() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#') {
        if (text_.substr(at_).starts_with("#include")) return;
        at_ = std::min(text_.size(), text_.find('\n', at_));
        if (at_ >= text_.size()) return;
      }
      if (text_[at_] == '\n') ++line_;
      if (kBlanks.find(text_[at_]) == std::string_view::npos) return;
    }
  }

  bool quoted(Word& word) {
    word.quoted = true;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word.text += text_[at_];
    }
    at_ = std::min(text_.size(), at_ + 1);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

bool is(const Word& word, std::string_view text) { return !word.quoted && word.text == text; }

/// The words since the last block or rule ended.
struct Head {
  std::vector<Word> words;
  std::ptrdiff_t open = 0;  // parentheses

  void add(Word word) {
    if (is(word, "(")) ++open;
    if (is(word, ")")) --open;
    if (words.size() < kStatement) words.push_back(std::move(word));
  }
  void clear() {
    words.clear();
    open = 0;
  }
  /// A preamble's include, variable or boolean ends with its line.
  [[nodiscard]] bool ended_before(std::uint32_t line) const {
    if (words.empty() || words.back().line == line) return false;
    const Word& first = words.front();
    return is(first, "include") || is(first, "#include") || first.text.starts_with("@{") ||
           first.text.starts_with('$');
  }
};

/// The words in parentheses at the end of a profile's head: `flags=(a, b)`, or `(a b)` alone.
std::vector<std::string> flags_of(const std::vector<Word>& head) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool named = i >= 2 && is(head[i - 1], "=");
    if (!is(head[i], "(") || (named && !is(head[i - 2], "flags"))) continue;
    for (++i; i < head.size() && !is(head[i], ")"); ++i)
      if (!is(head[i], ",")) out.push_back(head[i].text);
  }
  return out;
}

/// The name of the profile that a block's head begins, or nothing when it begins none.
std::string name_of(const std::vector<Word>& head, bool in_profile) {
  if (head.empty()) return {};
  const bool by_keyword = is(head[0], "profile") || is(head[0], "hat");
  if (by_keyword) return head.size() > 1 ? head[1].text : std::string();
  if (head[0].text.starts_with('^') && in_profile) {
    const std::string name = head[0].text.substr(1);
    return name.empty() && head.size() > 1 ? head[1].text : name;
  }
  const bool by_path = head[0].text.starts_with('/') || head[0].text.starts_with(':') ||
                       head[0].text.starts_with("@{");
  return by_path && !in_profile ? head[0].text : std::string();
}

}  // namespace

Result<std::vector<Profile>> parse_profiles(std::string_view text, const std::string& file) {
  std::vector<Profile> out;
  std::vector<std::string> blocks;  // the profile that each open block is of
  Head head;
  Word word;
  for (Lexer lexer(text); lexer.next(word);) {
    const auto refuse = [&](ErrorCode code, const char* what) {
      return fail(code, what, Origin{file, word.line, 1});
    };
    if (is(word, "{")) {
      if (blocks.size() >= kDepth) return refuse(ErrorCode::limit, "more than 64 blocks in blocks");
      const bool inside = !blocks.empty();
      std::string name = name_of(head.words, inside);
      if (name.empty() && !inside) return refuse(ErrorCode::invalid, "a block that is no profile");
      if (name.size() > kName) return refuse(ErrorCode::limit, "a name longer than 4096 bytes");
      if (!name.empty()) {
        if (out.size() >= kProfiles) return refuse(ErrorCode::limit, "more than 20000 profiles");
        if (inside) name = blocks.back() + "//" + name;
        out.push_back({name, flags_of(head.words), head.words.front().line});
      }
      blocks.push_back(name.empty() ? blocks.back() : name);
      head.clear();
    } else if (is(word, "}")) {
      if (blocks.empty()) return refuse(ErrorCode::invalid, "a `}` without a `{`");
      blocks.pop_back();
      head.clear();
    } else if (is(word, ",") && head.open == 0) {
      head.clear();  // the end of a rule
    } else {
      if (head.ended_before(word.line)) head.clear();
      head.add(std::move(word));
      word = {};
    }
  }
  if (!blocks.empty())
    return fail(ErrorCode::invalid, "a profile without its end", Origin{file, 0, 0});
  return out;
}

}  // namespace plimsoll::apparmor
