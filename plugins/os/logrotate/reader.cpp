#include "plugins/os/logrotate/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/os/logrotate/values.h"
#include "scanner/base/text.h"

namespace plimsoll::logrotate {
namespace {

constexpr std::string_view kMain = "/etc/logrotate.conf";
constexpr std::size_t kDepth = 16;          // logrotate's own cap on includes within includes
constexpr std::size_t kFiles = 10'000;      // read in all
constexpr std::size_t kBytes = 64U << 20U;  // read in all
constexpr std::size_t kEntries = 100'000;
constexpr std::size_t kMatches = 10'000;  // of the names of one definition, when olddir is checked

// logrotate(8), "tabooext": names that are not read from a directory.
constexpr std::array<std::string_view, 19> kTaboo = {
    ",v",        ".bak",      ".cfsaved",  ".disabled",      ".dpkg-bak", ".dpkg-del", ".dpkg-dist",
    ".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".rhn-cfg-tmp-*", ".rpmnew",   ".rpmorig",  ".rpmsave",
    ".swp",      ".ucf-dist", ".ucf-new",  ".ucf-old",       "~"};

constexpr std::array<std::string_view, 5> kScripts = {"prerotate", "postrotate", "firstaction",
                                                      "lastaction", "preremove"};

/// Words that change nothing that a row tells.
constexpr std::array<std::string_view, 19> kOtherSwitches = {
    "delaycompress", "nodelaycompress", "sharedscripts", "nosharedscripts",  "copy",
    "nocopy",        "renamecopy",      "norenamecopy",  "dateext",          "nodateext",
    "dateyesterday", "datehourago",     "mailfirst",     "maillast",         "allowhardlink",
    "errors",        "noallowhardlink", "nomail",        "ignoreduplicates",
};

/// Switches that rows tell of, with what they set.
struct Switch {
  std::string_view word;
  bool Settings::*setting;
  bool value;
};
constexpr std::array kSwitches = {
    Switch{"compress", &Settings::compress, true},
    Switch{"nocompress", &Settings::compress, false},
    Switch{"shred", &Settings::shred, true},
    Switch{"noshred", &Settings::shred, false},
    Switch{"copytruncate", &Settings::copytruncate, true},
    Switch{"nocopytruncate", &Settings::copytruncate, false},
    Switch{"renamecopy", &Settings::copytruncate, false},
    Switch{"ifempty", &Settings::ifempty, true},
    Switch{"notifempty", &Settings::ifempty, false},
    Switch{"missingok", &Settings::missingok, true},
    Switch{"nomissingok", &Settings::missingok, false},
    Switch{"nocreateolddir", &Settings::create_olddir, false},
};

/// Words with a number behind them, the least that it may be, and where it goes, if anywhere.
struct Number {
  std::string_view word;
  std::int64_t least;
  std::int64_t Settings::*setting = nullptr;
};
constexpr std::array kNumbers = {
    Number{"rotate", -1, &Settings::rotate},
    Number{"minage", 0, &Settings::minage},
    Number{"maxage", 0, &Settings::maxage},
    Number{"start", 0},
    Number{"shredcycles", 0},
};

constexpr std::array kSizes = {
    Number{"size", 0, &Settings::size},
    Number{"minsize", 0, &Settings::minsize},
    Number{"maxsize", 0, &Settings::maxsize},
};

/// Words with a value that no row tells of; whether it is a path, which may hold no blank.
struct Valued {
  std::string_view word;
  bool is_path;
};
constexpr std::array kValued = {
    Valued{"extension", false},  Valued{"addextension", false}, Valued{"dateformat", false},
    Valued{"compresscmd", true}, Valued{"uncompresscmd", true}, Valued{"compressext", true},
};

bool is_space(char c) { return kBlanks.find(c) != std::string_view::npos; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <class Table>
auto find_word(const Table& table, std::string_view word) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.word == word; });
  return found == table.end() ? nullptr : &*found;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_path(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return is_blank(c) || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

/// What all files share: the list of entries, the names that are passed over, the caps.
class Configuration {
 public:
  Configuration(const Root& target, Facts& found)
      : root(target), facts(found), owners(target, found) {
    for (const std::string_view ending : kTaboo) taboo.push_back("*" + std::string(ending));
  }

  /// A file, or all files of a directory. False where logrotate speaks of an error; what a file
  /// with one has changed for others is taken back then.
  bool read_path(const std::string& path, Settings& settings, const std::string& cwd, Origin from);
  /// One file; nothing is taken back.
  bool read_file(const std::string& path, Settings& settings, const std::string& cwd);
  void add(Entry entry) {
    if (entries.size() == kEntries)
      facts.gap({ErrorCode::limit, "more than 100000 entries", entry.at});
    if (entries.size() <= kEntries) entries.push_back(std::move(entry));
  }
  void error(Origin at, std::string what) {
    add({"error", {}, {}, std::move(what), std::move(at)});
  }

  const Root& root;
  Facts& facts;
  Owners owners;
  std::vector<Entry> entries;
  std::vector<std::string> taboo;
  std::size_t depth = 0;

 private:
  bool read_directory(const std::string& path, const std::vector<DirEntry>& there,
                      Settings& settings);
  bool read_guarded(const std::string& path, Settings& settings, const std::string& cwd);
  [[nodiscard]] bool is_trusted(const std::string& path, const Stat& stat);
  [[nodiscard]] bool is_taboo(std::string_view name) const {
    return std::any_of(taboo.begin(), taboo.end(),
                       [&](const std::string& pattern) { return name_matches(pattern, name); });
  }

  std::size_t files_ = 0, bytes_ = 0;
};

/// One file, character by character, in the states of logrotate's own reader: where a mistake makes
/// it pass over text, the same text is passed over here.
class FileReader {
 public:
  FileReader(Configuration& configuration, std::string path, std::string cwd, std::string_view text,
             Settings& settings)
      : all_(configuration),
        path_(std::move(path)),
        cwd_(std::move(cwd)),
        text_(text),
        global_(settings) {}

  bool read() {
    for (; at_ < text_.size(); ++at_)
      if (!step()) return false;
    if (in_script_) return fatal("a script without `endscript`");
    if (in_log_) all_.add(std::move(log_));  // a brace that never closes is no mistake
    return !failed_;
  }

 private:
  enum class State { normal, skip_line, after_definition, mistake };

  /// False ends the file.
  bool step() {
    const char c = text_[at_];
    if (state_ == State::skip_line) {
      if (c == '\n') state_ = State::normal;
    } else if (state_ == State::after_definition) {
      if (is_blank(c)) return true;
      if (c != '\n') error("text behind `}`");
      state_ = c == '\n' ? State::normal : State::skip_line;
    } else if (state_ == State::mistake) {
      // The character behind the mistake is lost; what follows is skipped up to the closing brace.
      failed_ = in_skipped_ = true;
      state_ = State::normal;
    } else if (in_script_) {
      script_line();
    } else if (in_skipped_) {
      skipped_line(c);
    } else {
      return normal(c);
    }
    return true;
  }

  void script_line() {
    if (word() == "endscript")
      in_script_ = false;
    else if (here() != '\n')
      state_ = State::skip_line;
  }

  void skipped_line(char c) {
    if (c == '}') {
      in_skipped_ = in_log_ = false;
      return;
    }
    if (is_one_of(kScripts, word()))
      in_script_ = true;
    else if (here() != '\n')
      state_ = State::skip_line;
  }

  bool normal(char c) {
    if (is_blank(c) || c == '\n') return true;
    if (c == '#') {
      state_ = State::skip_line;
      return true;
    }
    if (is_alpha(c)) return directive();
    if (c == '/' || c == '"' || c == '\'' || c == '~') return definition();
    if (c == '}') return end_of_definition();
    return mistake("a line begins with a word or the name of a file");
  }

  bool directive() {
    const std::size_t begin = at_;
    const std::string key(word());
    if (at_ >= text_.size() || (!is_space(text_[at_]) && text_[at_] != '='))
      return mistake("`" + key + "` needs a blank behind it");
    if (is_one_of(kScripts, key)) {
      in_script_ = true;
      return true;
    }
    if (key == "nomail") now().mail.reset();
    if (key == "noolddir") now().olddir.reset();
    if (key == "nocreate") now().create.is_on = false;
    if (key == "noolddir" || key == "nocreate" || is_one_of(kOtherSwitches, key) ||
        set_switch(key) || set_frequency(key, begin))
      return true;
    return with_value(key, begin);
  }

  bool set_switch(std::string_view key) {
    const Switch* found = find_word(kSwitches, key);
    if (found != nullptr) now().*found->setting = found->value;
    return found != nullptr;
  }

  bool set_frequency(std::string_view key, std::size_t begin) {
    if (key != "hourly" && key != "daily" && key != "monthly" && key != "yearly") return false;
    frequency(key, begin);
    return true;
  }

  void frequency(std::string_view name, std::size_t begin) {
    now().frequency = name;
    now().frequency_at = origin(begin);
  }

  bool with_value(const std::string& key, std::size_t begin) {
    if (key == "weekly") return weekly(begin);
    if (key == "su" || key == "create" || key == "createolddir") return ownership(key);
    if (key == "tabooext" || key == "taboopat") return taboo(key);
    if (key == "include") return include(begin);
    if (key == "olddir" || key == "mail") return path_value(key);
    if (key == "compressoptions")
      return split_words(rest_of_line()) ? true : mistake("options that end in `\\`");
    if (const Number* number = find_word(kNumbers, key)) return set_number(*number);
    if (const Number* size = find_word(kSizes, key)) return set_size(*size, begin);
    if (const Valued* valued = find_word(kValued, key)) {
      const auto text = value();
      if (!text) return key == "dateformat" ? true : mistake("`" + key + "` without a value");
      return !valued->is_path || is_path(*text) ? true : mistake("a path with a blank");
    }
    error("unknown word `" + key + "`");
    if (here() != '\n') state_ = State::skip_line;
    return true;
  }

  /// The day may follow, and nothing else: not another word, nor a comment.
  bool weekly(std::size_t begin) {
    frequency("weekly", begin);
    const std::string_view day = rest_of_line();
    const auto number = to_integer(trim_left(day));
    if (day.empty() || (number && *number >= 0 && *number <= 7)) return true;
    return fatal("`weekly` with something that is no day");
  }

  bool set_number(const Number& number) {
    const auto text = value();
    const auto parsed = text ? to_number(*text) : std::nullopt;
    // logrotate takes the number before it looks at its sign.
    if (parsed && number.setting != nullptr) now().*number.setting = *parsed;
    return parsed && *parsed >= number.least
               ? true
               : mistake("`" + std::string(number.word) + "` wants a number");
  }

  bool set_size(const Number& size, std::size_t begin) {
    const auto text = value();
    if (!text || text->empty()) {
      error("`" + std::string(size.word) + "` without a value");
      return true;
    }
    const auto parsed = to_size(*text);
    if (!parsed) return mistake("`" + std::string(size.word) + "` wants a size");
    if (size.word == "size") frequency("size", begin);
    now().*size.setting = *parsed;
    return true;
  }

  bool ownership(const std::string& key) {
    Ownership unused;
    Ownership& target = key == "su" ? now().su : key == "create" ? now().create : unused;
    if (!read_ownership(rest_of_line(), key != "su", all_.owners, target))
      return mistake("`" + key + "` names nobody that is known, or too many words");
    if (key == "su" && (target.owner.empty() || target.group.empty()))
      return mistake("`su` wants a user and a group");
    target.is_on = true;
    if (key == "createolddir") now().create_olddir = true;
    return true;
  }

  bool path_value(const std::string& key) {
    const auto text = value();
    if (!text || !is_path(*text)) return mistake("`" + key + "` wants one word");
    (key == "mail" ? now().mail : now().olddir) = std::string(*text);
    return true;
  }

  bool taboo(const std::string& key) {
    if (in_log_) return mistake("`" + key + "` inside of a definition");
    auto list = value();
    if (!list) {
      error("`" + key + "` without a value");
      return true;
    }
    if (list->starts_with('+'))
      list->remove_prefix(1);
    else
      all_.taboo.clear();
    for (const std::string_view ending : words(*list, " \t\r\v\f,"))
      if (all_.taboo.size() < 1000)
        all_.taboo.push_back((key == "tabooext" ? "*" : "") + std::string(ending));
    return true;
  }

  bool include(std::size_t begin) {
    const auto target = value();
    if (!target) return mistake("`include` without a path");
    if (in_log_ || target->starts_with("~/")) {
      all_.facts.gap({ErrorCode::unsupported,
                      in_log_ ? "an include inside of a definition"
                              : "an include below the home of whoever runs logrotate",
                      origin(begin)});
      return true;
    }
    const Origin said = now().frequency_at.is_default() ? origin(begin) : now().frequency_at;
    all_.add({"include", {std::string(*target)}, now(), {}, said});
    const bool is_good = all_.read_path(join_path(cwd_, *target), now(), cwd_, origin(begin));
    failed_ = failed_ || !is_good;
    return true;
  }

  /// Names up to the brace; comments may stand between them.
  bool definition() {
    if (in_log_) return mistake("a second name inside of a definition");
    const std::size_t begin = at_;
    std::string names;
    enum { start, name, comment } part = start;
    for (; at_ < text_.size() && text_[at_] != '\0'; ++at_) {
      const char c = text_[at_];
      if (part == start && !is_space(c))
        part = c == '#' ? comment : name;
      else if (part != start && c == '\n')
        part = start;
      if (part == comment) continue;
      if (c == '{' || c == '}') break;
      names += c;
    }
    if (at_ >= text_.size() || text_[at_] != '{') return fatal("names without `{`");
    auto parsed = split_words(names);
    if (!parsed || parsed->empty()) return fatal("names that cannot be read");
    in_log_ = true;
    log_ = {"log", std::move(*parsed), global_, {}, origin(begin)};
    return true;
  }

  bool end_of_definition() {
    if (!in_log_) return fatal("`}` without `{`");
    if (log_.settings.olddir && !has_olddir()) return fatal("`olddir` is no directory");
    in_log_ = false;
    all_.add(std::move(log_));
    state_ = State::after_definition;
    return true;
  }

  /// Whether the directory for old logs is there, or may be made, for all that match.
  bool has_olddir() {
    std::string last;
    std::size_t looked_at = 0;
    for (const std::string& name : log_.names) {
      auto files = all_.root.glob(name).paths;
      if (files.empty()) files.push_back(name);
      for (const std::string& file : files) {
        const std::string directory(parent_path(file));
        if (directory == last) continue;
        if (++looked_at > kMatches) return true;
        last = directory;
        if (!all_.root.stat(directory)) {
          if (!log_.settings.missingok) return false;
          continue;
        }
        const auto target = all_.root.stat(join_path(directory, *log_.settings.olddir));
        if (!target &&
            (target.error().code != ErrorCode::not_found || !log_.settings.create_olddir))
          return false;
      }
    }
    return true;
  }

  // ---- pieces of text ----

  [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// Letters, after blanks.
  std::string_view word() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_alpha(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  /// Without blanks at its end; the reader stands before the newline then.
  std::string_view rest_of_line() {
    const std::size_t begin = at_;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    at_ = end - 1;
    return trim_right(text_.substr(begin, end - begin));
  }

  /// What follows blanks and one `=`; empty when the line ends before that.
  std::optional<std::string_view> value() {
    const auto skip = [&] {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    };
    skip();
    if (here() == '=') {
      ++at_;
      skip();
    }
    if (here() == '\n') return std::nullopt;
    return rest_of_line();
  }

  // ---- the rest ----

  Settings& now() { return in_log_ ? log_.settings : global_; }

  Origin origin(std::size_t position) {
    // Positions only grow, so that each newline is counted once.
    position = std::min(position, text_.size());
    if (position > counted_) {
      line_ += static_cast<std::uint32_t>(
          std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                     text_.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
      counted_ = position;
    }
    return {path_, line_, 1};
  }

  void error(std::string what) { all_.error(origin(at_), std::move(what)); }

  /// Inside of a definition a mistake costs that definition, outside the rest of the file.
  bool mistake(std::string what) {
    if (!in_log_) return fatal(std::move(what));
    error(std::move(what));
    state_ = State::mistake;
    return true;
  }

  bool fatal(std::string what) {
    error(std::move(what));
    return false;
  }

  Configuration& all_;
  std::string path_, cwd_;
  std::string_view text_;
  Settings& global_;
  Entry log_;  ///< the definition that is read now
  std::size_t at_ = 0, counted_ = 0;
  std::uint32_t line_ = 1;
  State state_ = State::normal;
  bool in_log_ = false;      ///< between the braces
  bool in_skipped_ = false;  ///< ... of a definition that has a mistake
  bool in_script_ = false;
  bool failed_ = false;
};

bool Configuration::read_path(const std::string& path, Settings& settings, const std::string& cwd,
                              Origin from) {
  if (depth >= kDepth) {
    error(std::move(from), "more than 16 includes within another");
    return false;
  }
  const auto stat = root.stat(path);
  if (!stat) {
    if (stat.error().code != ErrorCode::not_found) facts.gap(stat.error());
    error(std::move(from), "`" + path + "` cannot be read");
    return false;
  }
  ++depth;
  bool is_good = true;
  if (stat->type != FileType::directory) {
    is_good = read_guarded(path, settings, cwd);
  } else if (const auto entries_there = root.list(path)) {
    is_good = read_directory(path, *entries_there, settings);
  } else {
    facts.gap(entries_there.error());
    is_good = false;
  }
  --depth;
  return is_good;
}

/// Which names count is settled before the first file can change it.
bool Configuration::read_directory(const std::string& path, const std::vector<DirEntry>& there,
                                   Settings& settings) {
  std::vector<std::string> files;
  for (const DirEntry& entry : there)
    if (!is_taboo(entry.name)) files.push_back(join_path(path, entry.name));
  bool is_good = true;
  for (const std::string& file : files) is_good = read_guarded(file, settings, path) && is_good;
  return is_good;
}

bool Configuration::read_guarded(const std::string& path, Settings& settings,
                                 const std::string& cwd) {
  const Settings before = settings;
  if (read_file(path, settings, cwd)) return true;
  settings = before;
  return false;
}

bool Configuration::read_file(const std::string& path, Settings& settings, const std::string& cwd) {
  const auto stat = root.stat(path);
  if (!stat) {
    if (stat.error().code != ErrorCode::not_found) facts.gap(stat.error());
    return false;
  }
  if (stat->type != FileType::regular || !is_trusted(path, *stat)) return true;
  if (++files_ > kFiles || (bytes_ += stat->size) > kBytes) {
    facts.gap({ErrorCode::limit, "more than 10000 files or 64 MiB of configuration", {path, 0, 0}});
    return false;
  }
  const auto text = root.read(path);
  if (!text) {
    facts.gap(text.error());
    return false;
  }
  return FileReader(*this, path, cwd, *text, settings).read();
}

/// logrotate, as root, reads what root alone may write.
bool Configuration::is_trusted(const std::string& path, const Stat& stat) {
  if ((stat.mode & 022) == 0 && stat.uid == 0) return true;
  error({path, 0, 0}, "ignored: it is not root's, or others may write it");
  return false;
}

}  // namespace

std::vector<Entry> read_configuration(const Root& root, Facts& facts) {
  Configuration all(root, facts);
  Settings settings;
  const std::string path(kMain);
  if (const auto stat = root.stat(path); stat && stat->type != FileType::regular) {
    facts.gap({ErrorCode::wrong_type, "not a regular file", {path, 0, 0}});
    return {};
  }
  static_cast<void>(all.read_file(path, settings, "/"));
  const Origin end =
      settings.frequency_at.is_default() ? Origin{path, 0, 0} : settings.frequency_at;
  all.add({"end", {}, std::move(settings), {}, end});
  return std::move(all.entries);
}

}  // namespace plimsoll::logrotate
