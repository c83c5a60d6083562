#include "plugins/service/bind/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/bind/parser.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kDeepest = 100;  // files that are open at a time
constexpr std::size_t kMostFiles = 5000;
constexpr std::size_t kMostBytes = 64U << 20U;  // with every repetition

/// Where packages keep the configuration on hosts and in images.
constexpr std::array<std::string_view, 5> kHomes = {"/etc/bind/", "/etc/named/", "/var/named/",
                                                    "/usr/local/etc/namedb/", "/etc/"};
/// Files of packages that set nothing but keys and zones of their own.
constexpr std::string_view kShipped =
    "rndc.key bind.keys named.conf.default-zones zones.rfc1918 named.rfc1912.zones named.root.key "
    "session.key";

/// A path that is no pattern.
std::string literal(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class Loader {
 public:
  Loader(const Root& root, Configuration& out) : root_(root), out_(out), lexer_(out.begun) {}

  void host(const std::string& path) {
    const auto text = root_.read(place_of(path));
    if (!text) {
      out_.gaps.push_back(text.error());
      return;
    }
    open(place_of(path), *text);
    parse();
  }

  void document(std::string_view path, std::string_view text) {
    document_ = path;
    open(document_, text);
    parse();
  }

 private:
  [[nodiscard]] std::string place_of(const std::string& path) const {
    return out_.chroot + normal_path(path);
  }

  void open(const std::string& path, std::string_view text) {
    const auto file = static_cast<std::uint32_t>(out_.files.size());
    out_.files.push_back(path);
    bytes_ += text.size();
    lexer_.open(file, text);
  }

  void parse() {
    const Surroundings surroundings{
        [this](const std::string& pattern, Place place) { return include(pattern, place); },
        [this](const Setting& setting) { enter(setting); }};
    Parser parser(lexer_, surroundings, out_.is_strict());
    out_.top = parser.file();
    out_.names = parser.take_names();
    if (!parser.stop()) return;
    const Stop& stop = *parser.stop();
    if (stop.code == ErrorCode::invalid)
      out_.refuse(stop.what, stop.place);
    else
      out_.gaps.push_back({stop.code, stop.what, out_.origin(stop.place)});
  }

  /// chdir(2) as soon as the statement is read.
  void enter(const Setting& setting) {
    if (out_.is_document) return;
    directory_ = normal_path(join_path(directory_, setting.value.text));
    const auto there = root_.stat(place_of(directory_));
    if (there && there->type == FileType::directory) return;
    const std::string what = fmt::format("the directory {} is not there", directory_);
    // Of another root it may be mounted when named starts.
    if (root_.is_live())
      out_.refuse(what, setting.place);
    else
      out_.directory = Error{ErrorCode::not_found, what, out_.origin(setting.place)};
  }

  /// glob(3): what matches is opened in order, so that the last one is read first. Nothing that
  /// matches is an error.
  std::optional<Stop> include(const std::string& pattern, Place place) {
    if (pattern.empty()) return Stop{ErrorCode::invalid, "an include without a name", place};
    const std::string wanted = out_.is_document
                                   ? in_tree(pattern)
                                   : literal(out_.chroot) + join_path(literal(directory_), pattern);
    const Root::Glob found = wanted.empty() ? Root::Glob() : root_.glob(wanted);
    for (const Error& error : found.errors) out_.gaps.push_back(error);
    if (found.paths.empty() && found.errors.empty()) return miss(pattern, place);
    for (const std::string& path : found.paths)
      if (auto stop = add(path, place)) return stop;
    return {};
  }

  std::optional<Stop> miss(const std::string& pattern, Place place) {
    const std::string what = fmt::format("nothing matches the include `{}`", pattern);
    if (!out_.is_document) return Stop{ErrorCode::invalid, what, place};
    if (!is_one_of(base_name(pattern), kShipped))
      out_.missing.push_back({ErrorCode::not_found, what, out_.origin(place)});
    return {};
  }

  std::optional<Stop> add(const std::string& path, Place place) {
    const auto there = root_.stat(path);
    if (there && there->type == FileType::directory)
      return Stop{ErrorCode::invalid, fmt::format("{} is a directory", path), place};
    const auto text = root_.read(path);
    if (!text) {
      out_.gaps.push_back(text.error());
      return {};
    }
    if (lexer_.depth() >= kDeepest || out_.files.size() >= kMostFiles ||
        bytes_ + text->size() > kMostBytes)
      return Stop{ErrorCode::limit,
                  fmt::format("more than {} files at a time, {} files or {} MiB of configuration",
                              kDeepest, kMostFiles, kMostBytes >> 20U),
                  place};
    open(path, *text);
    return {};
  }

  /// Where an include of a host may lie in a tree: as it says, below the directory that looks like
  /// the one it names, or beside the document. Empty: nowhere.
  [[nodiscard]] std::string in_tree(const std::string& pattern) const {
    if (!pattern.starts_with('/')) return join_path(parent_path(document_), pattern);
    if (!root_.glob(pattern).paths.empty()) return pattern;
    for (const std::string_view home : kHomes) {
      if (!pattern.starts_with(home)) continue;
      const std::string rest = pattern.substr(home.size());
      const std::size_t at = document_.rfind(home);
      return at == std::string::npos ? join_path(parent_path(document_), rest)
                                     : document_.substr(0, at) + std::string(home) + rest;
    }
    return {};
  }

  const Root& root_;
  Configuration& out_;
  Lexer lexer_;
  std::string document_;
  std::string directory_ = "/";
  std::size_t bytes_ = 0;
};

}  // namespace

const Block* Configuration::options() const {
  const Node* found = top.value("options");
  return found == nullptr ? nullptr : found->block.get();
}

Origin Configuration::origin(const Place& place) const {
  if (place.file >= files.size()) return {};
  return {files[place.file], place.line, place.column};
}

void Configuration::refuse(std::string what, const Place& place) {
  if (!refused) refused = Error{ErrorCode::invalid, std::move(what), origin(place)};
}

void load_file(const Root& root, const std::string& path, Configuration& out) {
  Loader(root, out).host(path);
}

void load_document(const Root& root, std::string_view path, std::string_view text,
                   Configuration& out) {
  Loader(root, out).document(path, text);
}

}  // namespace plimsoll::bind
