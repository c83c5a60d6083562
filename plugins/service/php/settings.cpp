#include "plugins/service/php/settings.h"

#include <fmt/format.h>

#include <array>

#include "plugins/service/php/defaults.h"
#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

constexpr std::array kFields = {
    Field{"@file", Type::text, "a file that was read"},
    Field{"allow_url_fopen", Type::text, "`1`, or empty or `0` for off"},
    Field{"allow_url_include", Type::text, "`1`, or empty or `0` for off"},
    Field{"cgi.fix_pathinfo", Type::text, "whether a path is searched for a script"},
    Field{"default_charset", Type::text, "of pages"},
    Field{"disable_functions", Type::set, "functions that scripts cannot call"},
    Field{"display_errors", Type::text, "whether visitors see errors"},
    Field{"display_startup_errors", Type::text, "whether visitors see errors of the start"},
    Field{"enable_dl", Type::text, "whether scripts may load extensions"},
    Field{"error_log", Type::text, "file, or `syslog`"},
    Field{"error_reporting", Type::text, "levels as a number; empty is all"},
    Field{"expose_php", Type::text, "whether the X-Powered-By header is sent"},
    Field{"file_uploads", Type::text, "whether files may be uploaded"},
    Field{"html_errors", Type::text, "whether messages have HTML and links"},
    Field{"log_errors", Type::text, "whether errors are logged"},
    Field{"mail.add_x_header", Type::text, "whether mail names the script that sent it"},
    Field{"max_execution_time", Type::integer, "seconds; 0 is for ever"},
    Field{"max_input_nesting_level", Type::integer, "depth of input variables"},
    Field{"max_input_time", Type::integer, "seconds; -1 is as max_execution_time"},
    Field{"max_input_vars", Type::integer, "variables of one request"},
    Field{"memory_limit", Type::size, "of a script; -1 is without"},
    Field{"open_basedir", Type::text, "directories that scripts may reach"},
    Field{"post_max_size", Type::size, "of a request; 0 is without"},
    Field{"register_argc_argv", Type::text, "whether the query becomes arguments"},
    Field{"session.cookie_httponly", Type::text, "whether scripts in pages see the cookie"},
    Field{"session.cookie_lifetime", Type::integer, "seconds; 0 is until the browser closes"},
    Field{"session.cookie_samesite", Type::text, "Strict, Lax, None or empty"},
    Field{"session.cookie_secure", Type::text, "whether the cookie is sent over TLS alone"},
    Field{"session.gc_maxlifetime", Type::integer, "seconds"},
    Field{"session.name", Type::text, "name of the cookie"},
    Field{"session.save_path", Type::text, "where sessions are kept"},
    Field{"session.sid_length", Type::integer, "characters of a session id"},
    Field{"session.use_only_cookies", Type::text, "whether ids in addresses are refused"},
    Field{"session.use_strict_mode", Type::text, "whether ids that nobody gave out are refused"},
    Field{"session.use_trans_sid", Type::text, "whether ids are put into addresses"},
    Field{"short_open_tag", Type::text, "whether `<?` begins a script"},
    Field{"unserialize_callback_func", Type::text, "called for a class that is not defined"},
    Field{"upload_max_filesize", Type::size, "of one file"},
    Field{"upload_tmp_dir", Type::text, "where uploads lie"},
    Field{"zend.assertions", Type::text, "-1 is: assertions are not compiled"},
    Field{"user", Type::text, "pool: account of the processes"},
    Field{"listen", Type::text, "pool: socket, port, or address and port"},
    Field{"listen.mode", Type::mode, "pool: permission bits of the socket"},
    Field{"listen.allowed_clients", Type::set, "pool: addresses that may connect; empty is all"},
    Field{"security.limit_extensions", Type::set, "pool: endings of files that are run"},
    Field{"clear_env", Type::boolean, "pool: whether the environment is emptied"},
};

constexpr std::size_t kMostFilledIn = 256U << 10U;

}  // namespace

std::span<const Field> fields() { return kFields; }

std::string extension_prefix(std::string_view written) {
  std::string name = lower(base_name(written));
  if (name.ends_with(".so")) name.resize(name.size() - 3);
  // Those whose settings do not begin with their own name.
  if (name == "apcu") return "apc";
  return name == "readline" ? "cli" : name;
}

Error too_much_filled_in(const std::string& file, std::uint32_t line) {
  return {ErrorCode::limit,
          fmt::format("more than {} bytes are put in by ${{name}}", kMostFilledIn),
          {file, line, 0}};
}

Settings::Settings(std::string interface) : interface_(std::move(interface)) {
  // main/php_main: cli and the web interfaces begin with this one, as if a file said so.
  if (!interface_.empty()) entries_["display_errors"] = {"1", {}, false, {}};
}

void Settings::load(const Statement& statement) {
  loads_ = true;
  extensions_.insert(extension_prefix(statement.value));
}

bool Settings::is_known(std::string_view name) const {
  if (builtin_default(name, interface_)) return true;
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos &&
         extensions_.find(name.substr(0, dot)) != extensions_.end();
}

bool Settings::says_something() const {
  if (loads_) return true;
  for (const auto& [name, entry] : entries_)
    if (!entry.origin.is_default() && is_known(name)) return true;
  return false;
}

std::optional<std::string> Settings::given(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.is_list || !is_accepted(name, found->second.value))
    return std::nullopt;
  return found->second.value;
}

std::string Settings::value(std::string_view name) const {
  return given(name).value_or(std::string(builtin_default(name, interface_).value_or("")));
}

Reading Settings::reading(std::function<void(Statement)> take) const {
  Reading reading;
  reading.variable = [this](std::string_view name) {
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.is_list) return std::optional(std::string());
    // A setting may be made of itself twice over, and again.
    filled_in_ += found->second.value.size();
    return filled_in_ > kMostFilledIn ? std::nullopt : std::optional(found->second.value);
  };
  reading.constant = [this](std::string_view name, std::string& value) {
    return constant(name, interface_, value);
  };
  reading.take = std::move(take);
  return reading;
}

void Settings::set(const std::string& name, Entry entry) {
  Entry& place = entries_[name];
  if (!place.origin.is_default()) {
    entry.earlier = std::move(place.earlier);
    // Hostile files set one name a million times; a report needs no more than these.
    if (entry.earlier.size() < 8)
      entry.earlier.push_back({place.value, place.origin, "a later line sets it again"});
  }
  place = std::move(entry);
}

/// Settings below [PATH=...] and [HOST=...] count for some requests alone (PHP manual,
/// "Per-directory configuration"); extensions cannot be loaded there.
/// An ordinary section does not end them: what follows in the file stays apart.
void Settings::take(Statement statement, const std::string& file, bool& is_special,
                    bool& is_apart) {
  if (statement.kind == Statement::Kind::section) {
    is_special = istarts_with(statement.name, "PATH") || istarts_with(statement.name, "HOST");
    is_apart = is_apart || (is_special && statement.name.size() > 4);
    return;
  }
  const bool is_list = statement.kind == Statement::Kind::element;
  if (!is_list && !is_special &&
      (iequals(statement.name, "extension") || iequals(statement.name, "zend_extension")))
    return load(statement);
  if (!is_apart) set(statement.name, {statement.value, {file, statement.line, 1}, is_list, {}});
}

void Settings::read(std::string_view text, const std::string& file, const std::string& scope,
                    Facts& facts) {
  bool is_special = false, is_apart = false;
  const Stop stop = read_ini(text, reading([&](Statement statement) {
                               take(std::move(statement), file, is_special, is_apart);
                             }));
  if (stop.is_limit) facts.gap(too_much_filled_in(file, stop.line), scope);
}

void Settings::put(Facts& facts, const std::string& scope, const std::string& name,
                   const Entry& entry) const {
  const std::string key = lower(name);
  if (entry.is_list) {
    facts.gap(
        {ErrorCode::unsupported, name + " is given as a list, which PHP cannot read", entry.origin},
        scope + " > " + key);
    return;
  }
  if (is_accepted(name, entry.value)) {
    facts.setting(key, entry.value, entry.origin, scope).shadowed = entry.earlier;
    return;
  }
  Fact& fact =
      facts.setting(key, std::string(builtin_default(name, interface_).value_or("")), {}, scope);
  fact.shadowed = entry.earlier;
  fact.shadowed.push_back({entry.value, entry.origin, "PHP refuses this value"});
}

void Settings::write(Facts& facts, const std::string& scope, bool defaults) const {
  const bool is_cli = interface_ == "cli";
  for (const auto& [name, entry] : entries_) {
    if (!is_known(name) || entry.origin.is_default()) continue;
    if (!is_cli || !is_fixed_on_command_line(name)) put(facts, scope, name, entry);
  }
  if (!defaults) return;
  for (const Field& field : kFields) {
    const auto found = entries_.find(field.name);
    if (found != entries_.end() && !found->second.origin.is_default()) continue;
    if (const auto value = builtin_default(field.name, interface_))
      facts.setting(std::string(field.name), std::string(*value), {}, scope);
  }
}

}  // namespace plimsoll::php
