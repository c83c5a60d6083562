#include "plugins/container/dockerfile/syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::dockerfile {
namespace {

constexpr std::string_view kSpaces = " \t\v\f\r";
constexpr std::array<std::string_view, 18> kInstructions = {
    "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};
// The builder refuses a longer line; a file with more instructions is not written by people.
constexpr std::size_t kMostInstructions = 200000;
constexpr std::size_t kMostErrors = 20;

class Parser {
 public:
  Parser(std::string_view text, const std::string& path) : path_(path) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (const Line& line : lines(text)) lines_.push_back(trim_right(line.text, "\r"));
  }

  Syntax parse() {
    directives();
    while (next_ < lines_.size()) instruction();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t index) const {
    return static_cast<std::uint32_t>(index + 1);
  }

  void error(ErrorCode code, std::string what, std::uint32_t line) {
    if (out_.errors.size() < kMostErrors)
      out_.errors.push_back({code, std::move(what), {path_, line, 0}});
  }

  // "Parser directives": only at the top; a comment of another kind, a blank line or an
  // instruction ends them.
  void directives() {
    for (; next_ < lines_.size(); ++next_) {
      const std::string_view line = trim(lines_[next_], kSpaces);
      if (!line.starts_with('#')) return;
      const std::string_view body = trim(line.substr(1), kSpaces);
      const std::size_t equals = body.find('=');
      if (equals == std::string_view::npos) return;
      const std::string name = lower(trim(body.substr(0, equals), kSpaces));
      const std::string_view value = trim(body.substr(equals + 1), kSpaces);
      if (name != "syntax" && name != "escape" && name != "check") return;
      out_.directives.push_back({name, std::string(value), number(next_)});
      if (name == "escape" && (value == "`" || value == "\\")) out_.escape = value[0];
      if (name == "escape" && value != "`" && value != "\\")
        error(ErrorCode::invalid, "the escape character may be `\\` or a backquote", number(next_));
    }
  }

  void comment(std::string_view line, std::size_t index) {
    out_.comments.push_back({std::string(trim(line.substr(1), kSpaces)), number(index)});
  }

  void instruction() {
    const std::string_view first = trim_left(lines_[next_], kSpaces);
    if (first.empty()) return void(++next_);
    if (first[0] == '#') return comment(first, next_++);
    if (out_.instructions.size() >= kMostInstructions) {
      error(ErrorCode::limit, fmt::format("more than {} instructions", kMostInstructions),
            number(next_));
      next_ = lines_.size();
      return;
    }
    const std::uint32_t line = number(next_);
    take(logical_line(first), line, false);
  }

  /// Joins a line with those that continue it. Comments and empty lines between them go.
  MappedText logical_line(std::string_view part) {
    MappedText out;
    for (bool more = true; more;) {
      more = ends_with_escape(part);
      if (more) part = part.substr(0, trim_right(part, " \t").size() - 1);
      out.add(part, number(next_));
      for (++next_; more && next_ < lines_.size(); ++next_) {
        part = lines_[next_];
        const std::string_view inside = trim_left(part, kSpaces);
        if (inside.starts_with('#'))
          comment(inside, next_);
        else if (!inside.empty())
          break;
      }
      more = more && next_ < lines_.size();
    }
    return out;
  }

  /// An escape character at the end, blanks behind it allowed, that is not escaped itself.
  [[nodiscard]] bool ends_with_escape(std::string_view line) const {
    line = trim_right(line, " \t");
    if (!line.ends_with(out_.escape)) return false;
    return line.size() == 1 || line[line.size() - 2] != out_.escape;
  }

  void take(MappedText whole, std::uint32_t line, bool trigger) {
    Instruction made;
    made.line = line;
    made.trigger = trigger;
    const std::string_view text = whole.text;
    const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
    made.keyword = upper(text.substr(0, end));
    if (!is_instruction(made.keyword))
      return error(
          ErrorCode::invalid,
          fmt::format("`{}` is no instruction", text.substr(0, std::min(end, std::size_t{40}))),
          line);
    std::size_t from = skip_spaces(text, end);
    if (made.keyword == "ONBUILD" && !trigger && from < text.size()) {
      MappedText inner = tail(whole, from);
      made.rest = inner;
      out_.instructions.push_back(std::move(made));
      return take(std::move(inner), line, true);
    }
    from = take_flags(text, from, made.flags);
    made.rest = tail(whole, from);
    const std::size_t last = trim_right(made.rest.text, kSpaces).size();
    made.rest.text.resize(last);
    if (made.keyword == "RUN" || made.keyword == "COPY" || made.keyword == "ADD") heredocs(made);
    out_.instructions.push_back(std::move(made));
  }

  static std::size_t skip_spaces(std::string_view text, std::size_t from) {
    const std::size_t at = text.find_first_not_of(kSpaces, from);
    return at == std::string_view::npos ? text.size() : at;
  }

  /// `--name=value` words in front of the arguments; quotes and escapes may hold blanks.
  std::size_t take_flags(std::string_view text, std::size_t from, std::vector<std::string>& flags) {
    while (text.substr(from).starts_with("--")) {
      std::size_t end = from;
      char quote = '\0';
      for (; end < text.size(); ++end) {
        const char c = text[end];
        if (quote == '\0' && kSpaces.find(c) != std::string_view::npos) break;
        if (c == out_.escape && end + 1 < text.size())
          ++end;
        else if (quote == c)
          quote = '\0';
        else if (quote == '\0' && (c == '"' || c == '\''))
          quote = c;
      }
      end = std::min(end, text.size());
      const bool none = end == from + 2;
      if (!none) flags.emplace_back(text.substr(from, end - from));
      from = skip_spaces(text, end);
      if (none) break;
    }
    return from;
  }

  static MappedText tail(const MappedText& whole, std::size_t from) {
    MappedText out;
    out.text = whole.text.substr(from);
    for (const auto& [offset, line] : whole.lines) {
      if (offset <= from && !out.lines.empty()) out.lines.clear();
      out.lines.emplace_back(offset <= from ? 0 : offset - from, line);
    }
    return out;
  }

  // --- here-documents

  void heredocs(Instruction& made) {
    if (made.rest.text.find("<<") == std::string::npos) return;
    for (const std::string& word : quoted_words(made.rest.text, out_.escape))
      if (auto heredoc = heredoc_named(word)) made.heredocs.push_back(std::move(*heredoc));
    for (Heredoc& heredoc : made.heredocs) body(heredoc, made.line);
  }

  /// A word `<<NAME`, `<<-NAME`, a number in front allowed; any quote in NAME stops expansion.
  std::optional<Heredoc> heredoc_named(std::string_view word) const {
    word = trim_left(word, "0123456789");
    if (!word.starts_with("<<") || word.find('<', 2) != std::string_view::npos) return {};
    Heredoc made;
    word.remove_prefix(2);
    made.strip = word.starts_with('-');
    if (made.strip) word.remove_prefix(1);
    for (const char c : word) {
      if (c == '"' || c == '\'' || c == out_.escape)
        made.expand = false;
      else
        made.name += c;
    }
    if (made.name.empty()) return {};
    return made;
  }

  void body(Heredoc& heredoc, std::uint32_t line) {
    heredoc.line = number(next_);
    while (next_ < lines_.size()) {
      std::string_view text = lines_[next_++];
      const std::string_view bare = heredoc.strip ? trim_left(text, "\t") : text;
      if (bare == heredoc.name) return;
      heredoc.text.append(bare).append("\n");
    }
    error(ErrorCode::invalid, fmt::format("the here-document `{}` has no end", heredoc.name), line);
  }

  const std::string& path_;
  std::vector<std::string_view> lines_;
  std::size_t next_ = 0;
  Syntax out_;
};

/// JSON strings in brackets; BuildKit takes anything else for the shell form.
class ArrayReader {
 public:
  explicit ArrayReader(std::string_view text) : text_(trim(text, " \t\r\n")) {}

  ExecForm read() {
    ExecForm out;
    if (!eat('[')) return {};
    if (eat(']')) return at_end() ? ExecForm{true, {}} : ExecForm{};
    do {
      auto word = string();
      if (!word) return {};
      out.words.push_back(std::move(*word));
    } while (eat(','));
    out.is_json = eat(']') && at_end();
    return out.is_json ? out : ExecForm{};
  }

 private:
  [[nodiscard]] bool at_end() const { return pos_ == text_.size(); }

  void skip() {
    while (pos_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[pos_]) != std::string_view::npos)
      ++pos_;
  }

  bool eat(char c) {
    skip();
    if (at_end() || text_[pos_] != c) return false;
    ++pos_;
    skip();
    return true;
  }

  std::optional<std::string> string() {
    if (at_end() || text_[pos_] != '"') return {};
    std::string out;
    for (++pos_; pos_ < text_.size(); ++pos_) {
      const char c = text_[pos_];
      if (c == '"') return ++pos_, out;
      if (static_cast<unsigned char>(c) < 0x20) return {};
      if (c != '\\')
        out += c;
      else if (!escaped(out))
        return {};
    }
    return {};
  }

  bool escaped(std::string& out) {
    if (++pos_ >= text_.size()) return false;
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t at = kFrom.find(text_[pos_]); at != std::string_view::npos)
      return out += kTo[at], true;
    if (text_[pos_] != 'u' || pos_ + 4 >= text_.size()) return false;
    const auto code = to_integer(text_.substr(pos_ + 1, 4), 16);
    if (!code || *code < 0) return false;
    pos_ += 4;
    out += *code < 0x80 ? std::string(1, static_cast<char>(*code)) : std::string("?");
    return true;
  }

  std::string_view text_;
  std::size_t pos_ = 0;
};

}  // namespace

void MappedText::add(std::string_view part, std::uint32_t line) {
  lines.emplace_back(text.size(), line);
  text += part;
}

std::uint32_t MappedText::line_at(std::size_t offset) const {
  const auto after =
      std::upper_bound(lines.begin(), lines.end(), offset,
                       [](std::size_t wanted, const auto& entry) { return wanted < entry.first; });
  return after == lines.begin() ? 0 : std::prev(after)->second;
}

bool is_instruction(std::string_view word) {
  return std::find_if(kInstructions.begin(), kInstructions.end(), [&](std::string_view known) {
           return iequals(known, word);
         }) != kInstructions.end();
}

ExecForm exec_form(std::string_view text) { return ArrayReader(text).read(); }

std::vector<std::string> quoted_words(std::string_view text, char escape) {
  std::vector<std::string> out;
  std::string word;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
      continue;
    }
    word += c;
    // In single quotes the escape character means itself.
    if (c == escape && quote != '\'' && i + 1 < text.size())
      word += text[++i];
    else if (quote == c)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

Syntax parse(std::string_view text, const std::string& path) { return Parser(text, path).parse(); }

}  // namespace plimsoll::dockerfile
