#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/apache2/directives.h"
#include "plugins/service/apache2/include.h"
#include "plugins/service/apache2/macros.h"
#include "plugins/service/apache2/modules.h"
#include "plugins/service/apache2/tree.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"

namespace plimsoll::apache2 {
namespace {

/// httpd's own bound on includes; sections within sections are bounded here alone.
constexpr std::size_t kDeepestInclude = 128;
constexpr std::size_t kDeepestSection = 256;
constexpr std::size_t kMostReadings = 20000;
constexpr std::size_t kMostBytes = 64U << 20U;
constexpr std::size_t kMostDirectives = 1U << 20U;
constexpr std::size_t kMostErrors = 1000;
constexpr std::size_t kMacroWork = 256U << 20U;
/// Where the version is not known, comparisons of patch levels are made with this one.
constexpr int kPatchLevel = 62;

/// The lines of a file, and of the macros that are used in it, which come in between.
class Lines {
 public:
  Lines(std::string_view text, std::uint32_t file) : file_(text, file) {}

  void push(std::string macro, std::vector<Statement> lines) {
    used_.push_back({std::move(macro), std::move(lines), 0});
  }
  [[nodiscard]] bool is_within(std::string_view macro) const {
    return std::any_of(used_.begin(), used_.end(),
                       [&](const Used& one) { return one.name == macro; });
  }
  bool next(Statement& out) {
    const bool is_after = !used_.empty();
    while (!used_.empty() && used_.back().at == used_.back().lines.size()) used_.pop_back();
    if (used_.empty()) return file_.next(out, is_after);
    out = used_.back().lines[used_.back().at++];
    return true;
  }

 private:
  struct Used {
    std::string name;
    std::vector<Statement> lines;
    std::size_t at;
  };
  FileLines file_;
  std::vector<Used> used_;
};

/// The argument of a conditional section: `!`, then one word; what follows it is not looked at.
struct Condition {
  bool is_negated = false;
  std::string word;
};

Condition read_condition(std::string_view args) {
  Condition out;
  out.is_negated = args.starts_with('!');
  if (out.is_negated) args.remove_prefix(1);
  out.word = take_word(args);
  return out;
}

class Loader {
 public:
  Loader(const Root& root, const Source& source)
      : root_(root), source_(source), variables_(source.variables) {
    includes_.server_root = source.server_root;
    includes_.is_document = source.is_document;
    includes_.document = source.path;
    patch_ = kPatchLevel;
    if (!source.is_document)
      if (const auto version = installed_version(root, "apache2-bin"))
        if (version->starts_with("2.4."))
          patch_ = static_cast<int>(
              to_integer(version->substr(4, version->find_first_not_of("0123456789", 4) - 4))
                  .value_or(kPatchLevel));
  }

  Tree run() {
    if (source_.text)
      read_text(source_.path, *source_.text, tree_.top);
    else
      read_file(source_.path, tree_.top, {source_.path});
    return std::move(tree_);
  }

 private:
  bool fail(ErrorCode code, std::string what, const Statement& at) {
    tree_.errors.push_back({code, std::move(what), where(at)});
    if (code == ErrorCode::invalid) {
      tree_.is_broken = true;
      refused(tree_.errors.back());
    }
    return false;
  }
  void refused(const Error& error) {
    if (tree_.refused.what.empty()) tree_.refused = error;
  }
  bool refuse(std::string what, const Statement& at) {
    return fail(ErrorCode::invalid, std::move(what), at);
  }
  /// Of what does not end the reading the first ones are enough.
  void note(Error error, bool is_missing = false) {
    std::vector<Error>& to = is_missing ? tree_.missing : tree_.errors;
    if (to.size() < kMostErrors) to.push_back(std::move(error));
  }
  [[nodiscard]] Origin where(const Statement& at) const { return {tree_.files[at.file], at.line}; }

  /// httpd would stop at a file that it cannot read; the rest is read all the same.
  bool read_file(const std::string& path, Directive& parent, const Origin& from) {
    const auto text = root_.read(path);
    if (text) return read_text(path, *text, parent);
    Error error = text.error();
    if (error.where.file.empty()) error.where = from;
    note(std::move(error));
    return true;
  }

  bool read_text(const std::string& path, std::string_view text, Directive& parent) {
    bytes_ += text.size();
    Statement start;
    start.file = static_cast<std::uint32_t>(tree_.files.size());
    tree_.files.push_back(normal_path(path));
    if (bytes_ > kMostBytes || tree_.files.size() > kMostReadings)
      return fail(ErrorCode::limit,
                  fmt::format("more than {} files, or {} MiB, with every include", kMostReadings,
                              kMostBytes >> 20U),
                  start);
    Lines in(text, start.file);
    return read(in, parent, {});
  }

  /// What stands up to `</NAME>`, or to the end of the file where there is no name.
  bool read(Lines& in, Directive& parent, std::string_view name) {
    std::vector<Directive*> open = {&parent};
    Statement line;
    while (in.next(line)) {
      const std::string_view text = line.text;
      if (!name.empty() && open.size() == 1 && text.starts_with("</") && text.ends_with('>') &&
          iequals(text.substr(2, text.size() - 3), name))
        return true;
      if (!take(in, line, open)) return false;
    }
    depth_ -= open.size() - 1;
    // A conditional section that holds may be left open, and what is open within it.
    if (!name.empty() || open.size() == 1) return true;
    Statement at;
    at.file = open.back()->file;
    at.line = open.back()->line;
    return refuse(fmt::format("{}> is not closed", open.back()->name), at);
  }

  bool take(Lines& in, const Statement& line, std::vector<Directive*>& open) {
    if (line.text.empty() || line.text.front() == '#') return true;
    if (++directives_ > kMostDirectives)
      return fail(ErrorCode::limit, fmt::format("more than {} directives", kMostDirectives), line);
    std::string resolved;
    if (!variables_.resolve(line.text, resolved))
      return fail(ErrorCode::limit, "variables make a line too long", line);
    std::string_view rest = resolved;
    std::string name = take_word(rest);
    if (name.empty()) return true;
    if (name.starts_with("</")) return close(name, line, open);
    if (name.ends_with('>')) name.pop_back();
    if (name.starts_with('<') && rest.empty()) rest = ">";
    name = lower(name);
    bool is_done = true;
    const bool goes_on = carry_out(in, name, rest, line, *open.back(), is_done);
    if (is_done) return goes_on;
    return add(std::move(name), rest, line, open);
  }

  bool add(std::string name, std::string_view rest, const Statement& line,
           std::vector<Directive*>& open) {
    Directive& one = open.back()->children.emplace_back();
    one.name = std::move(name);
    one.file = line.file;
    one.line = line.line;
    one.args = std::string(rest);
    if (!one.is_section()) return true;
    const std::size_t end = rest.rfind('>');
    if (end == std::string_view::npos) return refuse(one.name + " without a closing >", line);
    one.args = std::string(trim(rest.substr(0, end)));
    if (++depth_ > kDeepestSection)
      return fail(ErrorCode::limit, fmt::format("more than {} sections deep", kDeepestSection),
                  line);
    open.push_back(&one);
    return true;
  }

  bool close(const std::string& name, const Statement& line, std::vector<Directive*>& open) {
    if (open.size() == 1) return refuse(name + " closes nothing", line);
    const std::string& wanted = open.back()->name;
    if (!name.ends_with('>') || !iequals(name.substr(2, name.size() - 3), wanted.substr(1)))
      return refuse(fmt::format("{} where </{}> is expected", name, wanted.substr(1)), line);
    open.pop_back();
    --depth_;
    return true;
  }

  /// What httpd does while it reads (EXEC_ON_READ). `is_done` turns false for everything else.
  bool carry_out(Lines& in, std::string_view name, std::string_view args, const Statement& line,
                 Directive& parent, bool& is_done) {
    if (name.starts_with("<if") || name == "<macro")
      return section(in, name, args, line, parent, is_done);
    if (name == "use" || name == "undefmacro") return macro(in, name, args, line, is_done);
    const std::vector<std::string> words = all_words(args);
    if (name == "include" || name == "includeoptional") {
      if (words.size() != 1 || words[0].empty()) return refuse("Include takes one argument", line);
      return include(words[0], name != "include", line, parent);
    }
    if (name == "define" || name == "undefine") return define(name, words, line);
    if (name == "loadmodule") {
      if (words.size() != 2) return refuse("LoadModule takes two arguments", line);
      add_module(tree_, words[0], where(line));
      return true;
    }
    if (name == "serverroot") {
      if (words.size() != 1) return refuse("ServerRoot takes one argument", line);
      if (!source_.is_document) includes_.server_root = normal_path(words[0]);
      return true;
    }
    if (name == "loadfile" || name == "defaultruntimedir") return true;
    if (name == "error") return refuse("Error " + std::string(args), line);
    is_done = false;
    return true;
  }

  bool define(std::string_view name, const std::vector<std::string>& words, const Statement& line) {
    const bool is_define = name == "define";
    if (words.empty() || words[0].empty() || words.size() > (is_define ? 2U : 1U))
      return refuse(
          fmt::format("{} takes {} arguments", name, is_define ? "one or two" : "no more"), line);
    if (words[0].find(':') != std::string::npos)
      return refuse("the name of a variable must not have a colon", line);
    if (!is_define)
      variables_.undefine(words[0]);
    else
      variables_.define(words[0], words.size() == 2 && !words[1].empty() ? &words[1] : nullptr);
    return true;
  }

  /// Conditional sections; any other whose name begins so (`<If>`) is one of requests.
  bool section(Lines& in, std::string_view name, std::string_view args, const Statement& line,
               Directive& parent, bool& is_done) {
    if (name == "<macro") return define_macro(in, args, line, is_done);
    constexpr std::string_view kNames =
        "<ifmodule <ifdefine <iffile <ifdirective <ifsection <ifversion";
    if (!is_one_of(name, kNames)) {
      is_done = false;
      return true;
    }
    const std::size_t end = args.rfind('>');
    if (end == std::string_view::npos)
      return refuse(fmt::format("{} without a closing >", name), line);
    if (++depth_ > kDeepestSection)
      return fail(ErrorCode::limit, fmt::format("more than {} sections deep", kDeepestSection),
                  line);
    bool holds = false;
    if (!decide(name, args, args.substr(0, end), line, holds)) return false;
    const std::string_view bare = name.substr(1);
    const bool goes_on = holds ? read(in, parent, bare) : skip(in, bare, line);
    --depth_;
    return goes_on;
  }

  bool decide(std::string_view name, std::string_view whole, std::string_view args,
              const Statement& line, bool& holds) {
    if (name == "<ifversion") {
      const auto version = version_holds(all_words(whole), patch_);
      if (!version)
        return fail(ErrorCode::unsupported, "a comparison of versions that is not understood",
                    line);
      holds = *version;
      return true;
    }
    const Condition condition = read_condition(args);
    if (condition.word.empty()) return refuse(fmt::format("{}> without an argument", name), line);
    holds = is_so(name, condition.word, line) != condition.is_negated;
    return true;
  }

  bool is_so(std::string_view name, const std::string& word, const Statement& line) {
    // Files of a tree are parts of a configuration whose modules another file loads.
    if (name == "<ifmodule")
      return is_loaded(tree_, word) || (source_.is_document && tree_.modules.empty());
    if (name == "<ifdefine") return variables_.is_defined(word);
    if (name == "<iffile") return includes_.is_there(root_, word);
    const std::string directive = lower(name == "<ifsection" ? "<" + word : word);
    const std::string_view module = module_of(directive);
    if (module.empty()) {
      note({ErrorCode::unsupported, fmt::format("whether a module knows {} is not known", word),
            where(line)});
      return false;
    }
    return is_loaded(tree_, module) || (source_.is_document && tree_.modules.empty());
  }

  /// Passes over a section whose condition does not hold, and the sections in it.
  bool skip(Lines& in, std::string_view name, const Statement& start) {
    std::vector<std::string> open = {std::string(name)};
    Statement line;
    while (in.next(line)) {
      std::string_view rest = line.text;
      if (!rest.starts_with('<') && !rest.starts_with('"') && !rest.starts_with('\'')) continue;
      std::string word = take_word(rest);
      if (word.starts_with("</")) {
        word.pop_back();
        if (!iequals(std::string_view(word).substr(std::min<std::size_t>(2, word.size())),
                     open.back()))
          return refuse(fmt::format("{}> where </{}> is expected", word, open.back()), line);
        open.pop_back();
        if (open.empty()) return true;
      } else if (word.starts_with('<')) {
        if (rest.empty() && word.ends_with('>')) word.pop_back();
        open.push_back(word.substr(1));
      }
    }
    return refuse(fmt::format("</{}> is missing", open.back()), start);
  }

  [[nodiscard]] bool has_macros() const {
    return is_loaded(tree_, "macro_module") || (source_.is_document && tree_.modules.empty());
  }

  bool define_macro(Lines& in, std::string_view args, const Statement& line, bool& is_done) {
    if (!has_macros()) {
      is_done = false;
      return true;
    }
    const std::size_t end = args.rfind('>');
    if (end == std::string_view::npos || end == 0) return refuse("<Macro> without a name", line);
    std::vector<std::string> words = all_words(args.substr(0, end));
    if (words.empty() || words[0].empty()) return refuse("<Macro> without a name", line);
    Macro one;
    const std::string name = lower(words[0]);
    one.parameters.assign(words.begin() + 1, words.end());
    if (const std::string_view problem = parameter_problem(one); !problem.empty())
      return refuse(std::string(problem), line);
    if (!body(in, one, line)) return false;
    macros_[name] = std::move(one);
    return true;
  }

  bool body(Lines& in, Macro& one, const Statement& start) {
    std::size_t depth = 1;
    Statement line;
    while (in.next(line) && line.text.size() < kMacroLine - 1) {
      if (line.text.starts_with('#')) continue;
      std::string_view rest = line.text;
      const std::string word = rest.starts_with('<') ? take_word(rest) : std::string();
      if (iequals(word, "</macro>") && --depth == 0) return true;
      if (iequals(word, "<macro")) ++depth;
      one.lines.push_back(std::move(line));
      line = {};
    }
    return refuse("</Macro> is missing, or a line before it is too long", start);
  }

  bool macro(Lines& in, std::string_view name, std::string_view args, const Statement& line,
             bool& is_done) {
    if (!has_macros()) {
      is_done = false;
      return true;
    }
    std::string_view rest = args;
    const std::string called = lower(take_word(rest));
    const auto found = macros_.find(called);
    if (found == macros_.end()) return refuse(fmt::format("macro {} is not defined", called), line);
    if (name == "undefmacro") {
      macros_.erase(found);
      return true;
    }
    if (in.is_within(called)) return refuse(fmt::format("macro {} uses itself", called), line);
    const std::vector<std::string> values = all_words(rest);
    if (values.size() != found->second.parameters.size())
      return refuse(fmt::format("macro {} with {} arguments instead of {}", called, values.size(),
                                found->second.parameters.size()),
                    line);
    std::vector<Statement> lines;
    const std::string_view problem = expand(found->second, values, lines, macro_work_);
    if (!problem.empty()) return fail(ErrorCode::limit, std::string(problem), line);
    in.push(called, std::move(lines));
    return true;
  }

  bool include(const std::string& name, bool is_optional, const Statement& line,
               Directive& parent) {
    if (include_depth_ == kDeepestInclude)
      return refuse(fmt::format("more than {} includes deep", kDeepestInclude), line);
    const Included found = includes_.find(root_, name, is_optional);
    for (const Error& error : found.errors) note(error);
    if (!found.problem.empty()) {
      const Error error{ErrorCode::not_found, found.problem, where(line)};
      note(error, source_.is_document);
      if (!source_.is_document) refused(error);
    }
    ++include_depth_;
    for (const std::string& path : found.files)
      if (!read_file(path, parent, where(line))) return false;
    --include_depth_;
    return true;
  }

  const Root& root_;
  const Source& source_;
  Tree tree_;
  Variables variables_;
  Includes includes_;
  Macros macros_;
  std::size_t depth_ = 0, include_depth_ = 0, bytes_ = 0, directives_ = 0;
  std::size_t macro_work_ = kMacroWork;
  int patch_ = kPatchLevel;
};

}  // namespace

Tree load(const Root& root, const Source& source) { return Loader(root, source).run(); }

}  // namespace plimsoll::apache2
