#include "plugins/service/mysql/option_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::mysql {
namespace {

constexpr unsigned kDeepest = 10;          // of includes, as the program has it
constexpr std::size_t kMostFiles = 20000;  // with every repetition
constexpr std::size_t kMostBytes = std::size_t{1} << 26U;
constexpr std::size_t kMostArguments = 200000;
constexpr std::size_t kPiece = 4094;  // what one fgets() takes of a line

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

class Reader {
 public:
  Reader(const Root& root, const Reading& reading, OptionFiles& out)
      : root_(root), reading_(reading), out_(out) {}
  /// False: the program would stop reading the file that asked for it.
  void file(const std::string& path, unsigned depth);
  void text(const std::string& path, std::string_view text, unsigned depth);

 private:
  bool piece(std::string_view line, bool has_end, unsigned depth);
  bool directive(std::string_view line, bool has_end, unsigned depth);
  bool include_directory(const std::string& path, unsigned depth);
  void missing(const Error& error);
  void option(std::string_view line);
  bool stop(std::string why);
  [[nodiscard]] bool is_full();
  [[nodiscard]] std::string place(std::string_view name) const;

  const Root& root_;
  const Reading& reading_;
  OptionFiles& out_;
  Origin here_;
  std::string group_;
  bool in_group_ = false, wanted_ = false, is_full_ = false;
  std::size_t bytes_ = 0;
  unsigned depth_ = 0;
};

bool Reader::is_full() {
  const bool full = out_.files.size() >= kMostFiles || bytes_ > kMostBytes ||
                    out_.arguments.size() + out_.others.size() >= kMostArguments;
  if (full && !is_full_)
    out_.gaps.push_back(
        {ErrorCode::limit, "more than 20000 files, 64 MiB or 200000 options", here_});
  is_full_ = is_full_ || full;
  return full;
}

/// A mistake ends the file it stands in; in the file that was asked for first, it ends the program.
bool Reader::stop(std::string why) {
  if (depth_ == 0 && !out_.fatal) out_.fatal = Error{ErrorCode::invalid, std::move(why), here_};
  return false;
}

/// The server is started in the top directory; a document's neighbours lie beside it.
std::string Reader::place(std::string_view name) const {
  if (name.starts_with("~/")) return join_path("/root", name.substr(2));
  if (name.starts_with('/')) return normal_path(name);
  return join_path(reading_.is_document ? parent_path(here_.file) : "/", name);
}

void Reader::missing(const Error& error) {
  if (error.code == ErrorCode::not_found && !reading_.is_document) return;
  Error gap = error;
  if (gap.code == ErrorCode::not_found) gap.where = here_;
  out_.gaps.push_back(std::move(gap));
}

void Reader::file(const std::string& path, unsigned depth) {
  if (is_full()) return;
  const auto stat = root_.stat(path);
  if (!stat) return missing(stat.error());
  if (stat->type == FileType::directory) return;
  // my_default.c: what anybody may write could be a file that the server itself was made to write.
  if (!reading_.is_document && (stat->mode & 02U) != 0 && stat->type == FileType::regular) return;
  const auto content = root_.read(path);
  if (!content) return missing(content.error());
  text(path, *content, depth);
}

void Reader::text(const std::string& path, std::string_view text, unsigned depth) {
  const Origin outer_here = here_;
  const std::string outer_group = group_;
  const bool outer_in = in_group_, outer_wanted = wanted_;
  const unsigned outer_depth = depth_;
  here_ = {path, 0, 0};
  out_.files.push_back(here_);
  bytes_ += text.size();
  depth_ = depth;
  in_group_ = wanted_ = false;
  for (std::size_t at = 0, number = 1; at < text.size() && !is_full_;) {
    here_.line = static_cast<std::uint32_t>(number);
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const bool whole = end - at < kPiece || (end - at == kPiece && end == text.size());
    const std::size_t length = whole ? end - at : kPiece;
    // What follows a NUL is not seen.
    const std::string_view line = text.substr(at, length);
    const std::size_t nul = line.find('\0');
    const bool has_end = whole && end < text.size() && nul == std::string_view::npos;
    if (!piece(line.substr(0, nul), has_end, depth)) break;
    at += length;
    if (whole) ++at, ++number;
  }
  here_ = outer_here;
  group_ = outer_group;
  in_group_ = outer_in;
  wanted_ = outer_wanted;
  depth_ = outer_depth;
}

bool Reader::piece(std::string_view line, bool has_end, unsigned depth) {
  line = trim_left(line);
  if (line.empty() || line[0] == '#' || line[0] == ';') return true;
  if (line[0] == '!') return directive(line, has_end, depth);
  if (line[0] == '[') {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) return stop("a group without `]`");
    group_ = lower(trim_right(line.substr(1, end - 1)));
    in_group_ = true;
    wanted_ =
        std::find(reading_.groups.begin(), reading_.groups.end(), group_) != reading_.groups.end();
    return true;
  }
  if (!in_group_) return stop("an option before the first group");
  if (!is_full()) option(line);
  return true;
}

bool Reader::directive(std::string_view line, bool has_end, unsigned depth) {
  if (depth >= kDeepest) return true;  // skipped with a warning
  line = trim_left(line.substr(1));
  const bool is_directory = line.starts_with("includedir");
  const std::size_t word = is_directory ? 10 : 7;
  if (!is_directory && !line.starts_with("include")) return true;
  if (line.size() == word ? !has_end : !is_blank(line[word])) return true;
  std::string_view name = trim_left(line.substr(word));
  // my_default.c, get_argument: the last byte is taken for the line feed.
  if (!has_end && !name.empty()) name.remove_suffix(1);
  name = trim_right(name);
  if (name.empty()) return stop("an include without a name");
  if (is_directory) return include_directory(place(name), depth);
  file(place(name), depth + 1);
  return true;
}

bool Reader::include_directory(const std::string& path, unsigned depth) {
  const auto entries = root_.list(path);
  if (!entries) {
    if (reading_.is_document || entries.error().code != ErrorCode::not_found)
      return missing(entries.error()), true;
    return stop(fmt::format("includedir: there is no directory {}", path));
  }
  bytes_ += entries->size() * 16;  // many directives may name one large directory
  for (const DirEntry& entry : *entries)
    if (entry.name.ends_with(".cnf")) file(join_path(path, entry.name), depth + 1);
  return true;
}

/// A `#` outside of quotes begins a comment; a backslash counts only inside them.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  bool escaped = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if ((c == '\'' || c == '"') && !escaped) {
      if (quote == 0)
        quote = c;
      else if (quote == c)
        quote = 0;
    }
    if (quote == 0 && c == '#') return line.substr(0, i);
    escaped = quote != 0 && c == '\\' && !escaped;
  }
  return line;
}

std::string unescaped(std::string_view text) {
  constexpr std::string_view kFrom = "ntrbs\"'\\", kTo = "\n\t\r\b \"'\\";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const std::size_t at = kFrom.find(text[++i]);
    if (at == std::string_view::npos) out.append({'\\', text[i]});
    if (at != std::string_view::npos) out += kTo[at];
  }
  return out;
}

void Reader::option(std::string_view line) {
  line = without_comment(line);
  Argument argument;
  const std::size_t equals = line.find('=');
  argument.name = trim_right(line.substr(0, equals));
  argument.group = group_;
  argument.origin = here_;
  if (equals != std::string_view::npos) {
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() > 1 && (value[0] == '"' || value[0] == '\'') && value[0] == value.back())
      value = value.substr(1, value.size() - 2);
    argument.value = unescaped(value);
  }
  (wanted_ ? out_.arguments : out_.others).push_back(std::move(argument));
}

}  // namespace

void read_option_file(const Root& root, const std::string& path, const Reading& reading,
                      OptionFiles& out) {
  Reader(root, reading, out).file(path, 0);
}

void read_option_text(const Root& root, const std::string& path, std::string_view text,
                      const Reading& reading, OptionFiles& out) {
  Reader(root, reading, out).text(path, text, 0);
}

}  // namespace plimsoll::mysql
