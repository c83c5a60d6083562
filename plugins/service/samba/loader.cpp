#include "plugins/service/samba/loader.h"

#include <fmt/format.h>

#include <set>

#include "plugins/service/samba/finish.h"
#include "plugins/service/samba/letters.h"
#include "plugins/service/samba/role.h"
#include "plugins/service/samba/special.h"
#include "plugins/service/samba/substitution.h"
#include "plugins/service/samba/text_lines.h"
#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

constexpr unsigned kDeepest = 100;  // source3/param/loadparm.c, MAX_INCLUDE_DEPTH
constexpr std::size_t kMostFiles = 5000;
constexpr std::size_t kMostBytes = 64U << 20U;  // with every repetition
constexpr std::size_t kMostLines = 200'000;
constexpr std::size_t kMostSections = 1000;
constexpr std::size_t kMostSteps = 50'000'000;  // elements of lists looked at
constexpr std::size_t kMostCopied = 200'000;    // parametric options
constexpr std::size_t kLongestName = 4096;      // of a section
constexpr std::size_t kLongestPath = 4096;

/// source3/param/loadparm.c: lp_load_ex with lp_do_section, do_parameter and lp_include.
class Loader {
 public:
  Loader(const Reading& reading, Configuration& out) : reading_(reading), out_(out) {}

  void file(const std::string& path) {
    const auto bytes = reading_.root.read(path);
    if (!bytes) {
      if (bytes.error().code == ErrorCode::not_found) return refuse("no such file", {path, 0, 0});
      return out_.gaps.push_back({bytes.error(), {}});
    }
    text_of(path, *bytes);
  }

  void text_of(const std::string& path, std::string_view text) {
    document_ = path;
    run(path, text, {path, 0, 0});
    if (!is_over()) close_section();
  }

 private:
  [[nodiscard]] bool is_over() const { return stopped_ || out_.refused.has_value(); }
  void refuse(std::string what, const Origin& where) {
    if (!out_.refused) out_.refused = Error{ErrorCode::invalid, std::move(what), where};
  }
  void give_up(std::string what, const Origin& where) {
    out_.gaps.push_back({{ErrorCode::limit, std::move(what), where}, {}});
    stopped_ = true;
  }
  /// Counts work that grows with more than the length of the text.
  bool may_do(std::size_t steps, const Origin& origin) {
    steps_ += steps;
    if (steps_ <= kMostSteps) return true;
    give_up(fmt::format("lists of more than {} elements", kMostSteps), origin);
    return false;
  }
  [[nodiscard]] Section& section() { return out_.sections[in_global_ ? 0 : current_]; }
  [[nodiscard]] std::size_t number() const { return in_global_ ? 0 : current_; }

  void run(const std::string& path, std::string_view text, const Origin& where) {
    bytes_ += text.size();
    if (++files_ > kMostFiles || bytes_ > kMostBytes)
      return give_up(
          fmt::format("more than {} files or {} bytes of configuration", kMostFiles, kMostBytes),
          where);
    if (names_of_files_.insert(path).second) out_.files.push_back({path, 0, 0});
    TextLines lines(text);
    while (const auto line = lines.next()) {
      const Origin origin{path, line->number, line->column};
      if (++lines_ > kMostLines)
        return give_up(fmt::format("more than {} lines", kMostLines), origin);
      take(line->text, origin);
      if (is_over()) return;
    }
  }

  void take(const std::string& line, const Origin& origin) {
    if (line.empty()) return;
    if (line[0] == '[') {
      const auto name = section_name(line);
      return name ? open_section(*name, origin) : refuse("a section without `]`", origin);
    }
    const auto given = assignment(line);
    if (!given) return;
    if (given->is_nameless) return refuse("a value without a name", origin);
    parameter(given->name, given->value, origin);
  }

  void open_section(const std::string& name, const Origin& origin) {
    const std::string word = folded(name);
    const bool is_global = word == "global" || word == "globals";
    if (in_global_ && !is_global) settle_global(out_);
    in_global_ = is_global;
    if (is_global) return;
    close_section();
    if (is_over()) return;
    const auto [place, is_new] = places_.emplace(lower_letters(name), out_.sections.size());
    current_ = place->second;
    if (!is_new) {
      section().options.clear();
      section().option_index.clear();
      return;
    }
    if (out_.sections.size() > kMostSections || name.size() > kLongestName)
      return give_up(fmt::format("more than {} sections, or a name of more than {} bytes",
                                 kMostSections, kLongestName),
                     origin);
    add_section(out_, name, origin);
  }

  /// lpcfg_service_ok, asked of the section that was the last one, also where it was asked before.
  void close_section() {
    if (current_ == 0) return;
    if (out_.sections[current_].name.empty())
      return refuse("a section without a name", out_.sections[current_].origin);
    settle_section(out_, current_);
  }

  void parameter(const std::string& label, const std::string& text, const Origin& origin) {
    const ParameterTable& table = ParameterTable::get();
    const auto name =
        reading_.is_document ? table.named(label) : table.named(label, out_.host.release);
    if (!name) {
      // Names that Samba does not know are passed over, but for parametric options.
      if (label.find(':') == std::string::npos) return;
      if (valid_utf8(label) != label) return refuse("an option whose name is no UTF-8", origin);
      return set_option(section(), label, text, origin, number());
    }
    const Parameter& parameter = *name->parameter;
    if (!parameter.is_local) {
      if (in_global_) set(*name, out_.globals[parameter.index], text, origin);
      return;  // one of [global] has no effect elsewhere
    }
    section().is_own[parameter.index] = true;
    if (parameter.key == "copy") return copy(parameter, text, origin);
    if (parameter.key == "include") return include(parameter, text, origin);
    set(*name, section().locals[parameter.index], text, origin);
    if (parameter.key == "printing" && !in_global_ && !is_over()) set_printing(origin);
  }

  void set(const Name& name, SettingPtr& place, const std::string& text, const Origin& origin) {
    const Held& current = place->held;
    if (name.parameter->kind == Kind::list) {
      const std::size_t most = current.words.size() + text.size() / 2;
      if (!may_do((text.size() / 2) * most, origin)) return;
    }
    auto held = take_special(name, text, current);
    if (!held) return refuse(held.error().what, origin);
    // A list without words says nothing.
    if (name.parameter->kind == Kind::list && list_words(text).empty()) return;
    const std::string_view key = name.parameter->key;
    replace(place, std::move(*held), origin, number());
    if (key == "idmap backend")
      set_option(out_.global(), "idmap config * : backend", text, origin, 0);
    if (key == "idmap uid" || key == "idmap gid")
      set_option(out_.global(), "idmap config * : range", text, origin, 0);
  }

  /// Not in [global]: there handle_printing changes a copy of the defaults that nobody looks at.
  void set_printing(const Origin& origin) {
    const ParameterTable& table = ParameterTable::get();
    for (const auto& [key, value] : printer_commands(section().value("printing")))
      replace(section().locals[table.at(key).index], {std::string(value), {}, false}, origin,
              number());
  }

  /// handle_copy: what the section did not set itself it takes from the other one, as that one is
  /// by now.
  void copy(const Parameter& parameter, const std::string& text, const Origin& origin) {
    const auto place = places_.find(lower_letters(text));
    const Section* from = place == places_.end() ? nullptr : &out_.sections[place->second];
    if (in_global_) return refuse("`copy` in [global]", origin);
    if (from == nullptr || from->value("-valid") != "Yes")
      return refuse(fmt::format("no section `{}` to copy from", text), origin);
    if (place->second == current_) return refuse("a section that copies itself", origin);
    Section& to = section();
    copied_ += from->options.size();
    if (copied_ > kMostCopied)
      return give_up(fmt::format("copies of more than {} options", kMostCopied), origin);
    for (std::size_t i = 0; i < to.locals.size(); ++i)
      if (!to.is_own[i]) to.locals[i] = from->locals[i];
    for (const Parametric& option : from->options)
      set_option(to, option.key, option.setting->held.text, option.setting->origin, place->second);
    replace(to.locals[parameter.index], {text, {}, false}, origin, number());
  }

  void include(const Parameter& parameter, const std::string& text, const Origin& origin) {
    if (depth_ >= kDeepest)
      return refuse(fmt::format("includes more than {} deep", kDeepest), origin);
    if (iequals(text, "registry")) {
      if (!in_global_) return refuse("`include = registry` outside of [global]", origin);
      return registry(origin);
    }
    if (text.size() > kLongestPath) return;
    const Substituted name = substitute(text, out_);
    replace(section().locals[parameter.index], {name.text, {}, false}, origin, number());
    if (name.is_unknown) gap_of(origin, "the include has the name of the host, which is not known");
    const std::string path = place(name.text);
    if (name.varies) other_includes(place(name.pattern), path, origin);
    const auto stat = reading_.root.stat(path);
    if (stat && stat->type != FileType::regular) return;
    const auto bytes =
        stat ? reading_.root.read(path) : Result<std::string_view>(fail(stat.error()));
    if (!bytes) return not_read(bytes.error(), path, name.varies, origin);
    ++depth_;
    run(path, *bytes, origin);
    --depth_;
  }

  void gap_of(const Origin& origin, std::string what) {
    out_.gaps.push_back({{ErrorCode::unsupported, std::move(what), origin}, {}});
  }

  /// Files that one client brings in and another does not.
  void other_includes(const std::string& pattern, const std::string& path, const Origin& origin) {
    for (const std::string& other : reading_.root.glob(pattern).paths)
      if (other != path && other != document_)
        return gap_of(origin, fmt::format("some clients include more, as {}", other));
  }

  void not_read(Error error, const std::string& path, bool varies, const Origin& origin) {
    if (error.code == ErrorCode::not_found && (!reading_.is_document || varies)) return;
    error.where = origin;
    if (error.code == ErrorCode::not_found) error.what = fmt::format("{} is not in the tree", path);
    out_.gaps.push_back({std::move(error), {}});
  }

  void registry(const Origin& origin) {
    gap_of(origin, "settings and shares in the registry, which is not read");
    replace(out_.globals[ParameterTable::get().at("registry shares").index], {"Yes", {}, false},
            origin, 0);
  }

  [[nodiscard]] std::string place(const std::string& name) const {
    return join_path(reading_.is_document ? parent_path(document_) : "/", name);
  }

  const Reading& reading_;
  Configuration& out_;
  std::string document_;
  std::map<std::string, std::size_t, std::less<>> places_;  ///< of sections, by name
  std::set<std::string> names_of_files_;
  bool in_global_ = true;
  std::size_t current_ = 0;  ///< the section that was opened last; 0: none yet
  bool stopped_ = false;
  unsigned depth_ = 0;
  std::size_t files_ = 0, bytes_ = 0, lines_ = 0, steps_ = 0, copied_ = 0;
};

}  // namespace

void load_file(const Reading& reading, const std::string& path, Configuration& out) {
  Loader(reading, out).file(path);
}

void load_document(const Reading& reading, const std::string& path, std::string_view text,
                   Configuration& out) {
  Loader(reading, out).text_of(path, text);
}

}  // namespace plimsoll::samba
