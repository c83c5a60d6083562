#include "plugins/service/redis/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/service/redis/commands.h"
#include "plugins/service/redis/config_text.h"
#include "plugins/service/redis/user.h"
#include "plugins/service/redis/values.h"
#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kPiece = 1024;  // config.c, CONFIG_READ_LEN
constexpr unsigned kDeepest = 50;
constexpr std::size_t kMostFiles = 5000;
constexpr std::size_t kMostBytes = 64U << 20U;  // with every repetition
constexpr std::size_t kMostLines = 200'000;
constexpr std::size_t kMostShadowed = 100;  // of one parameter
constexpr std::size_t kMostUsers = 1000;
constexpr std::int64_t kMostHz = 500;

/// config.c, loadServerConfig and loadServerConfigFromString.
class Loader {
 public:
  Loader(const Reading& reading, Configuration& out)
      : reading_(reading), out_(out), table_(OptionTable::of(out.version)) {}

  void file(const std::string& path, const std::vector<OptionLine>& options) {
    ConfigText text(kPiece);
    if (!path.empty()) add_file(path, {}, text);
    run(text, options);
  }

  void text_of(const std::string& path, std::string_view text) {
    document_ = path;
    ConfigText config(kPiece);
    out_.files.push_back({path, 0, 0});
    config.add(path, text);
    run(config, {});
  }

 private:
  void refuse(std::string_view what, const Origin& where) {
    if (!out_.refused) out_.refused = Error{ErrorCode::invalid, std::string(what), where};
  }
  void give_up(ErrorCode code, std::string what, const Origin& where) {
    out_.gaps.push_back({code, std::move(what), where});
    stopped_ = true;
  }
  [[nodiscard]] bool is_over() const { return stopped_ || out_.refused.has_value(); }

  /// Adds the text of one file; `where` is the line that asks for it.
  void add_file(const std::string& path, const Origin& where, ConfigText& text) {
    const auto stat = reading_.root.stat(path);
    // A directory can be opened, and has no lines.
    if (stat && stat->type == FileType::directory) return;
    const auto bytes = reading_.root.read(path);
    if (!bytes) return not_read(path, bytes.error(), where);
    bytes_ += bytes->size();
    if (out_.files.size() >= kMostFiles || bytes_ > kMostBytes)
      return give_up(
          ErrorCode::limit,
          fmt::format("more than {} files or {} bytes of configuration", kMostFiles, kMostBytes),
          where);
    out_.files.push_back({path, 0, 0});
    text.add(path, *bytes);
  }

  void not_read(const std::string& path, Error error, const Origin& where) {
    if (!where.file.empty()) error.where = where;
    const bool is_missing = error.code == ErrorCode::not_found;
    if (is_missing && !reading_.is_document)
      return refuse(fmt::format("can't open config file '{}'", path),
                    where.file.empty() ? Origin{path, 0, 0} : where);
    out_.gaps.push_back(std::move(error));
  }

  void run(const ConfigText& text, const std::vector<OptionLine>& options) {
    is_whole_ = true;
    for (const TextLine& line : text.lines()) {
      if (is_over()) return;
      if (++lines_ > kMostLines)
        return give_up(ErrorCode::limit, fmt::format("more than {} lines", kMostLines),
                       line.origin);
      take_text(line);
    }
    for (const OptionLine& option : options)
      if (!is_over()) take(option.words, option.origin);
    if (is_over()) return;
    check_end(text.lines().empty() ? Origin{} : text.lines().back().origin);
    is_whole_ = false;
  }

  void take_text(const TextLine& line) {
    const std::string_view trimmed = trim(line.text, " \t\r\n");
    if (trimmed.empty() || trimmed[0] == '#') return;
    const auto split = split_words(trimmed);
    if (!split) return refuse("Unbalanced quotes in configuration line", line.origin);
    if (!split->empty()) take(*split, line.origin);
  }

  void take(const std::vector<std::string>& line, const Origin& origin) {
    const std::string name = lower(line[0]);
    if (const Option* option = table_.named(name)) return take_option(*option, line, origin);
    if (is_deprecated(c_text(name)) && line.size() == 2) return;
    take_directive(std::string(c_text(name)), line, origin);
  }

  [[nodiscard]] bool is_deprecated(std::string_view name) const {
    return is_one_of(name,
                     "list-max-ziplist-entries list-max-ziplist-value lua-replicate-commands") ||
           (out_.version == Version::v8 && name == "io-threads-do-reads");
  }

  void take_option(const Option& option, const std::vector<std::string>& line,
                   const Origin& origin) {
    if (!option.takes_many() && line.size() != 2)
      return refuse("wrong number of arguments", origin);
    std::vector<std::string> arguments(line.begin() + 1, line.end());
    // Quotes that do not close leave no argument at all here.
    if (option.takes_many() && arguments.size() == 1 && !arguments[0].empty())
      arguments = split_words(arguments[0]).value_or(std::vector<std::string>());
    const bool adds = option.kind == Kind::limits || (option.kind == Kind::save && save_adds());
    const bool begins = option.kind == Kind::save && !adds;
    const auto value =
        take_value(option, arguments, begins ? std::string_view() : out_.value(option.name));
    if (!value) return refuse(value.error().what, origin);
    // Debian builds with its own jemalloc, which lacks what that needs (isValidActiveDefrag).
    if (option.name == "activedefrag" && *value == "yes" && !reading_.is_document)
      return refuse("Active defragmentation cannot be enabled: Debian's server is built without it",
                    origin);
    set(option, option.kind == Kind::dir ? enter(*value) : *value, origin, adds);
  }

  /// Lines of `save` add up, but the first one takes the place of the default, and behind a text
  /// that was included each the place of all before (`reading_config_file`, `save_loaded`).
  bool save_adds() {
    const bool adds = is_whole_ && has_save_;
    has_save_ = has_save_ || is_whole_;
    return adds;
  }

  void set(const Option& option, std::string value, const Origin& origin, bool adds) {
    Setting& setting = out_.settings[option.name];
    if (!setting.origin.is_default() && !adds && setting.earlier.size() < kMostShadowed)
      setting.earlier.push_back({setting.value, setting.origin, "a later line sets it again"});
    setting.value = std::move(value);
    setting.origin = origin;
  }

  std::string enter(const std::string& directory) {
    const std::string path = join_path(out_.directory, c_text(directory));
    out_.directory = reading_.root.resolve(path, true).value_or(normal_path(path));
    if (reading_.is_document) return std::string(c_text(directory));
    return out_.directory;
  }

  void take_directive(const std::string& name, const std::vector<std::string>& line,
                      const Origin& origin) {
    const std::size_t size = line.size();
    if (name == "include" && size == 2) return include(std::string(c_text(line[1])), origin);
    if (name == "rename-command" && size == 3) return rename(line, origin);
    if (name == "user" && size >= 2) return user(line, origin);
    if (name == "loadmodule" && size >= 2) return keep(name, line, origin);
    if (name == "sentinel") {
      if (size != 1) refuse("sentinel directive while not in sentinel mode", origin);
      return;
    }
    if (name.find('.') != std::string::npos || out_.version == Version::v8) {
      if (size < 2 && name.find('.') != std::string::npos)
        return refuse("Module config specified without value", origin);
      if (size >= 2) return keep(name, line, origin);
    }
    if (reading_.is_document && size >= 2) return keep(name, line, origin);
    refuse("Bad directive or wrong number of arguments", origin);
  }

  void keep(const std::string& name, const std::vector<std::string>& line, const Origin& origin) {
    out_.others.push_back({name, {line.begin() + 1, line.end()}, origin});
  }

  void rename(const std::vector<std::string>& line, const Origin& origin) {
    const CommandTable& commands = CommandTable::of(out_.version);
    const std::string from = lower(line[1]);
    const std::string to = lower(line[2]);
    const std::string command = commands.called(out_.commands, from);
    if (command.empty()) return refuse("No such command in rename-command", origin);
    // dictDelete fails for a part of a command, and the server with it.
    if (from.find('|') != std::string::npos)
      return refuse("the server fails at the name of a subcommand", origin);
    out_.commands[from] = "";
    if (!to.empty()) {
      if (!commands.called(out_.commands, to, true).empty())
        return refuse("Target command name already exists", origin);
      out_.commands[to] = command;
    }
    keep("rename-command", line, origin);
  }

  void user(const std::vector<std::string>& line, const Origin& origin) {
    const bool is_known = !users_.insert(line[1]).second;
    if (is_known)
      return refuse(fmt::format("Error in user declaration '{}': Duplicate user found. A user can "
                                "only be defined once in config files",
                                c_text(line[1])),
                    origin);
    if (out_.users.size() >= kMostUsers)
      return give_up(ErrorCode::limit, fmt::format("more than {} users", kMostUsers), origin);
    const auto rules = merge_selectors({line.begin() + 2, line.end()});
    if (!rules) return refuse("Unmatched parenthesis in selector definition.", origin);
    User trial("", out_.version, is_open_by_default(out_));
    for (const std::string& rule : *rules) {
      const auto done = trial.apply(rule);
      if (done.is_ok() || done.is_unknown_command) continue;
      return done.is_limit
                 ? give_up(ErrorCode::limit, done.complaint, origin)
                 : refuse(fmt::format("Error in user declaration: {}", done.complaint), origin);
    }
    out_.users.push_back({line[1], *rules, origin});
  }

  void include(const std::string& name, const Origin& origin) {
    if (depth_ >= kDeepest)
      return give_up(ErrorCode::limit, fmt::format("includes more than {} deep", kDeepest), origin);
    ConfigText text(kPiece);
    if (name.find_first_of("*?[") != std::string::npos) {
      const Root::Glob found = reading_.root.glob(place(name, true));
      for (const Error& error : found.errors) out_.gaps.push_back(error);
      for (const std::string& path : found.paths) add_file(path, origin, text);
      // Of a tree nobody knows what else lies where the program runs.
      if (reading_.is_document && found.paths.empty())
        out_.gaps.push_back({ErrorCode::not_found,
                             fmt::format("no file of the tree matches the include `{}`", name),
                             origin});
    } else {
      add_file(place(name, false), origin, text);
    }
    if (is_over()) return;
    ++depth_;
    run(text, {});
    --depth_;
  }

  /// fopen(3) and glob(3) begin where the server works; its directory is no pattern.
  [[nodiscard]] std::string place(const std::string& name, bool is_pattern) const {
    std::string base = out_.directory;
    if (reading_.is_document) base = std::string(parent_path(document_));
    if (name.starts_with('/') || !is_pattern) return join_path(base, name);
    std::string escaped;
    for (const char c : base) {
      if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
    return join_path(escaped, name);
  }

  /// What the server does at the end of every text, also of one that was included.
  void check_end(const Origin& origin) {
    if (out_.value("cluster-enabled") == "yes" && !out_.value("replicaof").empty())
      return refuse("replicaof directive not allowed in cluster mode",
                    out_.origin("replicaof").is_default() ? origin : out_.origin("replicaof"));
    if (const auto hz = out_.settings.find("hz"); hz != out_.settings.end())
      hz->second.value = std::to_string(
          std::clamp(to_integer(hz->second.value).value_or(1), std::int64_t{1}, kMostHz));
    if (out_.version == Version::v8 && out_.value("cluster-enabled") == "yes" &&
        out_.value("databases") != "1")
      set(*table_.named("databases"), "1", out_.origin("cluster-enabled"), false);
  }

  const Reading& reading_;
  Configuration& out_;
  const OptionTable& table_;
  std::string document_;
  std::set<std::string> users_;
  bool is_whole_ = true;  ///< no included text has ended since this one began
  bool has_save_ = false;
  bool stopped_ = false;
  unsigned depth_ = 0;
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace

void load_files(const Reading& reading, const std::string& path,
                const std::vector<OptionLine>& options, Configuration& out) {
  Loader(reading, out).file(path, options);
}

void load_document(const Reading& reading, const std::string& path, std::string_view text,
                   Configuration& out) {
  Loader(reading, out).text_of(path, text);
}

}  // namespace plimsoll::redis
