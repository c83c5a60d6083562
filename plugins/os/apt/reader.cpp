#include "plugins/os/apt/reader.h"

#include <algorithm>
#include <array>

#include "plugins/os/apt/grammar.h"
#include "scanner/base/text.h"

namespace plimsoll::apt {

namespace {
constexpr unsigned kDeepest = 10;           // ReadConfigFile(): an include below it is an error
constexpr std::size_t kMostFiles = 1000;    // ours: directories that include one another
constexpr std::size_t kLongestName = 2000;  // ours: bytes of the name of an option
constexpr std::array<std::string_view, 2> kExtensions = {".conf", ""};

bool has_good_name(std::string_view name, std::span<const std::string_view> extensions) {
  if (name.starts_with('.') || name.ends_with('.')) return false;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !(c >= '0' && c <= '9') && std::string_view("-_.:").find(c) == name.npos)
      return false;
  }
  const std::size_t dot = name.rfind('.');
  const std::string_view extension = dot == name.npos ? std::string_view() : name.substr(dot);
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}
}  // namespace

std::optional<std::vector<std::string>> files_in(const Root& root, Facts& facts,
                                                 const std::string& directory,
                                                 std::span<const std::string_view> extensions) {
  const auto entries = root.list(directory);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found) facts.gap(entries.error());
    return {};
  }
  std::vector<std::string> files;
  for (const DirEntry& entry : *entries) {
    if (!has_good_name(entry.name, extensions)) continue;
    std::string path = join_path(directory, entry.name);
    if (entry.type != FileType::regular) {
      const auto stat = root.stat(path);
      if (!stat && stat.error().code != ErrorCode::not_found) facts.gap(stat.error());
      if (!stat || stat->type != FileType::regular) continue;
    }
    files.push_back(std::move(path));
  }
  return files;
}

/// One file of options: statements `tag value;` and blocks `tag { … }`.
class FileParser {
 public:
  FileParser(Reader& reader, Tree& tree, const std::string& path, unsigned depth)
      : reader_(reader), tree_(tree), path_(path), depth_(depth) {}

  bool parse(std::string_view text) {
    LineReader in(text);
    bool in_comment = false;
    while (const auto line = in.next()) {
      line_ = in.number();
      if (!parse_line(without_comments(*line, in_comment))) return false;
    }
    return statement_.empty() || refuse("a statement that does not end");
  }

 private:
  /// Statements end at `;`, `{` and `}`, unless an odd number of quotes stands before it in the
  /// line: quotes do not reach into the next one.
  bool parse_line(std::string_view code) {
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (code[at] == '"') quoted = !quoted;
      if (quoted || (code[at] != '{' && code[at] != ';' && code[at] != '}')) continue;
      append(trim(code.substr(start, at - start)));
      start = at + 1;
      if (!end_statement(code[at])) return false;
    }
    append(trim_right(trim_left(code.substr(start), " \t"), " \t\r\n"));
    return true;
  }

  void append(std::string_view piece) {
    if (piece.empty()) return;
    if (statement_.empty())
      start_ = line_;
    else
      statement_ += ' ';
    statement_ += piece;
  }

  bool end_statement(char end) {
    if (statement_.empty()) {
      if (end == '}') leave();
      return end != '{' || refuse("a block without a name");
    }
    std::string_view rest = statement_;
    auto tag = take_word(rest);
    if (!tag) return refuse("quotes or brackets that do not end");
    auto word = take_strings(rest);
    if (!word) word = take_word(rest);
    if (!rest.empty()) return refuse("more than one value");
    if (!word && end != '{') {
      word = std::move(tag);  // an element of a list
      tag = "";
    }
    if (!apply(std::move(*tag), std::move(word), end)) return false;
    statement_.clear();
    if (end == '}') leave();
    return true;
  }

  bool apply(std::string tag, std::optional<std::string> word, char end) {
    std::string name = scope_;
    if (end == '{') {
      scopes_.push_back(scope_);
      if (!scope_.empty()) name += "::";
      scope_ = name += tag;
      tag.clear();
    } else {
      if (!scope_.empty()) name += "::";
      name += tag;
    }
    if (name.size() > kLongestName) {
      reader_.facts_.gap(
          {ErrorCode::limit,
           "the name of an option is longer than " + std::to_string(kLongestName) + " bytes",
           {path_, start_, 1}});
      return false;
    }
    if (tag.starts_with('#')) return directive(tag.substr(1), *word);
    if (tag.empty() && word == "#clear") return refuse("`#clear` without the name of an option");
    if (word) tree_.set(name.substr(0, name.find('\0')), std::move(*word), {path_, start_, 1});
    return true;
  }

  bool directive(std::string_view name, const std::string& word) {
    const Origin here{path_, start_, 1};
    if (!scope_.empty()) return refuse("a directive inside of a block");
    if (name == "clear") {
      tree_.clear(word, here);
      return true;
    }
    if (name != "include" && name != "x-apt-configure-index") return refuse("an unknown directive");
    if (name == "include") return include(word, here);
    // Only checks what the program asks for; but where that file has nothing, this one ends here.
    Tree index;
    if (word.empty()) return true;
    return reader_.read_file(index, word, here, depth_ + 1) && !index.top().children.empty();
  }

  bool include(const std::string& path, const Origin& here) {
    if (depth_ > kDeepest) return refuse("includes that are nested too deeply");
    if (!path.starts_with('/'))
      reader_.facts_.gap({ErrorCode::unsupported,
                          "the path is relative to the directory in which apt is run, taken as `/`",
                          here});
    const bool is_directory = path.size() > 2 && path.ends_with('/');
    return is_directory ? reader_.read_directory(tree_, path, here, depth_ + 1)
                        : reader_.read_file(tree_, path, here, depth_ + 1);
  }

  void leave() {
    scope_.clear();
    if (scopes_.empty()) return;
    scope_ = std::move(scopes_.back());
    scopes_.pop_back();
  }

  bool refuse(std::string why) { return reader_.refuse(std::move(why), {path_, line_, 1}); }

  Reader& reader_;
  Tree& tree_;
  const std::string& path_;
  unsigned depth_;
  std::uint32_t line_ = 0;   ///< that is being read
  std::uint32_t start_ = 0;  ///< on which the statement starts
  std::string statement_;
  std::string scope_;  ///< the block that is open
  std::vector<std::string> scopes_;
};

bool Reader::refuse(std::string why, const Origin& where) {
  facts_.gap({ErrorCode::invalid, "apt refuses its configuration: " + why, where});
  return false;
}

bool Reader::read_file(Tree& tree, const std::string& path, const Origin& from, unsigned depth) {
  if (files_.size() >= kMostFiles) {
    facts_.gap({ErrorCode::limit, "more than " + std::to_string(kMostFiles) + " files", from});
    return false;
  }
  const auto text = root_.read(path);
  if (!text) {
    if (text.error().code == ErrorCode::not_found && !from.is_default())
      return refuse("it includes `" + path + "`, which is not there", from);
    facts_.gap(text.error());
    return false;
  }
  files_.push_back(normal_path(path));
  // The parser holds on to the path, and a later include makes the vector move.
  const std::string name = files_.back();
  return FileParser(*this, tree, name, depth).parse(*text);
}

bool Reader::read_directory(Tree& tree, const std::string& path, const Origin& from,
                            unsigned depth) {
  const auto found = files_in(root_, facts_, path, kExtensions);
  if (!found && !from.is_default())
    return refuse("it includes `" + path + "`, which is not there", from);
  // A file that is wrong does not keep apt from reading the next one.
  bool is_good = found.has_value();
  if (found)
    for (const std::string& file : *found) is_good = read_file(tree, file, from, depth) && is_good;
  return is_good;
}

}  // namespace plimsoll::apt
