#include "plugins/service/php/pools.h"

#include <fmt/format.h>

#include <utility>

#include "plugins/service/php/settings.h"
#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

constexpr unsigned kIncludeDepth = 5;
constexpr unsigned kMostFiles = 1000;
constexpr std::size_t kMostPools = 1000;
constexpr std::size_t kMostExpanded = 64U << 10U;
constexpr std::string_view kPool = "$pool";

/// php-fpm.conf is read line by line, each with the grammar of php.ini, so no text goes on in the
/// next line; sections are pools, and `include` goes on in the section that stands open.
class Pools {
 public:
  Pools(const Root& root, const Settings& settings, std::string scope, Facts& facts)
      : root_(root), settings_(settings), scope_(std::move(scope)), facts_(facts) {}
  void read(const std::string& file, unsigned depth);
  void write() const;

 private:
  void line(const std::string& text, const std::string& file, std::uint32_t number, unsigned depth);
  void take(Statement statement, const Origin& origin);
  void section(const std::string& name, const Origin& origin);
  void directive(Statement statement, const Origin& origin);
  void element(Statement statement, const Origin& origin);
  void include(const std::string& pattern, const Origin& origin, unsigned depth);
  bool expand(std::string& value, const Origin& origin);
  void stop_at(const Error& error);
  void refuse(const std::string& why, const Origin& origin, ErrorCode code = ErrorCode::invalid);

  const Root& root_;
  const Settings& settings_;
  std::string scope_;
  Facts& facts_;
  std::string include_;
  Pool* open_ = nullptr;  ///< null: [global]
  std::map<std::string, Pool> pools_;
  unsigned count_ = 0;
  bool is_over_ = false;
};

/// FPM ends with the first thing that it does not take, and nothing after it is read.
void Pools::refuse(const std::string& why, const Origin& origin, ErrorCode code) {
  stop_at({code, why, origin});
}

void Pools::stop_at(const Error& error) {
  if (!is_over_) facts_.gap(error, scope_);
  is_over_ = true;
}

/// Each `$pool`, also one that comes about by putting the name in.
bool Pools::expand(std::string& value, const Origin& origin) {
  std::size_t at = value.find(kPool);
  if (at == std::string::npos) return true;
  if (open_ == nullptr) {
    refuse("FPM does not start with `$pool` outside a pool", origin);
    return false;
  }
  if (value.size() > kMostExpanded) {
    refuse("a value with `$pool` is too long", origin, ErrorCode::limit);
    return false;
  }
  for (unsigned count = 0; at != std::string::npos; ++count) {
    value.replace(at, kPool.size(), open_->name);
    if (value.size() > kMostExpanded || count == 1000) {
      refuse("`$pool` makes a value too long", origin, ErrorCode::limit);
      return false;
    }
    at = value.find(kPool, at < kPool.size() ? 0 : at - kPool.size());
  }
  return true;
}

/// fpm_conf_ini_parser_include: a pattern with glob(3); directories are passed over.
void Pools::include(const std::string& pattern, const Origin& origin, unsigned depth) {
  const bool is_full = !pattern.empty() && pattern.front() == '/';
  const Root::Glob found = root_.glob(is_full ? pattern : "/usr/" + pattern);
  for (const Error& error : found.errors) stop_at(error);
  for (const std::string& file : found.paths) {
    const auto stat = root_.stat(file);
    if (stat && stat->type == FileType::directory) continue;
    if (depth + 1 >= kIncludeDepth)
      return refuse("FPM does not start: includes are more than 5 deep", origin, ErrorCode::limit);
    read(file, depth + 1);
  }
}

void Pools::section(const std::string& name, const Origin& origin) {
  if (iequals(name, "global")) {
    open_ = nullptr;
    return;
  }
  const auto [place, is_new] = pools_.try_emplace(lower(name));
  if (is_new) place->second.name = name;
  open_ = &place->second;
  if (pools_.size() > kMostPools)
    refuse(fmt::format("more than {} pools", kMostPools), origin, ErrorCode::limit);
}

void Pools::directive(Statement statement, const Origin& origin) {
  if (statement.name == "include") {
    if (!include_.empty()) return refuse("FPM does not start with two includes in a line", origin);
    include_ = std::move(statement.value);
    return;
  }
  const std::string name = lower(statement.name);
  if (const std::string why = refusal(name, statement.value, open_ != nullptr); !why.empty())
    return refuse(fmt::format("FPM does not start: `{}` {}", printable(name), why), origin);
  if (!expand(statement.value, origin) || open_ == nullptr) return;
  Pool::Directive& place = open_->directives[name];
  if (place.origin.line != 0 && place.earlier.size() < 8)
    place.earlier.push_back({place.value, place.origin, "a later line sets it again"});
  place.value = std::move(statement.value);
  place.origin = origin;
}

void Pools::element(Statement statement, const Origin& origin) {
  const std::string& name = statement.name;
  if (open_ == nullptr) return refuse("FPM does not start: [global] has no lists", origin);
  if (name == "access.suppress_path") {
    if (!statement.index.empty() || !statement.value.starts_with('/'))
      refuse("FPM does not start: `access.suppress_path[]` wants a path", origin);
    return;
  }
  const bool is_flag = name == "php_flag" || name == "php_admin_flag";
  const bool is_admin = name.starts_with("php_admin_");
  if (!is_one_of(name, "env php_value php_flag php_admin_value php_admin_flag"))
    return refuse(fmt::format("FPM does not start: `{}[]` is not known", printable(name)), origin);
  if (statement.index.empty() || (name == "env" && statement.value.empty()))
    return refuse("FPM does not start: a list wants a key, `env[]` a value too", origin);
  if (is_flag) {
    const std::optional<bool> is_on = boolean(statement.value);
    if (!is_on) return refuse("FPM does not start: a flag is on or off", origin);
    statement.value = *is_on ? "1" : "0";
  } else if (!expand(statement.value, origin)) {
    return;
  }
  if (name == "env") return;
  (is_admin ? open_->admin_values : open_->values)
      .push_back({std::move(statement.index), std::move(statement.value), origin});
}

void Pools::take(Statement statement, const Origin& origin) {
  if (is_over_) return;
  switch (statement.kind) {
    case Statement::Kind::section:
      return section(statement.name, origin);
    case Statement::Kind::setting:
      return directive(std::move(statement), origin);
    case Statement::Kind::element:
      return element(std::move(statement), origin);
  }
}

/// C strings: a line ends at a NUL for its reader.
void Pools::line(const std::string& text, const std::string& file, std::uint32_t number,
                 unsigned depth) {
  const Origin origin{file, number, 1};
  const Stop stop =
      read_ini(text.substr(0, text.find('\0')),
               settings_.reading([&](Statement found) { take(std::move(found), origin); }));
  if (stop.is_limit) return stop_at(too_much_filled_in(file, number));
  if (stop.line != 0) return refuse("FPM does not start with this line", origin);
  if (include_.empty() || is_over_) return;
  const std::string pattern = std::exchange(include_, {});
  include(pattern, origin, depth);
}

void Pools::read(const std::string& file, unsigned depth) {
  if (is_over_) return;
  if (++count_ > kMostFiles)
    return refuse(fmt::format("more than {} files are included", kMostFiles), {file, 0, 0},
                  ErrorCode::limit);
  const auto text = root_.read(file);
  if (!text) return stop_at(text.error());
  facts_.setting("@file", file, {file, 0, 0}, scope_);
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < text->size() && !is_over_;) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    ++number;
    if (end > at) line(std::string(text->substr(at, end - at)) + "\n", file, number, depth);
    at = end + 1;
  }
}

void Pools::write() const {
  std::vector<std::string> scopes;
  for (const auto& [key, pool] : pools_) {
    scopes.push_back(fmt::format("{} > {}", scope_, pool.name));
    write_pool(pool, settings_, scopes.back(), facts_);
  }
  // What was not read may be a pool that leaves a setting to php.ini.
  if (!is_over_) drop_overridden(scopes, scope_, facts_);
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
