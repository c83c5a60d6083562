#include <fmt/format.h>

#include "plugins/service/php/settings.h"
#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

constexpr unsigned kIncludeDepth = 5;
constexpr unsigned kFiles = 1000;

struct Given {
  std::string value;
  Origin origin;
  bool is_admin = false;
};
using Pool = std::map<std::string, Given, std::less<>>;

/// php-fpm.conf(5) reads with the grammar of php.ini; sections are pools, and `include` continues
/// in the section that stands open.
class Pools {
 public:
  Pools(const Root& root, const Settings& settings, std::string scope, Facts& facts)
      : root_(root), settings_(settings), scope_(std::move(scope)), facts_(facts) {}
  void read(const std::string& file, unsigned depth);
  void write() const;

 private:
  void take(const Statement& statement, const std::string& file, unsigned depth);
  void include(const std::string& pattern, unsigned depth);

  const Root& root_;
  const Settings& settings_;
  std::string scope_;
  Facts& facts_;
  std::string open_ = "global";
  std::map<std::string, Pool> pools_;
  unsigned count_ = 0;
  bool is_over_ = false;
};

void Pools::include(const std::string& pattern, unsigned depth) {
  const Root::Glob found = root_.glob(pattern);
  for (const Error& error : found.errors) facts_.gap(error, scope_);
  for (const std::string& file : found.paths) read(file, depth + 1);
}

/// What an administrator sets no later php_value changes.
void Pools::take(const Statement& statement, const std::string& file, unsigned depth) {
  const std::string& name = statement.name;
  if (statement.kind == Statement::Kind::section) {
    open_ = name;
    pools_[open_];
    return;
  }
  if (statement.kind == Statement::Kind::setting && iequals(name, "include"))
    return include(statement.value, depth);
  Given given{statement.value, {file, statement.line, 1}, name.starts_with("php_admin_")};
  Pool& pool = pools_[open_];
  if (statement.kind == Statement::Kind::setting) {
    pool[lower(name)] = std::move(given);
    return;
  }
  if (!is_one_of(name, "php_value php_admin_value php_flag php_admin_flag")) return;
  if (name.ends_with("_flag")) given.value = given.value == "1" ? "1" : "0";
  Given& place = pool[lower(statement.index)];
  if (!place.is_admin || given.is_admin) place = std::move(given);
}

void Pools::read(const std::string& file, unsigned depth) {
  if (is_over_) return;
  if (depth > kIncludeDepth || ++count_ > kFiles) {
    is_over_ = true;
    facts_.gap({ErrorCode::limit, "includes are more than 5 deep, or more than 1000", {file, 0, 0}},
               scope_);
    return;
  }
  const auto text = root_.read(file);
  if (!text) return facts_.gap(text.error(), scope_);
  facts_.setting("@file", file, {file, 0, 0}, scope_);
  const Stop stop = read_ini(
      *text, settings_.reading([&](Statement statement) { take(statement, file, depth); }));
  if (stop.is_limit)
    facts_.gap(too_much_filled_in(file, stop.line), scope_);
  else if (stop.line != 0)
    facts_.gap({ErrorCode::invalid, "FPM does not start with this line", {file, stop.line, 1}},
               scope_);
}

void Pools::write() const {
  constexpr std::pair<std::string_view, std::string_view> kDefaults[] = {
      {"listen.mode", "0660"},
      {"listen.allowed_clients", ""},
      {"security.limit_extensions", ".php .phar"},
      {"clear_env", "yes"}};
  for (const auto& [name, pool] : pools_) {
    if (iequals(name, "global")) continue;
    const std::string scope = fmt::format("{} > {}", scope_, name);
    for (const auto& [key, given] : pool) {
      std::string value = given.value;
      if (key == "clear_env") value = value == "1" ? "yes" : "no";
      // FPM adds to what php.ini disables.
      if (const std::string before = settings_.value(key);
          key == "disable_functions" && !before.empty())
        value = before + "," + value;
      facts_.setting(key, std::move(value), given.origin, scope);
    }
    // Only connections over TCP have an address to ask for.
    const auto listen = pool.find("listen");
    const bool is_local = listen != pool.end() && listen->second.value.starts_with('/');
    for (const auto& [key, value] : kDefaults) {
      if (is_local && key == "listen.allowed_clients") continue;
      if (pool.find(key) == pool.end())
        facts_.setting(std::string(key), std::string(value), {}, scope);
    }
  }
}

}  // namespace

void read_pools(const Root& root, const std::string& directory, const Settings& settings,
                const std::string& scope, Facts& facts) {
  const std::string file = directory + "/php-fpm.conf";
  const auto there = root.lstat(file);
  if (!there && there.error().code == ErrorCode::not_found) return;
  Pools pools(root, settings, scope, facts);
  pools.read(file, 0);
  pools.write();
}

}  // namespace plimsoll::php
