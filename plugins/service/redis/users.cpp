#include "plugins/service/redis/users.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/redis/config_text.h"
#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kPiece = 1023;  // acl.c, ACLLoadFromFile
constexpr std::size_t kMostUsers = 1000;
constexpr std::size_t kMostRules = 50'000;  // of all users

User first_user(const Configuration& configuration) {
  User out("default", configuration.version, false);
  for (const std::string_view rule : {"+@all", "~*", "&*", "on", "nopass"})
    static_cast<void>(out.apply(rule));
  return out;
}

bool has_blanks(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) { return c == '\0' || is_blank(c); });
}

class Loading {
 public:
  Loading(const Configuration& configuration, Users& out)
      : configuration_(configuration), out_(out) {}

  void first() {
    User user = first_user(configuration_);
    const std::string password(configuration_.value("requirepass"));
    if (!password.empty()) {
      static_cast<void>(user.apply(">" + password));
      user.origin = configuration_.origin("requirepass");
    }
    out_.all.emplace("default", std::move(user));
  }

  void lines() {
    for (const UserLine& line : configuration_.users) {
      if (out_.refused) return;
      if (has_blanks(line.name)) return refuse("Spaces not allowed in ACL usernames", line.origin);
      out_.all.erase(line.name);
      User user(line.name, configuration_.version, is_open_by_default(configuration_));
      // Of those that are there only `default` can have a line, and is emptied.
      if (line.name == "default") static_cast<void>(user.apply("reset"));
      add(std::move(user), line.rules, line.origin);
    }
  }

  void file(const Root& root) {
    const std::string name(configuration_.value("aclfile"));
    const std::string path = join_path(configuration_.directory, name);
    const auto text = root.read(path);
    if (!text) {
      const Origin where = configuration_.origin("aclfile");
      if (text.error().code == ErrorCode::not_found)
        return refuse(fmt::format("Error loading ACLs, opening file '{}'", name), where);
      out_.gaps.push_back(text.error());
      return;
    }
    out_.acl_file = path;
    out_.all.clear();
    ConfigText config(kPiece);
    config.add(path, *text);
    for (const TextLine& line : config.lines()) {
      if (out_.refused) return;
      file_line(line);
    }
    if (out_.all.count("default") == 0) {
      User user = first_user(configuration_);
      user.origin = {path, 0, 0};
      out_.all.emplace("default", std::move(user));
    }
  }

 private:
  void refuse(std::string_view what, const Origin& where) {
    out_.refused = Error{ErrorCode::invalid, std::string(what), where};
  }

  /// There are neither quotes nor comments in it, and one blank parts two words.
  void file_line(const TextLine& line) {
    const std::string_view trimmed = trim(line.text, " \t\r\n");
    if (trimmed.empty()) return;
    const auto parts = split(trimmed, ' ');
    if (parts[0] != "user" || parts.size() < 2)
      return refuse("should start with user keyword followed by the username", line.origin);
    const std::string name(parts[1]);
    if (has_blanks(name)) return refuse("the username contains invalid characters", line.origin);
    if (out_.all.count(name) != 0) return refuse("Duplicate user found", line.origin);
    auto rules = merge_selectors({parts.begin() + 2, parts.end()});
    if (!rules) return refuse("Unmatched parenthesis in selector definition.", line.origin);
    for (std::string& rule : *rules) rule = trim(rule, "\t\r\n");
    add(User(name, configuration_.version, is_open_by_default(configuration_)), *rules,
        line.origin);
  }

  void add(User user, const std::vector<std::string>& rules, const Origin& origin) {
    rules_ += rules.size();
    if (out_.all.size() >= kMostUsers || rules_ > kMostRules) {
      out_.gaps.push_back({ErrorCode::limit,
                           fmt::format("more than {} users or {} rules", kMostUsers, kMostRules),
                           origin});
      return;
    }
    for (const std::string& rule : rules) {
      Applied done = user.apply(rule);
      if (done.is_ok()) continue;
      // The command may be one of a module.
      if (!done.is_limit && !(done.is_unknown_command && configuration_.loads_modules()))
        return refuse(done.is_unknown_command
                          ? fmt::format("Error loading ACL rule '{}': {}", rule, done.complaint)
                          : fmt::format("Error loading an ACL rule: {}", done.complaint),
                      origin);
      out_.gaps.push_back({ErrorCode::unsupported, std::move(done.complaint), origin});
    }
    user.origin = origin;
    std::string name = user.name();
    out_.all.emplace(std::move(name), std::move(user));
  }

  const Configuration& configuration_;
  Users& out_;
  std::size_t rules_ = 0;
};

}  // namespace

Users load_users(const Root& root, const Configuration& configuration) {
  Users out;
  Loading loading(configuration, out);
  const bool has_file = !configuration.value("aclfile").empty();
  if (has_file && !configuration.users.empty()) {
    out.refused = Error{ErrorCode::invalid,
                        "users stand in the configuration and in an ACL file, and the server takes "
                        "only one of them",
                        configuration.users[0].origin};
    return out;
  }
  loading.first();
  loading.lines();
  if (has_file && !out.refused) loading.file(root);
  return out;
}

Users document_users(const Configuration& configuration) {
  Users out;
  Loading loading(configuration, out);
  const bool has_file = !configuration.value("aclfile").empty();
  if (!has_file && !configuration.value("requirepass").empty()) loading.first();
  loading.lines();
  return out;
}

}  // namespace plimsoll::redis
