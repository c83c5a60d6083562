#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::systemd {

inline constexpr std::string_view kBlank = " \t\n\r";

/// How words are cut from a value; the directives differ in it (systemd.syntax(7), "Quoting").
struct WordSyntax {
  bool unquote = false;       ///< quotes group and are removed
  bool c_escapes = false;     ///< \n, \x20, ... are resolved, unknown ones are an error
  bool keep_escapes = false;  ///< a backslash is a byte like any other
  bool relaxed = false;       ///< unknown C escapes stay as they are
  std::string_view separators = kBlank;
  bool keep_empty = false;  ///< each separator ends a word
};

/// Cuts a value into words, one at a time.
class WordReader {
 public:
  WordReader(std::string_view text, WordSyntax syntax) : rest_(text), syntax_(syntax) {}

  enum class Got { word, end, bad };
  Got next(std::string& word);
  /// What is still to read; a null view once the last word is taken.
  [[nodiscard]] std::string_view rest() const { return done_ ? std::string_view{} : rest_; }
  [[nodiscard]] bool done() const { return done_; }
  void skip(std::size_t bytes) { rest_.remove_prefix(bytes); }
  void relax(bool on) { syntax_.relaxed = on; }

 private:
  [[nodiscard]] bool is_separator(char c) const {
    return syntax_.separators.find(c) != std::string_view::npos;
  }
  bool take_escape(std::string& word);

  std::string_view rest_;
  WordSyntax syntax_;
  bool done_ = false;
};

/// Resolves C escapes in a whole text; empty when one is invalid.
std::optional<std::string> resolve_escapes(std::string_view text, bool allow_nul);

/// A number as systemd's safe_ato*() take it: blanks and a sign before it, 0x 0b 0o and octal.
std::optional<std::int64_t> signed_number(std::string_view text);
std::optional<std::uint64_t> unsigned_number(std::string_view text);
/// The same, at most `most`.
bool is_unsigned(std::string_view text, std::uint64_t most);
bool is_signed(std::string_view text, std::int64_t least, std::int64_t most);

/// A boolean of systemd.syntax(7): 1 yes y true t on, 0 no n false f off, any case.
std::optional<bool> boolean(std::string_view text);
/// systemd.time(7): microseconds; `unit` is that of a bare number. UINT64_MAX is `infinity`.
std::optional<std::uint64_t> time_span(std::string_view text, std::uint64_t unit = 1'000'000);
/// The same syntax with nanosecond suffixes.
bool is_nanoseconds(std::string_view text);
/// Bytes with K, M, G ... of that base.
std::optional<std::uint64_t> byte_size(std::string_view text, std::uint64_t base);
/// Ten-thousandths: `12.5%`, `125‰`, `1250‱`.
std::optional<std::int64_t> permyriad(std::string_view text);

/// The value with the specifiers of systemd.unit(5) filled in; those that depend on the machine by
/// a stand-in. Empty when one is unknown or cannot be resolved.
std::optional<std::string> expand(std::string_view text, std::string_view unit);
/// The same for places that take the few specifiers of unit names only.
std::optional<std::string> expand_name(std::string_view text, std::string_view unit);

bool is_clean_path(std::string_view path);
inline bool is_absolute_path(std::string_view path) {
  return path.starts_with('/') && is_clean_path(path);
}
bool is_file_name(std::string_view name);
bool is_variable_name(std::string_view name);
bool is_interface_name(std::string_view name);
bool is_user_name(std::string_view name);
/// `localhost` and the other names that always mean this host.
bool is_local_host(std::string_view name);
bool is_printable_ascii(std::string_view text);

}  // namespace plimsoll::systemd
