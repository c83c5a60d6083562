#include "plugins/service/php/defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

struct Named {
  std::string_view name, value;
};

/// Sorted by bytes. As the web interfaces have them; is_fixed_on_command_line() names the others.
constexpr Named kDefaults[] = {
    {"SMTP", "localhost"},
    {"allow_url_fopen", "1"},
    {"allow_url_include", "0"},
    {"arg_separator.input", "&"},
    {"arg_separator.output", "&"},
    {"assert.active", "1"},
    {"assert.bail", "0"},
    {"assert.callback", ""},
    {"assert.exception", "1"},
    {"assert.warning", "1"},
    {"auto_append_file", ""},
    {"auto_detect_line_endings", "0"},
    {"auto_globals_jit", "1"},
    {"auto_prepend_file", ""},
    {"browscap", ""},
    {"cgi.fix_pathinfo", "1"},
    {"cgi.force_redirect", "1"},
    {"date.default_latitude", "31.7667"},
    {"date.default_longitude", "35.2333"},
    {"date.sunrise_zenith", "90.833333"},
    {"date.sunset_zenith", "90.833333"},
    {"date.timezone", "UTC"},
    {"default_charset", "UTF-8"},
    {"default_mimetype", "text/html"},
    {"default_socket_timeout", "60"},
    {"disable_classes", ""},
    {"disable_functions", ""},
    {"display_errors", "1"},
    {"display_startup_errors", "1"},
    {"doc_root", ""},
    {"docref_ext", ""},
    {"docref_root", ""},
    {"enable_dl", "1"},
    {"enable_post_data_reading", "1"},
    {"error_append_string", ""},
    {"error_log", ""},
    {"error_log_mode", "0644"},
    {"error_prepend_string", ""},
    {"error_reporting", ""},
    {"expose_php", "1"},
    {"extension_dir", "/usr/lib/php/20220829"},
    {"fiber.stack_size", ""},
    {"file_uploads", "1"},
    {"filter.default", "unsafe_raw"},
    {"filter.default_flags", ""},
    {"from", ""},
    {"hard_timeout", "2"},
    {"highlight.comment", "#FF8000"},
    {"highlight.default", "#0000BB"},
    {"highlight.html", "#000000"},
    {"highlight.keyword", "#007700"},
    {"highlight.string", "#DD0000"},
    {"html_errors", "1"},
    {"ignore_repeated_errors", "0"},
    {"ignore_repeated_source", "0"},
    {"ignore_user_abort", "0"},
    {"implicit_flush", "0"},
    {"include_path", ".:/usr/share/php"},
    {"input_encoding", ""},
    {"internal_encoding", ""},
    {"log_errors", "0"},
    {"mail.add_x_header", "0"},
    {"mail.force_extra_parameters", ""},
    {"mail.log", ""},
    {"mail.mixed_lf_and_crlf", "0"},
    {"max_execution_time", "30"},
    {"max_file_uploads", "20"},
    {"max_input_nesting_level", "64"},
    {"max_input_time", "-1"},
    {"max_input_vars", "1000"},
    {"max_multipart_body_parts", "-1"},
    {"memory_hard_limit_percent", ""},
    {"memory_limit", "128M"},
    {"open_basedir", ""},
    {"openssl.cafile", ""},
    {"openssl.capath", ""},
    {"output_buffering", "0"},
    {"output_encoding", ""},
    {"output_handler", ""},
    {"pcre.backtrack_limit", "1000000"},
    {"pcre.jit", "1"},
    {"pcre.recursion_limit", "100000"},
    {"post_max_size", "8M"},
    {"precision", "14"},
    {"realpath_cache_size", "4096K"},
    {"realpath_cache_ttl", "120"},
    {"register_argc_argv", "1"},
    {"report_memleaks", "1"},
    {"report_zend_debug", "0"},
    {"request_order", ""},
    {"sendmail_from", ""},
    {"sendmail_path", "/usr/sbin/sendmail -t -i"},
    {"serialize_precision", "-1"},
    {"session.auto_start", "0"},
    {"session.cache_expire", "180"},
    {"session.cache_limiter", "nocache"},
    {"session.cookie_domain", ""},
    {"session.cookie_httponly", "0"},
    {"session.cookie_lifetime", "0"},
    {"session.cookie_path", "/"},
    {"session.cookie_samesite", ""},
    {"session.cookie_secure", "0"},
    {"session.gc_divisor", "100"},
    {"session.gc_maxlifetime", "1440"},
    {"session.gc_probability", "1"},
    {"session.lazy_write", "1"},
    {"session.name", "PHPSESSID"},
    {"session.referer_check", ""},
    {"session.save_handler", "files"},
    {"session.save_path", "/var/lib/php/sessions"},
    {"session.serialize_handler", "php"},
    {"session.sid_bits_per_character", "4"},
    {"session.sid_length", "32"},
    {"session.trans_sid_hosts", ""},
    {"session.trans_sid_tags", "a=href,area=href,frame=src,form="},
    {"session.upload_progress.cleanup", "1"},
    {"session.upload_progress.enabled", "0"},
    {"session.upload_progress.freq", "1%"},
    {"session.upload_progress.min_freq", "1"},
    {"session.upload_progress.name", "PHP_SESSION_UPLOAD_PROGRESS"},
    {"session.upload_progress.prefix", "upload_progress_"},
    {"session.use_cookies", "1"},
    {"session.use_only_cookies", "1"},
    {"session.use_strict_mode", "0"},
    {"session.use_trans_sid", "0"},
    {"short_open_tag", "1"},
    {"smtp_port", "25"},
    {"sys_temp_dir", ""},
    {"syslog.facility", "LOG_USER"},
    {"syslog.filter", "no-ctrl"},
    {"syslog.ident", "php"},
    {"unserialize_callback_func", ""},
    {"unserialize_max_depth", "4096"},
    {"upload_max_filesize", "2M"},
    {"upload_tmp_dir", ""},
    {"url_rewriter.hosts", ""},
    {"url_rewriter.tags", "form="},
    {"user_agent", ""},
    {"user_dir", ""},
    {"user_ini.cache_ttl", "300"},
    {"user_ini.filename", ".user.ini"},
    {"variables_order", "EGPCS"},
    {"xmlrpc_error_number", "0"},
    {"xmlrpc_errors", "0"},
    {"zend.assertions", "1"},
    {"zend.detect_unicode", "1"},
    {"zend.enable_gc", "1"},
    {"zend.exception_ignore_args", "0"},
    {"zend.exception_string_param_max_len", "15"},
    {"zend.multibyte", "0"},
    {"zend.script_encoding", ""},
    {"zend.signal_check", "0"},
    {"zlib.output_compression", "0"},
    {"zlib.output_compression_level", "-1"},
    {"zlib.output_handler", ""},
};

/// Sorted by bytes. Those of modules that start later (M_PI) are not there yet.
constexpr Named kConstants[] = {
    {"DEBUG_BACKTRACE_IGNORE_ARGS", "2"},
    {"DEBUG_BACKTRACE_PROVIDE_OBJECT", "1"},
    {"DEFAULT_INCLUDE_PATH", ".:/usr/share/php"},
    {"E_ALL", "32767"},
    {"E_COMPILE_ERROR", "64"},
    {"E_COMPILE_WARNING", "128"},
    {"E_CORE_ERROR", "16"},
    {"E_CORE_WARNING", "32"},
    {"E_DEPRECATED", "8192"},
    {"E_ERROR", "1"},
    {"E_NOTICE", "8"},
    {"E_PARSE", "4"},
    {"E_RECOVERABLE_ERROR", "4096"},
    {"E_STRICT", "2048"},
    {"E_USER_DEPRECATED", "16384"},
    {"E_USER_ERROR", "256"},
    {"E_USER_NOTICE", "1024"},
    {"E_USER_WARNING", "512"},
    {"E_WARNING", "2"},
    {"PEAR_EXTENSION_DIR", "/usr/lib/php/20220829"},
    {"PEAR_INSTALL_DIR", "/usr/share/php"},
    {"PHP_BINARY", "/usr/bin/php8.2"},
    {"PHP_BINDIR", "/usr/bin"},
    {"PHP_DATADIR", "/usr/share/php/8.2"},
    {"PHP_DEBUG", "0"},
    {"PHP_EOL", "\n"},
    {"PHP_EXTENSION_DIR", "/usr/lib/php/20220829"},
    {"PHP_EXTRA_VERSION", ""},
    {"PHP_FD_SETSIZE", "1024"},
    {"PHP_FLOAT_DIG", "15"},
    {"PHP_FLOAT_EPSILON", "2.0E-16"},
    {"PHP_FLOAT_MAX", "2.0E+308"},
    {"PHP_FLOAT_MIN", "2.0E-308"},
    {"PHP_INT_MAX", "9223372036854775807"},
    {"PHP_INT_MIN", "-9223372036854775808"},
    {"PHP_INT_SIZE", "8"},
    {"PHP_LIBDIR", "/usr/lib/php"},
    {"PHP_LOCALSTATEDIR", "/var"},
    {"PHP_MAJOR_VERSION", "8"},
    {"PHP_MANDIR", "/usr/share/man"},
    {"PHP_MAXPATHLEN", "4096"},
    {"PHP_MINOR_VERSION", "2"},
    {"PHP_OS", "Linux"},
    {"PHP_OS_FAMILY", "Linux"},
    {"PHP_OUTPUT_HANDLER_CLEAN", "2"},
    {"PHP_OUTPUT_HANDLER_CLEANABLE", "16"},
    {"PHP_OUTPUT_HANDLER_CONT", "0"},
    {"PHP_OUTPUT_HANDLER_DISABLED", "8192"},
    {"PHP_OUTPUT_HANDLER_END", "8"},
    {"PHP_OUTPUT_HANDLER_FINAL", "8"},
    {"PHP_OUTPUT_HANDLER_FLUSH", "4"},
    {"PHP_OUTPUT_HANDLER_FLUSHABLE", "32"},
    {"PHP_OUTPUT_HANDLER_REMOVABLE", "64"},
    {"PHP_OUTPUT_HANDLER_START", "1"},
    {"PHP_OUTPUT_HANDLER_STARTED", "4096"},
    {"PHP_OUTPUT_HANDLER_STDFLAGS", "112"},
    {"PHP_OUTPUT_HANDLER_WRITE", "0"},
    {"PHP_PREFIX", "/usr"},
    {"PHP_RELEASE_VERSION", "36"},
    {"PHP_SHLIB_SUFFIX", "so"},
    {"PHP_SYSCONFDIR", "/etc"},
    {"PHP_VERSION", "8.2.36"},
    {"PHP_VERSION_ID", "80236"},
    {"PHP_ZTS", "0"},
    {"UPLOAD_ERR_CANT_WRITE", "7"},
    {"UPLOAD_ERR_EXTENSION", "8"},
    {"UPLOAD_ERR_FORM_SIZE", "2"},
    {"UPLOAD_ERR_INI_SIZE", "1"},
    {"UPLOAD_ERR_NO_FILE", "4"},
    {"UPLOAD_ERR_NO_TMP_DIR", "6"},
    {"UPLOAD_ERR_OK", "0"},
    {"UPLOAD_ERR_PARTIAL", "3"},
    {"ZEND_DEBUG_BUILD", ""},
    {"ZEND_THREAD_SAFE", ""},
};

constexpr std::string_view kFixed =
    "display_errors html_errors implicit_flush max_execution_time max_input_time output_buffering "
    "register_argc_argv";

std::optional<std::string_view> find(std::span<const Named> table, std::string_view name) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const Named& one, std::string_view wanted) { return one.name < wanted; });
  if (found == table.end() || found->name != name) return std::nullopt;
  return found->value;
}

/// zend_ini_parse_quantity: leading digits, the last character may be a unit.
std::int64_t quantity(std::string_view text) {
  text = trim(text);
  std::size_t end = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  std::int64_t value = to_integer(text.substr(0, end)).value_or(0);
  if (end == text.size() || text.empty()) return value;
  const auto unit = std::string_view("kmg").find(lower(text.substr(text.size() - 1)));
  constexpr std::int64_t kMost = std::int64_t{1} << 32;
  // PHP gives up on a character that is no unit before it looks at the sign.
  if (unit == std::string_view::npos) return value < 0 ? -value : value;
  if (value > kMost || value < -kMost) return value;
  return value * (std::int64_t{1024} << (10 * unit));
}

/// is_numeric(): blanks around, a sign, digits with a dot, an exponent.
bool is_numeric(std::string_view text) {
  text = trim(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = [&] {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  std::size_t count = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return false;
  if (!text.starts_with('e') && !text.starts_with('E')) return text.empty();
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return digits() > 0 && text.empty();
}

/// zend_ini_parse_bool.
bool is_on(std::string_view text) {
  return iequals(text, "true") || iequals(text, "yes") || iequals(text, "on") ||
         (to_integer(trim_left(text).substr(0, trim_left(text).find_first_not_of("+-0123456789")))
              .value_or(0) != 0);
}

bool is_zone(std::string_view name) {
  return name.find('/') != std::string_view::npos
             ? !name.starts_with('/')
             : is_one_of(name, "UTC GMT CET EET MET WET EST MST HST");
}

}  // namespace

std::optional<std::string_view> builtin_default(std::string_view name, std::string_view interface) {
  if (interface == "cli" && is_fixed_on_command_line(name)) return std::nullopt;
  if (name.starts_with("cgi.") && (interface == "cli" || interface == "apache2"))
    return std::nullopt;  // registered by FPM and CGI alone
  return find(kDefaults, name);
}

bool constant(std::string_view name, std::string_view interface, std::string& value) {
  if (name == "PHP_SAPI") {
    value = interface == "fpm"       ? "fpm-fcgi"
            : interface == "apache2" ? "apache2handler"
            : interface == "cgi"     ? "cgi-fcgi"
                                     : interface;
    return true;
  }
  if (name == "PHP_CONFIG_FILE_PATH" || name == "PHP_CONFIG_FILE_SCAN_DIR") {
    value = fmt::format("/etc/php/8.2/{}{}", interface,
                        name == "PHP_CONFIG_FILE_PATH" ? "" : "/conf.d");
    return true;
  }
  const auto found = find(kConstants, name);
  if (found) value = *found;
  return found.has_value();
}

bool is_fixed_on_command_line(std::string_view name) { return is_one_of(name, kFixed); }

bool is_accepted(std::string_view name, std::string_view value) {
  if (is_one_of(name,
                "arg_separator.input arg_separator.output extension_dir include_path "
                "variables_order"))
    return !value.empty();
  const std::int64_t amount = quantity(value);
  if (name == "memory_limit") return amount == -1 || amount >= std::int64_t{2} << 20;
  if (name == "session.name") return !value.empty() && !is_numeric(value);
  // Both are read with strtol(3), which must come to the end.
  const std::optional<std::int64_t> whole = to_integer(trim_left(value));
  if (name == "session.sid_length") return whole && *whole >= 22 && *whole <= 256;
  if (name == "session.sid_bits_per_character") return whole && *whole >= 4 && *whole <= 6;
  if (is_one_of(name,
                "max_input_nesting_level max_input_vars session.cookie_lifetime "
                "session.upload_progress.freq zend.exception_string_param_max_len "
                "fiber.stack_size"))
    return amount >= 0;
  // Both become a header of the answer.
  if (name == "default_mimetype" || name == "default_charset")
    return value.find_first_of("\r\n") == std::string_view::npos;
  if (name == "date.timezone") return is_zone(value);
  if (name == "syslog.filter") return is_one_of(value, "all no-ctrl ascii raw");
  if (name == "syslog.facility") return value.starts_with("LOG_");
  return name != "zend.script_encoding" || value.empty();
}

bool is_taken_later(std::string_view name, std::string_view value, std::string_view before,
                    const std::optional<std::string>& started) {
  // zend.c, OnUpdateAssertions: code is compiled with assertions or without.
  if (name == "zend.assertions") {
    const std::int64_t from = quantity(before), to = quantity(value);
    return from == to || (from >= 0 && to >= 0);
  }
  // phar.c: what the start has switched on stays on; without a line both are.
  if (name == "phar.readonly" || name == "phar.require_hash")
    return is_on(value) || !is_on(started.value_or("1"));
  // zend_accelerator_module.c: the cache can be left, not entered.
  if (name == "opcache.enable") return !is_on(value);
  return is_accepted(name, value);
}

}  // namespace plimsoll::php
