#include <algorithm>
#include <array>
#include <map>

#include "plugins/os/file/names.h"
#include "plugins/os/user-files/homes.h"
#include "plugins/os/user-files/known_files.h"
#include "plugins/os/user-files/private_key.h"
#include "scanner/base/text.h"
#include "scanner/formats/openssh/authorized_keys.h"
#include "scanner/probe/probe.h"

namespace plimsoll::user_files {
namespace {

// A home belongs to somebody who may fill it to slow the scan down or to hide something: past these
// the rules concerned are unknown.
constexpr std::size_t kRowsOfHome = 10'000;
constexpr std::size_t kRows = 200'000;
constexpr std::size_t kKeyFilesOfHome = 200;
constexpr std::size_t kKeyFileBytes = 64U << 10U;  // no private key is larger
constexpr std::size_t kAuthorizedBytes = 4U << 20U;
constexpr std::size_t kBytes = 32U << 20U;  // of all homes

constexpr std::array kFields = {
    Field{"path", Type::text, "where the file is"},
    Field{"user", Type::set, "whose home it lies in (the first 16 of them)"},
    Field{"interactive", Type::boolean, "one of these has a shell that is not nologin or false"},
    Field{
        "kind", Type::text,
        "ssh-authorized-keys, authorized-key (one of its lines), ssh-private-key, history, netrc, "
        "rhosts, shosts, forward, credential, or dot-file: any other"},
    Field{"type", Type::text, "file, directory, link, or other"},
    Field{"mode", Type::mode, "permissions; null for a link"},
    Field{"owner", Type::text, "name of the owner, or its number"},
    Field{"group", Type::text, "name of the group, or its number"},
    Field{"owned", Type::boolean, "it belongs to one whose home it is, or to root"},
    Field{"others_read", Type::boolean,
          "its mode, and that of each directory above, let everybody read it; null for a link"},
    Field{"target", Type::text, "what the link says; also of the file that it leads to"},
    Field{"encrypted", Type::boolean, "a private key has a passphrase; null when it does not say"},
    Field{"key_type", Type::text, "ssh-rsa, ssh-ed25519, ...; of a private key where it says so"},
    Field{"bits", Type::integer, "length of the key, as ssh-keygen -l counts"},
    Field{"options", Type::list, "of an authorized key: no-pty, command=/bin/true, from=10.0.0.1"},
};

constexpr std::array<std::string_view, 6> kFiles = {"/etc/passwd",
                                                    "/home/alice/.ssh/authorized_keys",
                                                    "/home/alice/.ssh/id_ed25519",
                                                    "/home/alice/.netrc",
                                                    "/etc/group",
                                                    "/root/.ssh/authorized_keys"};

/// What a row says of a key.
struct KeyFacts {
  std::optional<bool> encrypted;
  std::optional<openssh::PublicKey> key;
  std::optional<std::vector<std::string>> options;
};

/// A file as it was found: `path` names it, `stat` is of the file itself, links followed.
struct Found {
  std::string path;
  Stat stat;
  std::string target;
};

std::string_view word_for(FileType type) {
  if (type == FileType::regular) return "file";
  if (type == FileType::directory) return "directory";
  return type == FileType::symlink ? "link" : "other";
}

template <class T>
Value optional_value(const std::optional<T>& value) {
  return value ? Value{*value} : Value{};
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts), names_(root) {}

  void read(const Home& home) {
    const auto stat = root_.stat(home.path);
    if (!stat) {
      if (stat.error().code != ErrorCode::not_found) gap(home.path, stat.error());
      return;
    }
    if (stat->type != FileType::directory) return;
    home_ = &home;
    rows_ = 0;
    // What matters most comes first: a home that is too full hides its dot files, not its keys.
    ssh_files();
    if (!home.interactive) return;
    known_files();
    dot_files();
  }

 private:
  void dot_files() {
    const auto entries = root_.list(home_->path);
    if (!entries) return gap(home_->path, entries.error());
    for (const DirEntry& entry : *entries) {
      if (!entry.name.starts_with('.') || is_known(entry.name)) continue;
      look(join_path(home_->path, entry.name), kDotFile);
      if (full_) return;
    }
  }

  static bool is_known(std::string_view path) {
    return std::any_of(kKnownFiles.begin(), kKnownFiles.end(),
                       [&](const KnownFile& file) { return file.path == path; });
  }

  /// By name, so that a home which is too full to be listed hides none of them.
  void known_files() {
    std::map<std::string_view, bool> entered;  // directories on the way: whether to go on
    for (const KnownFile& file : kKnownFiles) {
      bool there = true;
      for (auto slash = file.path.find('/'); there && slash != std::string_view::npos;
           slash = file.path.find('/', slash + 1)) {
        const std::string_view part = file.path.substr(0, slash);
        const auto known = entered.find(part);
        there = known != entered.end() ? known->second
                                       : (entered[part] = enter(join_path(home_->path, part)));
      }
      if (there) look(join_path(home_->path, file.path), file.kind);
    }
  }

  void ssh_files() {
    const std::string directory = join_path(home_->path, ".ssh");
    if (!enter(directory)) return;
    // sshd_config(5): where AuthorizedKeysFile looks by default.
    constexpr std::array<std::string_view, 2> kNames = {"authorized_keys", "authorized_keys2"};
    for (const std::string_view name : kNames) authorized_keys(join_path(directory, name));
    const auto entries = root_.list(directory);
    if (!entries) return gap(directory, entries.error());
    std::size_t looked_at = 0;
    for (const DirEntry& entry : *entries) {
      if (std::find(kNames.begin(), kNames.end(), entry.name) != kNames.end() ||
          entry.name.ends_with(".pub") || entry.name.starts_with("known_hosts"))
        continue;
      if (full_) return;
      if (++looked_at > kKeyFilesOfHome)
        return gap(directory, {ErrorCode::limit, "more than 200 files", {directory, 0, 0}});
      private_key(join_path(directory, entry.name));
    }
  }

  /// Whether a directory is there and may be looked into: a link to one has to lead to a directory
  /// of the user's own, as its owner could lead us anywhere.
  bool enter(const std::string& path) {
    const auto stat = root_.lstat(path);
    if (!stat) {
      if (stat.error().code != ErrorCode::not_found && stat.error().code != ErrorCode::wrong_type)
        gap(path, stat.error());
      return false;
    }
    if (stat->type == FileType::directory) return true;
    if (stat->type != FileType::symlink) return false;
    const auto behind = root_.stat(path);
    if (!behind || behind->type != FileType::directory) return false;
    if (home_->belongs_to(behind->uid)) return true;
    gap(path, {ErrorCode::unsupported,
               "a link to a directory of somebody else is not followed",
               {path, 0, 0}});
    return false;
  }

  /// The file of that path, or what a link there leads to when that is the user's own. The link
  /// itself is a row in any case.
  std::optional<Found> find(const std::string& path, std::string_view kind) {
    const auto stat = root_.lstat(path);
    if (!stat) {
      if (stat.error().code != ErrorCode::not_found && stat.error().code != ErrorCode::wrong_type)
        gap(path, stat.error());
      return std::nullopt;
    }
    if (stat->type != FileType::symlink) return Found{path, *stat, {}};
    Found link{path, *stat, root_.readlink(path).value_or("")};
    row(link, kind, {});
    const auto behind = root_.stat(path);
    if (!behind || behind->type == FileType::symlink) return std::nullopt;
    link.stat = *behind;
    return link;
  }

  void look(const std::string& path, std::string_view kind) {
    const auto found = find(path, kind);
    if (found && is_ours(*found)) row(*found, kind, {});
  }

  [[nodiscard]] bool is_ours(const Found& found) const {
    return found.target.empty() || home_->belongs_to(found.stat.uid);
  }

  void private_key(const std::string& path) {
    const auto stat = root_.stat(path);
    // A link to another's file: that file is judged where it lies, if anywhere.
    if (!stat || stat->type != FileType::regular || stat->size > kKeyFileBytes) return;
    const bool is_link = root_.lstat(path).value_or(Stat{}).type == FileType::symlink;
    if (is_link && !home_->belongs_to(stat->uid)) return;
    const auto text = contents(path, stat->size);
    if (!text) return;
    const auto key = read_private_key(*text);
    if (!key) return;
    if (const auto found = find(path, kPrivateKey))
      row(*found, kPrivateKey, {key->encrypted, key->key, std::nullopt});
  }

  void authorized_keys(const std::string& path) {
    const auto found = find(path, kAuthorizedKeys);
    if (!found) return;
    // sshd opens the file as the user: it may belong to another who lets everybody read it.
    const bool readable = is_ours(*found) || (found->stat.mode & 04) != 0;
    if (!readable)
      return gap(path, {ErrorCode::unsupported,
                        "a link to a file of somebody else is not followed",
                        {path, 0, 0}});
    row(*found, kAuthorizedKeys, {});
    if (found->stat.type != FileType::regular) return;  // sshd takes nothing else
    if (found->stat.size > kAuthorizedBytes)
      return gap(path, {ErrorCode::limit, "larger than 4 MiB", {path, 0, 0}});
    const auto text = contents(path, found->stat.size);
    if (!text) return;
    for (const Line& line : lines(*text)) {
      auto key = openssh::parse_authorized_key(line.text);
      if (!key) continue;
      row(*found, kAuthorizedKey, {std::nullopt, std::move(key->key), std::move(key->options)},
          line.number);
      if (full_) return;
    }
  }

  std::optional<std::string_view> contents(const std::string& path, std::uint64_t size) {
    if (bytes_ + size > kBytes) {
      gap(path, {ErrorCode::limit, "more than 32 MiB of keys", {path, 0, 0}});
      return std::nullopt;
    }
    bytes_ += size;
    const auto text = root_.read(path);
    if (text) return *text;
    gap(path, text.error());
    return std::nullopt;
  }

  void row(const Found& found, std::string_view kind, KeyFacts key, std::uint32_t line = 0) {
    if (full_) return;
    if (++rows_ > kRowsOfHome || facts_.rows.size() >= kRows) {
      full_ = facts_.rows.size() >= kRows;
      if (full_ || rows_ == kRowsOfHome + 1)
        gap(full_ ? "" : home_->path,
            {ErrorCode::limit, "more files than are looked at", {home_->path, 0, 0}});
      return;
    }
    const bool is_link = found.stat.type == FileType::symlink;
    std::vector<Value> fields{found.path, home_->users, home_->interactive, std::string(kind),
                              std::string(word_for(found.stat.type))};
    fields.push_back(is_link ? Value{} : Value{std::int64_t{found.stat.mode}});
    fields.emplace_back(names_.user(found.stat.uid));
    fields.emplace_back(names_.group(found.stat.gid));
    fields.emplace_back(found.stat.uid == 0 || home_->belongs_to(found.stat.uid));
    fields.push_back(is_link ? Value{} : Value{is_read_by_others(found)});
    fields.push_back(found.target.empty() ? Value{} : Value{found.target});
    fields.push_back(optional_value(key.encrypted));
    fields.push_back(key.key ? Value{key.key->type} : Value{});
    fields.push_back(key.key ? Value{key.key->bits} : Value{});
    fields.push_back(optional_value(key.options));
    facts_.row(std::move(fields), {found.path, line, line == 0 ? 0U : 1U});
  }

  [[nodiscard]] bool is_read_by_others(const Found& found) {
    if ((found.stat.mode & 04) == 0) return false;
    return is_reached(std::string(parent_path(root_.resolve(found.path).value_or(found.path))));
  }

  /// Whether everybody may search the directory and all above it.
  bool is_reached(const std::string& directory) {
    const auto known = reached_.find(directory);
    if (known != reached_.end()) return known->second;
    const auto stat = root_.stat(directory);
    const bool open = !stat || (stat->mode & 01) != 0;
    const bool reached =
        open && (directory.size() <= 1 || is_reached(std::string(parent_path(directory))));
    return reached_[directory] = reached;
  }

  void gap(std::string subject, Error error) {
    facts_.gap(std::move(error), std::move(subject), Gap::Effect::may_add);
  }

  const Root& root_;
  Facts& facts_;
  files::Names names_;
  const Home* home_ = nullptr;
  std::size_t rows_ = 0;   ///< of this home
  std::size_t bytes_ = 0;  ///< read, of all homes
  bool full_ = false;      ///< no more rows at all
  std::map<std::string, bool> reached_;
};

Facts read_user_files(const Request& request) {
  Facts facts;
  const std::vector<Home> homes = find_homes(request.root, facts);
  if (homes.empty()) return facts;
  Reader reader(request.root, facts);
  for (const Home& home : homes) reader.read(home);
  return facts;
}

}  // namespace
}  // namespace plimsoll::user_files

namespace plimsoll {

extern const Probe user_files_probe;
const Probe user_files_probe{
    .name = "user-files",
    .group = "os",
    .summary = "dot files, keys and histories in the homes of accounts",
    .semantics = "passwd(5), sshd(8), ssh-keygen(1), netrc(5), rhosts(5)",
    .shape = Shape::rows,
    .fields = user_files::kFields,
    .open_keys = false,
    .read = user_files::read_user_files,
    .files = user_files::kFiles,
};

}  // namespace plimsoll
