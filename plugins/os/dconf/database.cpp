#include "plugins/os/dconf/database.h"

#include "scanner/base/text.h"

namespace plimsoll::dconf {
namespace {

constexpr std::size_t kShadowed = 16;
constexpr std::size_t kKeys = 20'000;  // of one database, and of one keyfile
constexpr std::size_t kPath = 4096;    // bytes of a key's path

class Reader {
 public:
  Reader(const Root& root, Database& out) : root_(root), out_(out) {}

  /// The last file of a name order wins.
  void keyfiles(const std::string& directory) {
    for_each_file(directory,
                  [&](const std::string& path, std::string_view text) { keyfile(path, text); });
  }

  void locks(const std::string& directory) {
    for_each_file(directory, [&](const std::string& path, std::string_view text) {
      for (const Line& line : lines(text)) {
        const std::string_view lock = trim(line.text);
        if (lock.starts_with('/')) out_.locks.emplace(lock, Origin{path, line.number, 1});
      }
    });
  }

 private:
  template <class Each>
  void for_each_file(const std::string& directory, Each each) {
    const auto entries = root_.list(directory);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) out_.errors.push_back(entries.error());
      return;
    }
    for (const DirEntry& entry : *entries) {
      const std::string path = join_path(directory, entry.name);
      const auto stat = root_.stat(path);
      if (entry.name.starts_with('.') || (stat && stat->type != FileType::regular)) continue;
      const auto text = root_.read(path);
      if (text)
        each(path, *text);
      else
        out_.errors.push_back(text.error());
    }
  }

  void refuse(const std::string& path, std::uint32_t line, const char* what) {
    out_.errors.push_back({ErrorCode::invalid, what, {path, line, 1}});
  }

  /// One wrong line, and dconf keeps the database that it had.
  void keyfile(const std::string& path, std::string_view text) {
    std::string group;
    bool has_group = false;
    std::map<std::string, Value> given;  // of a key only the last line is looked at
    for (const Line& each : lines(text)) {
      const std::string_view line = trim(each.text);
      if (line.empty() || line.front() == '#') continue;
      if (line.front() == '[') {
        if (!line.ends_with(']')) return refuse(path, each.number, "a group without its `]`");
        group = line.substr(1, line.size() - 2);
        has_group = true;
        continue;
      }
      const auto equals = line.find('=');
      if (!has_group || equals == std::string_view::npos || equals == 0)
        return refuse(path, each.number, "neither a group nor `key=value` in a group");
      const std::string_view name = trim(line.substr(0, equals));
      std::string key = group == "/" ? "/" : "/" + group + "/";
      key += name;
      if (key.find("//") != std::string::npos || key.ends_with('/') || key.size() > kPath)
        return refuse(path, each.number, "a key with an invalid path");
      if (given.size() + out_.values.size() >= kKeys) {
        out_.errors.push_back({ErrorCode::limit, "more than 20000 keys", {path, each.number, 1}});
        return;
      }
      set(given, key, std::string(trim(line.substr(equals + 1))), {path, each.number, 1});
    }
    take(path, given);
  }

  void take(const std::string& path, std::map<std::string, Value>& given) {
    for (auto& [key, value] : given) {
      std::string text = canonical_variant(value.text);
      if (text.empty()) return refuse(path, value.origin.line, "a value that is no GVariant text");
      set(out_.values, key, std::move(text), std::move(value.origin));
      auto& shadowed = out_.values[key].shadowed;
      for (Shadowed& earlier : value.shadowed)
        if (shadowed.size() < kShadowed) shadowed.push_back(std::move(earlier));
    }
  }

  static void set(std::map<std::string, Value>& values, const std::string& key, std::string text,
                  Origin origin) {
    Value& value = values[key];
    if (!value.origin.file.empty() && value.shadowed.size() < kShadowed)
      value.shadowed.push_back(
          {std::move(value.text), std::move(value.origin), "a later line sets it again"});
    value.text = std::move(text);
    value.origin = std::move(origin);
  }

  const Root& root_;
  Database& out_;
};

}  // namespace

Database read_database(const Root& root, const std::string& directory) {
  Database out;
  Reader reader(root, out);
  reader.keyfiles(directory);
  reader.locks(directory + "/locks");
  return out;
}

}  // namespace plimsoll::dconf
