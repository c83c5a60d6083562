#include "plugins/service/postgres/hba_file.h"

#include <fmt/format.h>

#include "scanner/base/text.h"

namespace plimsoll::postgres {
namespace {

constexpr unsigned kDeepest = 10;             // conffiles.h, CONF_FILE_MAX_DEPTH, since 16
constexpr std::size_t kLongestToken = 10239;  // hba.c, MAX_TOKEN, of the versions before 16
constexpr std::size_t kMostFiles = 2000;
constexpr std::size_t kMostTokens = 500000;
constexpr std::size_t kMostBytes = std::size_t{1} << 26U;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// One word, and what tells how the field goes on.
struct Word {
  HbaToken token;
  bool is_there = false;
  bool has_comma = false;
  bool too_long = false;
};

/// hba.c, next_token.
Word next_word(std::string_view& line, bool is_bounded) {
  std::size_t at = 0;
  while (at < line.size() && (is_blank(line[at]) || line[at] == ',')) ++at;
  Word out;
  bool in_quote = false, was_quote = false;
  for (; at < line.size() && (in_quote || !is_blank(line[at])); ++at) {
    const char c = line[at];
    if (c == '#' && !in_quote) {
      at = line.size();
      break;
    }
    if (is_bounded && out.token.text.size() >= kLongestToken) {
      out.too_long = true;
      return out;
    }
    if (c == ',' && !in_quote) {
      out.has_comma = true;
      break;
    }
    if (c != '"' || was_quote) out.token.text += c;
    // Two quotes are one that counts as a letter.
    was_quote = in_quote && c == '"' && !was_quote;
    if (c != '"') continue;
    in_quote = !in_quote;
    out.is_there = true;
    if (out.token.text.empty()) out.token.quoted = true;
  }
  line.remove_prefix(at);
  out.is_there = out.is_there || !out.token.text.empty();
  return out;
}

class Reader {
 public:
  Reader(const Root& root, const HbaReading& reading, HbaFile& out)
      : root_(root), reading_(reading), out_(out) {}
  /// Empty, or why the file could not be taken.
  std::string file(const std::string& path, unsigned depth, const Origin& from,
                   std::vector<HbaLine>& to);
  void text(const std::string& path, std::string_view text, unsigned depth,
            std::vector<HbaLine>& to);

 private:
  HbaLine line(std::string_view text, const Origin& origin, unsigned depth);
  HbaField field(std::string_view& text, HbaLine& line, unsigned depth);
  void included_words(const std::string& name, HbaField& field, HbaLine& line, unsigned depth);
  /// Since 16: `include`, `include_if_exists`, `include_dir`. False: it is a record.
  bool include(HbaLine& line, unsigned depth, std::vector<HbaLine>& to);
  std::string directory(const std::string& path, unsigned depth, const Origin& from,
                        std::vector<HbaLine>& to);
  bool is_full(const Origin& where);

  const Root& root_;
  const HbaReading& reading_;
  HbaFile& out_;
  std::size_t bytes_ = 0, tokens_ = 0;
  bool is_full_ = false;
};

bool Reader::is_full(const Origin& where) {
  const bool full =
      out_.files.size() >= kMostFiles || bytes_ > kMostBytes || tokens_ >= kMostTokens;
  if (full && !is_full_)
    out_.gaps.push_back({ErrorCode::limit, "more than 2000 files, 64 MiB or 500000 words", where});
  is_full_ = is_full_ || full;
  return full;
}

std::string Reader::file(const std::string& path, unsigned depth, const Origin& from,
                         std::vector<HbaLine>& to) {
  if (is_full(from)) return {};
  if (depth > kDeepest) return "files include each other more than ten deep";
  const auto content = root_.read(path);
  if (content) {
    text(path, *content, depth, to);
  } else if (content.error().code != ErrorCode::not_found) {
    out_.gaps.push_back(content.error());
  } else if (reading_.is_document) {
    out_.gaps.push_back({ErrorCode::not_found, content.error().what, from});
  } else {
    return fmt::format("{} is not there", path);
  }
  return {};
}

/// hba.c, tokenize_auth_file: a backslash at the end of a line ties the next one to it; what it
/// tied does not tie again.
void Reader::text(const std::string& path, std::string_view text, unsigned depth,
                  std::vector<HbaLine>& to) {
  out_.files.push_back({path, 0, 0});
  bytes_ += text.size();
  if (text.find('\0') != std::string_view::npos) {
    out_.gaps.push_back({ErrorCode::invalid, "a NUL byte stands in it", {path, 0, 0}});
    return;
  }
  std::string joined;
  std::size_t tied = 0;
  std::uint32_t first = 0;
  const bool ties = reading_.version == 0 || reading_.version >= 14;
  const auto take = [&] {
    HbaLine one = line(joined, {path, first, 0}, depth);
    if ((!one.fields.empty() || !one.error.empty()) && !include(one, depth, to))
      to.push_back(std::move(one));
    joined.clear();
    tied = first = 0;
  };
  for (const Line& one : lines(text)) {
    if (is_full({path, one.number, 0})) return;
    if (first == 0) first = one.number;
    joined += trim_right(one.text, "\r");
    joined.resize(trim_right(joined, "\r\n").size());
    if (ties && joined.size() > tied && joined.back() == '\\') {
      joined.pop_back();
      tied = joined.size();
      continue;
    }
    take();
  }
  if (first != 0) take();
}

HbaLine Reader::line(std::string_view text, const Origin& origin, unsigned depth) {
  HbaLine out{{}, {}, origin};
  while (!text.empty() && out.error.empty() && !is_full(origin)) {
    HbaField one = field(text, out, depth);
    if (!one.empty()) out.fields.push_back(std::move(one));
  }
  return out;
}

/// hba.c, next_field_expand.
HbaField Reader::field(std::string_view& text, HbaLine& line, unsigned depth) {
  HbaField out;
  for (bool goes_on = true; goes_on && line.error.empty();) {
    const bool is_bounded = reading_.version != 0 && reading_.version < 16;
    Word word = next_word(text, is_bounded);
    if (word.too_long) line.error = "a word of more than 10239 bytes";
    if (word.too_long || !word.is_there) break;
    goes_on = word.has_comma;
    ++tokens_;
    if (!word.token.quoted && word.token.text.size() > 1 && word.token.text[0] == '@')
      included_words(word.token.text.substr(1), out, line, depth);
    else
      out.push_back(std::move(word.token));
  }
  return out;
}

/// `@file`: all words of all lines of a file are members of the list.
void Reader::included_words(const std::string& name, HbaField& field, HbaLine& line,
                            unsigned depth) {
  std::vector<HbaLine> read;
  const std::string path = normal_path(join_path(parent_path(line.origin.file), name));
  line.error = file(path, depth + 1, line.origin, read);
  for (HbaLine& one : read) {
    if (!one.error.empty()) line.error = one.error;
    for (HbaField& words : one.fields) {
      tokens_ += words.size();
      field.insert(field.end(), std::make_move_iterator(words.begin()),
                   std::make_move_iterator(words.end()));
    }
  }
}

bool Reader::include(HbaLine& line, unsigned depth, std::vector<HbaLine>& to) {
  if (reading_.version != 0 && reading_.version < 16) return false;
  if (!line.error.empty() || line.fields.size() != 2) return false;
  const std::string kind = line.fields[0][0].text;
  if (!is_one_of(kind, "include include_if_exists include_dir")) return false;
  const std::string path =
      normal_path(join_path(parent_path(line.origin.file), line.fields[1][0].text));
  if (kind == "include_if_exists" && !root_.exists(path) && !reading_.is_document) return true;
  line.error = kind == "include_dir" ? directory(path, depth + 1, line.origin, to)
                                     : file(path, depth + 1, line.origin, to);
  return line.error.empty();
}

std::string Reader::directory(const std::string& path, unsigned depth, const Origin& from,
                              std::vector<HbaLine>& to) {
  const auto entries = root_.list(path);
  if (!entries) {
    if (entries.error().code == ErrorCode::not_found && !reading_.is_document)
      return fmt::format("{} is not there", path);
    out_.gaps.push_back({entries.error().code, entries.error().what, from});
    return {};
  }
  bytes_ += entries->size() * 16;  // many directives may name one large directory
  for (const DirEntry& entry : *entries) {
    if (entry.name.starts_with('.') || entry.name.size() < 6 || !entry.name.ends_with(".conf"))
      continue;
    std::string error = file(join_path(path, entry.name), depth, from, to);
    if (!error.empty()) return error;
  }
  return {};
}

}  // namespace

void read_hba_file(const Root& root, const std::string& path, const HbaReading& reading,
                   HbaFile& out) {
  Reader reader(root, reading, out);
  const std::string error = reader.file(path, 0, {path, 0, 0}, out.lines);
  if (!error.empty()) out.lines.push_back({{}, error, {path, 0, 0}});
}

void read_hba_text(const Root& root, const std::string& path, std::string_view text,
                   const HbaReading& reading, HbaFile& out) {
  Reader(root, reading, out).text(path, text, 0, out.lines);
}

}  // namespace plimsoll::postgres
