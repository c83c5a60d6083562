#include "plugins/container/dockerfile/copy.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "plugins/container/dockerfile/label.h"
#include "plugins/container/dockerfile/run.h"
#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"

namespace plimsoll::dockerfile {
namespace {

// What ADD takes apart by itself: tar, plain or packed; the builder looks at the content.
constexpr std::array<std::string_view, 18> kArchives = {
    ".tar", ".tgz", ".tbz", ".tbz2", ".tb2", ".txz",  ".tlz", ".tpz", ".tzst",
    ".tZ",  ".gz",  ".bz2", ".xz",   ".lz",  ".lzma", ".zst", ".Z",   ".taz"};

bool is_archive(std::string_view path) {
  return std::any_of(kArchives.begin(), kArchives.end(),
                     [&](std::string_view end) { return path.ends_with(end); });
}

bool is_remote(std::string_view source) {
  return source.find("://") != std::string_view::npos || source.starts_with("git@");
}

/// A git source at a commit that is named in full.
bool names_commit(std::string_view source) {
  const std::size_t hash = source.find('#');
  if (source.find("checksum=") != std::string_view::npos) return true;
  if (hash == std::string_view::npos) return false;
  const std::string_view commit = source.substr(hash + 1, source.find(':', hash) - hash - 1);
  return commit.size() >= 40 &&
         commit.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class CopyReader {
 public:
  explicit CopyReader(const CopyInput& input) : in_(input) {}

  CopyFacts read() {
    take_words();
    take_flags();
    if (words_.size() < 2) out_.traits.emplace_back("malformed");
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) source(words_[i]);
    if (!words_.empty()) target(words_.back());
    from();
    context();
    return std::move(out_);
  }

 private:
  struct Path {
    std::string text, raw;
    bool open = false, heredoc = false;
  };

  void add(std::string_view trait) {
    if (std::find(out_.traits.begin(), out_.traits.end(), trait) == out_.traits.end())
      out_.traits.emplace_back(trait);
  }

  // The builder cuts at every blank; where that tears quotes apart it refuses the line, and the
  // words are read as they were meant.
  void take_words() {
    const std::string& text = in_.instruction.rest.text;
    const ExecForm exec = exec_form(text);
    std::vector<std::string> given = exec.words;
    if (!exec.is_json) given = quoted_words(text, in_.escape);
    for (const std::string& raw : given) {
      const Expanded word = expand(raw, in_.scope, in_.escape);
      const bool heredoc = !exec.is_json && is_heredoc(raw);
      words_.push_back(
          {word.broken ? std::string(trim(raw, "\"'")) : word.text, raw, word.open, heredoc});
    }
  }

  [[nodiscard]] bool is_heredoc(std::string_view raw) const {
    return raw.find("<<") != std::string_view::npos && !in_.instruction.heredocs.empty();
  }

  void take_flags() {
    for (const std::string& flag : in_.instruction.flags) {
      const std::size_t equals = std::min(flag.find('='), flag.size());
      const std::string_view name = std::string_view(flag).substr(0, equals);
      const Expanded value = expand(
          std::string_view(flag).substr(std::min(flag.size(), equals + 1)), in_.scope, in_.escape);
      if (name == "--from") out_.from = value.text, from_open_ = value.open;
      if (name == "--checksum") checksum_ = true;
      if (name != "--chmod") continue;
      const ModeTraits mode = read_mode(value.text);
      if (mode.set_id) add("set-id");
      if (mode.world_writable) add("world-writable");
    }
  }

  void source(const Path& path) {
    out_.sources.push_back(path.text);
    if (path.heredoc) return;
    const bool remote = is_remote(path.text);
    if (in_.instruction.keyword == "ADD") {
      // What a variable without a value stands for may be a link or an archive.
      if (!remote && !path.open && !is_archive(path.text)) add("add-local");
      if (remote && !checksum_ && !names_commit(path.text)) add("remote-unverified");
    }
    if (is_credential_file(path.text)) add("credential-file");
    if (path.text == "/") root_source_ = true;
    const bool everything =
        path.text == "." || path.text == "./" || path.text == "/" || path.text == "*";
    whole_context_ = whole_context_ || everything;
  }

  void target(const Path& path) {
    out_.target = path.text;
    // A variable that says where a program finds its credentials.
    const std::string_view variable = trim(path.raw, "${}\"'");
    if (path.raw.find('$') < 2 && names_secret_file(variable)) add("credential-file");
    const bool directory =
        path.text.ends_with('/') || path.text.ends_with('\\') || path.text == ".";
    const bool ends_open =
        path.open && (path.text.ends_with('}') ||
                      path.text.find('/', path.text.rfind('$')) == std::string::npos);
    if (words_.size() > 2 && !directory && !ends_open) add("target-not-directory");
    const bool copies = in_.instruction.keyword == "COPY";
    if (copies && !is_absolute(path.text) && !in_.stage.workdir) add("relative-target");
    if (copies && out_.from.empty()) archives(path);
  }

  void archives(const Path& target) {
    if (is_tar(target.text)) {
      out_.archives.push_back(base_name(target.raw));
      return;
    }
    for (std::size_t i = 0; i + 1 < words_.size(); ++i)
      if (is_tar(words_[i].raw)) out_.archives.push_back(base_name(words_[i].raw));
  }

  /// A name that says tar, not merely a packed file.
  static bool is_tar(std::string_view raw) {
    const std::string name = base_name(raw);
    return is_archive(name) && (name.find(".t") != std::string::npos);
  }

  void from() {
    if (out_.from.empty() || from_open_) return;
    const bool root_target = out_.target == "/";
    if (root_source_ && root_target) add("whole-filesystem");
    const std::string name = lower(out_.from);
    const auto index = to_integer(name);
    const std::int64_t own = static_cast<std::int64_t>(in_.stages) - 1;
    const auto known = in_.by_name.find(name);
    if (name == in_.stage.name || (index && *index == own)) return add("own-stage");
    if (known != in_.by_name.end()) return;
    const bool image = name.find_first_of(":@/.") != std::string::npos;
    if (index ? *index < 0 || *index > own : !image) add("unknown-stage");
  }

  // dockerignore: DOCKERFILE.dockerignore beside the file, or .dockerignore of the context.
  void context() {
    if (!whole_context_ || !out_.from.empty()) return;
    const std::string directory = in_.path.substr(0, in_.path.rfind('/') + 1);
    auto text = in_.root.read(in_.path + ".dockerignore");
    if (!text) text = in_.root.read(directory + ".dockerignore");
    if (!text || !leaves_out(*text, ".git") || !leaves_out(*text, ".env"))
      add("context-unfiltered");
  }

  /// The last pattern that fits decides.
  static bool leaves_out(std::string_view patterns, const std::string& name) {
    bool out = false;
    std::size_t most = 1000;
    for (const Line& line : lines(patterns)) {
      std::string_view pattern = trim(line.text);
      if (pattern.empty() || pattern[0] == '#' || most-- == 0) continue;
      const bool keeps = pattern[0] == '!';
      if (keeps) pattern.remove_prefix(1);
      pattern = trim_left(pattern, "/");
      while (pattern.starts_with("**/")) pattern.remove_prefix(3);
      if (pattern.ends_with("/**")) pattern.remove_suffix(3);
      pattern = trim_right(pattern, "/");
      if (pattern.size() > 64 || std::count(pattern.begin(), pattern.end(), '*') > 4) continue;
      if (fnmatch(std::string(pattern).c_str(), name.c_str(), 0) == 0) out = !keeps;
    }
    return out;
  }

  const CopyInput& in_;
  CopyFacts out_;
  std::vector<Path> words_;
  bool from_open_ = false, checksum_ = false, root_source_ = false, whole_context_ = false;
};

}  // namespace

CopyFacts read_copy(const CopyInput& input) { return CopyReader(input).read(); }

std::string base_name(std::string_view path) {
  path = trim(path, "\"'");
  return std::string(path.substr(path.find_last_of("/\\") + 1));
}

bool unpacks_archive(const shell::Command& command) {
  const std::string_view name = command.name();
  if (is_one_of(name, "unzip gunzip bunzip2 unlzma unxz zgz uncompress zcat gzcat")) return true;
  if (name != "tar" && name != "bsdtar") return false;
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const std::string_view word = command.words[i].text;
    if (word == "--extract" || word == "--get") return true;
    // tar(1): the first word may be a bundle of options without a dash.
    const bool bundle =
        i == 1 ? word.find_first_of("./") == std::string_view::npos : word.starts_with('-');
    if (bundle && !word.starts_with("--") && word.find('x') != std::string_view::npos) return true;
  }
  return false;
}

bool is_copied(std::string_view path, const std::vector<std::string>& targets) {
  const auto bare = [](std::string_view text) {
    if (text.starts_with("./")) text.remove_prefix(2);
    return trim(text, "/");
  };
  return std::any_of(targets.begin(), targets.end(), [&](std::string_view target) {
    target = bare(target);
    const std::string_view file = bare(path);
    return !target.empty() && file.starts_with(target) &&
           (file.size() == target.size() || file[target.size()] == '/');
  });
}

}  // namespace plimsoll::dockerfile
