#include "plugins/service/nginx/loader.h"

#include <fmt/format.h>

#include <iterator>
#include <unordered_set>

#include "plugins/service/nginx/syntax.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kDeepestInclude = 32;
constexpr std::size_t kDeepestBlock = 64;
constexpr std::size_t kMostReadings = 20000;
constexpr std::size_t kMostBytes = 64U << 20U;
constexpr std::size_t kMostDirectives = 1U << 20U;

using Token = Reader::Token;

/// Where nginx keeps its configuration on hosts and in images.
constexpr std::string_view kHomes[] = {"/etc/nginx/", "/usr/local/nginx/conf/",
                                       "/usr/local/etc/nginx/", "/opt/nginx/conf/"};

class Loader {
 public:
  Loader(const Root& root, const Source& source) : root_(root), source_(source) {}

  Tree run() {
    if (!source_.global.empty()) {
      tree_.files.push_back(source_.global_at.file);
      parse(source_.global, tree_.top, 0);
      for (Directive& one : tree_.top.children) one.line = source_.global_at.line;
    }
    if (source_.text)
      begin_file(source_.path, source_.path, *source_.text, tree_.top);
    else
      read_file(source_.path, source_.path, tree_.top, {source_.path});
    return std::move(tree_);
  }

 private:
  bool fail(ErrorCode code, std::string what, Origin where) {
    tree_.errors.push_back({code, std::move(what), std::move(where)});
    return false;
  }

  /// `name` is what nginx calls it. False: the reading is over.
  bool read_file(const std::string& name, const std::string& path, Directive& parent,
                 const Origin& from) {
    const auto text = root_.read(path);
    if (!text) {
      tree_.errors.push_back(text.error());
      if (tree_.errors.back().where.file.empty()) tree_.errors.back().where = from;
      return true;
    }
    return begin_file(name, path, *text, parent);
  }

  bool begin_file(const std::string& name, const std::string& path, std::string_view text,
                  Directive& parent) {
    const Origin where{normal_path(path)};
    bytes_ += text.size();
    if (bytes_ > kMostBytes || tree_.files.size() >= kMostReadings)
      return fail(ErrorCode::limit,
                  fmt::format("more than {} files, or {} MiB, with every include", kMostReadings,
                              kMostBytes >> 20U),
                  where);
    tree_.files.push_back(where.file);
    if (seen_.insert(name).second) tree_.names.push_back(name);
    return parse(text, parent, 0);
  }

  bool parse(std::string_view text, Directive& parent, std::size_t depth) {
    Reader reader(text);
    const auto file = static_cast<std::uint32_t>(tree_.files.size() - 1);
    return read_block(reader, parent, file, depth, false);
  }

  /// What stands in a block up to its end, or in a file.
  bool read_block(Reader& reader, Directive& parent, std::uint32_t file, std::size_t depth,
                  bool is_block) {
    Statement statement;
    for (;;) {
      const Token token = reader.next(statement);
      if (token == Token::error) return broken(reader.error(), file, reader.line());
      if (token == Token::block_end) {
        if (is_block) return true;
        return broken("unexpected \"}\"", file, reader.line());
      }
      if (token == Token::end) {
        if (!is_block) return true;
        return broken("unexpected end of file, expecting \"}\"", file, reader.line());
      }
      if (++directives_ > kMostDirectives)
        return fail(ErrorCode::limit, fmt::format("more than {} directives", kMostDirectives),
                    {tree_.files[file], statement.line});
      if (token == Token::simple && statement.words.front() == "include" &&
          statement.words.size() == 2) {
        if (!include(statement, parent, file)) return false;
        continue;
      }
      if (!add(reader, statement, token, parent, file, depth)) return false;
    }
  }

  bool add(Reader& reader, Statement& statement, Token token, Directive& parent, std::uint32_t file,
           std::size_t depth) {
    Directive& one = parent.children.emplace_back();
    one.name = std::move(statement.words.front());
    one.args.assign(std::make_move_iterator(statement.words.begin() + 1),
                    std::make_move_iterator(statement.words.end()));
    one.file = file;
    one.line = statement.line;
    one.is_block = token == Token::block_start;
    if (!one.is_block) return true;
    // ngx_http_lua_module reads such blocks with a reader of its own.
    if (one.name.ends_with("_by_lua_block")) {
      if (reader.skip_lua()) return true;
      return broken("unexpected end of file in a block of Lua", file, one.line);
    }
    if (depth >= kDeepestBlock)
      return fail(ErrorCode::limit, fmt::format("more than {} blocks deep", kDeepestBlock),
                  {tree_.files[file], one.line});
    return read_block(reader, one, file, depth + 1, true);
  }

  bool broken(const std::string& why, std::uint32_t file, std::uint32_t line) {
    tree_.is_broken = true;
    return fail(ErrorCode::invalid, why, {tree_.files[file], line});
  }

  bool include(const Statement& statement, Directive& parent, std::uint32_t file) {
    const Origin from{tree_.files[file], statement.line};
    if (depth_ == kDeepestInclude)
      return fail(ErrorCode::limit, fmt::format("more than {} includes deep", kDeepestInclude),
                  from);
    const std::string& name = statement.words[1];
    const bool is_pattern = name.find_first_of("*?[") != std::string::npos;
    ++depth_;
    bool is_there = false;
    const bool goes_on =
        is_pattern ? include_all(name, parent, from) : include_one(name, parent, from, is_there);
    --depth_;
    // A pattern that matches nothing is fine with nginx.
    if (!is_pattern && !is_there) {
      Directive& left = parent.children.emplace_back();
      left.name = "include";
      left.args = {name};
      left.file = file;
      left.line = statement.line;
    }
    return goes_on;
  }

  bool include_all(const std::string& pattern, Directive& parent, const Origin& from) {
    for (const std::string& place : places(pattern)) {
      const Root::Glob found = root_.glob(place);
      tree_.errors.insert(tree_.errors.end(), found.errors.begin(), found.errors.end());
      for (const std::string& path : found.paths)
        if (!read_file(path, path, parent, from)) return false;
      if (!found.paths.empty()) break;
    }
    return true;
  }

  bool include_one(const std::string& name, Directive& parent, const Origin& from, bool& is_there) {
    for (const std::string& path : places(name)) {
      if (source_.is_document && !root_.exists(path)) continue;
      is_there = true;
      return read_file(path, path, parent, from);
    }
    return true;
  }

  /// Where a name may lead: on a host one place, in a source tree the first that is there.
  [[nodiscard]] std::vector<std::string> places(const std::string& name) const {
    if (!source_.is_document) return {name.starts_with('/') ? name : source_.prefix + "/" + name};
    if (!name.starts_with('/')) return {join_path(source_.prefix, name)};
    std::vector<std::string> out;
    for (const std::string_view home : kHomes) {
      if (!name.starts_with(home)) continue;
      const std::size_t at = source_.path.find(home);
      if (at != std::string::npos) out.push_back(source_.path.substr(0, at) + name);
      out.push_back(join_path(source_.prefix, name.substr(home.size())));
    }
    out.push_back(name);
    return out;
  }

  const Root& root_;
  const Source& source_;
  Tree tree_;
  std::unordered_set<std::string> seen_;
  std::size_t depth_ = 0, bytes_ = 0, directives_ = 0;
};

}  // namespace

std::string Directive::text() const { return join(args, " "); }

Tree load(const Root& root, const Source& source) { return Loader(root, source).run(); }

}  // namespace plimsoll::nginx
