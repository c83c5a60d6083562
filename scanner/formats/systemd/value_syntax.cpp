#include "scanner/formats/systemd/value_syntax.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll::systemd {
namespace {

constexpr std::string_view kDigits = "0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

/// The one-letter escapes of C, and `\s` for a blank.
std::optional<char> letter_escape(char c) {
  constexpr std::string_view kFrom = "abfnrtv\\\"'s";
  constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\\"' ";
  const auto at = kFrom.find(c);
  if (at == std::string_view::npos) return {};
  return kTo[at];
}

/// Resolves the escape at the start of `text` (behind the backslash); its length, 0 when invalid.
std::size_t c_escape(std::string_view text, bool allow_nul, std::string& out) {
  if (text.empty()) return 0;
  if (const auto letter = letter_escape(text[0])) {
    out += *letter;
    return 1;
  }
  const std::size_t digits = text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : text[0] == 'U' ? 8 : 0;
  if (digits == 0) {
    if (text.size() < 3) return 0;
    const auto code = to_integer(text.substr(0, 3), 8);
    if (!is_digit(text[0]) || !code || *code > 255 || (*code == 0 && !allow_nul)) return 0;
    out += static_cast<char>(*code);
    return 3;
  }
  if (text.size() < digits + 1 || !is_alphanumeric(text[1])) return 0;
  const auto code = to_integer(text.substr(1, digits), 16);
  if (!code || *code < 0 || (*code == 0 && !allow_nul)) return 0;
  if (digits == 2) {
    out += static_cast<char>(*code);
  } else {
    if (*code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) return 0;
    append_utf8(out, static_cast<std::uint32_t>(*code));
  }
  return digits + 1;
}

/// Python-like prefixes besides those of C.
std::string_view strip_base(std::string_view text, int& base) {
  base = 0;
  if (text.size() < 2 || text[0] != '0') return text;
  if (text[1] == 'b' || text[1] == 'B') base = 2;
  if (text[1] == 'o' || text[1] == 'O') base = 8;
  return base == 0 ? text : text.substr(2);
}

struct Suffix {
  std::string_view name;
  std::uint64_t factor;
};

// systemd.time(7); the first that fits counts, so longer ones stand before their beginnings.
constexpr std::uint64_t kSecond = 1'000'000;
constexpr std::array kSpans = {Suffix{"seconds", kSecond},
                               Suffix{"second", kSecond},
                               Suffix{"sec", kSecond},
                               Suffix{"s", kSecond},
                               Suffix{"minutes", 60 * kSecond},
                               Suffix{"minute", 60 * kSecond},
                               Suffix{"min", 60 * kSecond},
                               Suffix{"months", 2629800 * kSecond},
                               Suffix{"month", 2629800 * kSecond},
                               Suffix{"M", 2629800 * kSecond},
                               Suffix{"msec", 1000},
                               Suffix{"ms", 1000},
                               Suffix{"m", 60 * kSecond},
                               Suffix{"hours", 3600 * kSecond},
                               Suffix{"hour", 3600 * kSecond},
                               Suffix{"hr", 3600 * kSecond},
                               Suffix{"h", 3600 * kSecond},
                               Suffix{"days", 86400 * kSecond},
                               Suffix{"day", 86400 * kSecond},
                               Suffix{"d", 86400 * kSecond},
                               Suffix{"weeks", 604800 * kSecond},
                               Suffix{"week", 604800 * kSecond},
                               Suffix{"w", 604800 * kSecond},
                               Suffix{"years", 31557600 * kSecond},
                               Suffix{"year", 31557600 * kSecond},
                               Suffix{"y", 31557600 * kSecond},
                               Suffix{"usec", 1},
                               Suffix{"us", 1},
                               Suffix{"\u03bcs", 1},
                               Suffix{"\u00b5s", 1}};
constexpr std::array kNanoSuffixes = {Suffix{"nsec", 1}, Suffix{"ns", 1}};

const Suffix* suffix_at(std::string_view text, std::span<const Suffix> suffixes) {
  for (const Suffix& suffix : suffixes)
    if (text.starts_with(suffix.name)) return &suffix;
  return nullptr;
}

/// Sums `NUMBER[.FRACTION][SUFFIX]...`; each number needs a suffix unless it is the last.
std::optional<std::uint64_t> sum_of_spans(std::string_view text, std::uint64_t unit, bool nano) {
  text = trim_left(text, kBlank);
  if (text.starts_with("infinity")) {
    if (!trim(text.substr(8), kBlank).empty()) return {};
    return std::numeric_limits<std::uint64_t>::max();
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t sum = 0;
  bool some = false;
  for (text = trim_left(text, kBlank); !text.empty(); text = trim_left(text, kBlank)) {
    if (text.front() == '+') text.remove_prefix(1);
    const auto whole = text.substr(0, text.find_first_not_of(kDigits));
    text.remove_prefix(whole.size());
    const bool has_fraction = text.starts_with('.');
    std::string_view fraction;
    if (has_fraction) {
      text.remove_prefix(1);
      fraction = text.substr(0, text.find_first_not_of(kDigits));
      text.remove_prefix(fraction.size());
      if (fraction.empty()) return {};
    } else if (whole.empty()) {
      return {};
    }
    const auto number = whole.empty() ? std::optional<std::int64_t>(0) : to_integer(whole);
    if (!number) return {};
    const std::string_view behind = trim_left(text, kBlank);
    const Suffix* suffix = nano ? suffix_at(behind, kNanoSuffixes) : nullptr;
    std::uint64_t factor = unit;
    if (suffix != nullptr) {
      factor = suffix->factor;
    } else if ((suffix = suffix_at(behind, kSpans)) != nullptr) {
      factor = suffix->factor * (nano ? 1000 : 1);
    }
    // Not `12.34.56`: without a suffix a blank must follow.
    if (suffix == nullptr && behind.size() == text.size() && !text.empty()) return {};
    text = suffix == nullptr ? behind : behind.substr(suffix->name.size());
    if (factor == 0 || static_cast<std::uint64_t>(*number) >= kMost / factor) return {};
    sum += static_cast<std::uint64_t>(*number) * factor;
    std::uint64_t tenth = factor / 10;
    for (const char digit : fraction) {
      sum += static_cast<std::uint64_t>(digit - '0') * tenth;
      tenth /= 10;
    }
    if (sum >= kMost) return {};
    some = true;
  }
  return some ? std::optional(sum) : std::nullopt;
}

/// A percentage with up to `places` digits behind the point, as a multiple of its smallest step.
std::optional<std::int64_t> fixed_point(std::string_view text, std::string_view symbol,
                                        std::size_t places) {
  if (!text.ends_with(symbol)) return {};
  text.remove_suffix(symbol.size());
  const auto dot = text.find('.');
  std::string digits;
  if (dot != std::string_view::npos) {
    digits = text.substr(dot + 1);
    if (digits.empty() || digits.size() > places || !all_digits(digits)) return {};
    text = text.substr(0, dot);
  }
  digits.resize(places, '0');
  const auto whole = signed_number(text);
  if (!whole || *whole < 0 || *whole > std::numeric_limits<std::int32_t>::max()) return {};
  std::int64_t scale = 1;
  for (std::size_t i = 0; i < places; ++i) scale *= 10;
  const auto value = *whole * scale + (digits.empty() ? 0 : to_integer(digits).value_or(0));
  if (value > std::numeric_limits<std::int32_t>::max()) return {};
  return value;
}

/// What stands for a specifier: of the unit, or of the machine.
std::optional<std::string> specifier(char c, std::string_view unit, bool full) {
  const std::string_view prefix = prefix_of(unit);
  const std::string_view instance = instance_of(unit);
  const auto last_part = [&] { return prefix.substr(prefix.rfind('-') + 1); };
  const auto plain = [](std::string_view escaped) -> std::optional<std::string> {
    if (escaped.empty()) return std::string{};
    std::string path = unescape_path(escaped);
    if (path.empty()) return {};
    return path.substr(1);
  };
  switch (c) {
    case '%':
      return "%";
    case 'i':
      return std::string(instance);
    case 'j':
      return std::string(last_part());
    case 'n':
      return std::string(unit);
    case 'N':
      return std::string(unit.substr(0, unit.rfind('.')));
    case 'p':
      return std::string(prefix);
    case 'G':
    case 'U':
      return "0";
    case 'g':
    case 'u':
      return "root";
    default:
      break;
  }
  // architecture, image, boot and machine ids, host name, kernel, release: any word will do
  if (std::string_view("aAbBHlqmMovwW").find(c) != std::string_view::npos) return "x";
  if (!full) return {};
  switch (c) {
    case 'I':
      return plain(instance);
    case 'J':
      return plain(last_part());
    case 'P':
      return plain(prefix);
    case 'f':
      return unescape_path(instance.empty() ? prefix : instance);
    case 'y':
    case 'Y':
    case 'c':
    case 'r':
    case 'R':
    case 'd':
      return "/x";
    case 'C':
      return "/var/cache";
    case 'E':
      return "/etc";
    case 'L':
      return "/var/log";
    case 'S':
      return "/var/lib";
    case 't':
      return "/run";
    case 'h':
      return "/root";
    case 's':
      return "/bin/sh";
    case 'T':
      return "/tmp";
    case 'V':
      return "/var/tmp";
    default:
      return {};
  }
}

std::optional<std::string> fill_in(std::string_view text, std::string_view unit, bool full) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return out + '%';
    if (text[i] != '%' && !is_alphanumeric(text[i])) {
      out.append(1, '%').append(1, text[i]);
      continue;
    }
    const auto value = specifier(text[i], unit, full);
    if (!value) return {};
    out += *value;
  }
  return out;
}

}  // namespace

bool WordReader::take_escape(std::string& word) {
  // behind the backslash
  if (rest_.empty()) {
    if (!syntax_.relaxed) return false;
    word += '\\';
    return true;
  }
  if (!syntax_.c_escapes) {
    word += rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  if (const std::size_t length = c_escape(rest_, false, word); length > 0) {
    rest_.remove_prefix(length);
    return true;
  }
  if (!syntax_.relaxed) return false;
  word.append(1, '\\').append(1, rest_.front());
  rest_.remove_prefix(1);
  return true;
}

WordReader::Got WordReader::next(std::string& word) {
  word.clear();
  if (done_) return Got::end;
  if (!syntax_.keep_empty) {
    while (!rest_.empty() && is_separator(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) {
      done_ = true;
      return Got::end;
    }
  }
  char quote = 0;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (c == '\\' && !syntax_.keep_escapes) {
      rest_.remove_prefix(1);
      const bool at_end = rest_.empty();
      if ((at_end && quote != 0) || !take_escape(word)) return Got::bad;
      continue;
    }
    if (quote == 0 && is_separator(c)) {
      rest_.remove_prefix(1);
      if (syntax_.keep_empty) return Got::word;
      while (!rest_.empty() && is_separator(rest_.front())) rest_.remove_prefix(1);
      if (rest_.empty()) done_ = true;
      return Got::word;
    }
    rest_.remove_prefix(1);
    if (syntax_.unquote && (quote == 0 ? c == '"' || c == '\'' : c == quote))
      quote = quote == 0 ? c : static_cast<char>(0);
    else
      word += c;
  }
  if (quote != 0) return Got::bad;
  done_ = true;
  return Got::word;
}

std::optional<std::string> resolve_escapes(std::string_view text, bool allow_nul) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(1);
    const std::size_t length = c_escape(text, allow_nul, out);
    if (length == 0) return {};
    text.remove_prefix(length);
  }
  return out;
}

std::optional<std::int64_t> signed_number(std::string_view text) {
  int base = 0;
  const std::string digits(strip_base(trim_left(text, kBlank), base));
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(digits.c_str(), &end, base);
  if (errno != 0 || end == digits.c_str() || *end != 0) return {};
  return value;
}

std::optional<std::uint64_t> unsigned_number(std::string_view text) {
  int base = 0;
  const std::string digits(strip_base(trim_left(text, kBlank), base));
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(digits.c_str(), &end, base);
  if (errno != 0 || end == digits.c_str() || *end != 0) return {};
  if (value != 0 && digits.starts_with('-')) return {};
  return value;
}

bool is_unsigned(std::string_view text, std::uint64_t most) {
  const auto number = unsigned_number(text);
  return number && *number <= most;
}

bool is_signed(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto number = signed_number(text);
  return number && *number >= least && *number <= most;
}

std::optional<bool> boolean(std::string_view text) {
  for (const std::string_view word : {"1", "yes", "y", "true", "t", "on"})
    if (iequals(text, word)) return true;
  for (const std::string_view word : {"0", "no", "n", "false", "f", "off"})
    if (iequals(text, word)) return false;
  return {};
}

std::optional<std::uint64_t> time_span(std::string_view text, std::uint64_t unit) {
  return sum_of_spans(text, unit, false);
}

bool is_nanoseconds(std::string_view text) { return sum_of_spans(text, 1, true).has_value(); }

std::optional<std::uint64_t> byte_size(std::string_view text, std::uint64_t base) {
  constexpr std::string_view kUnits = "EPTGMKB";
  const std::string copy(text);
  const char* at = copy.c_str();
  std::uint64_t sum = 0;
  std::size_t smallest = 0;  // suffixes must become smaller from number to number
  do {
    at += std::strspn(at, " \t\n\r");
    char* end = nullptr;
    errno = 0;
    const unsigned long long whole = std::strtoull(at, &end, 10);
    if (errno != 0 || end == at || *at == '-') return {};
    double fraction = 0;
    if (*end == '.') {
      ++end;
      double step = 0.1;
      for (; is_digit(*end); ++end, step /= 10) fraction += step * (*end - '0');
    }
    end += std::strspn(end, " \t\n\r");
    const std::size_t unit = *end == 0 ? kUnits.size() : kUnits.find(*end);
    if (unit == std::string_view::npos && smallest > kUnits.size()) return {};
    const bool bare = unit == std::string_view::npos || unit == kUnits.size();
    if (!bare && unit < smallest) return {};
    std::uint64_t factor = 1;
    if (!bare)
      for (std::size_t i = unit; i + 1 < kUnits.size(); ++i) factor *= base;
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (whole + (fraction > 0 ? 1 : 0) > most / factor) return {};
    const std::uint64_t part =
        whole * factor + static_cast<std::uint64_t>(fraction * static_cast<double>(factor));
    if (part > most - sum) return {};
    sum += part;
    at = bare ? end : end + 1;
    smallest = bare ? kUnits.size() + 1 : unit + 1;
    if (*at != 0 && smallest > kUnits.size()) return {};
  } while (*at != 0);
  return sum;
}

std::optional<std::int64_t> permyriad(std::string_view text) {
  if (text.ends_with("\u2031")) return fixed_point(text, "\u2031", 0);
  if (text.ends_with("\u2030")) return fixed_point(text, "\u2030", 1);
  return fixed_point(text, "%", 2);
}

std::optional<std::string> expand(std::string_view text, std::string_view unit) {
  return fill_in(text, unit, true);
}
std::optional<std::string> expand_name(std::string_view text, std::string_view unit) {
  return fill_in(text, unit, false);
}

bool is_clean_path(std::string_view path) {
  if (path.empty() || path.size() >= 4096 || valid_utf8(path) != path) return false;
  for (const std::string_view part : words(path, "/"))
    if (part == ".." || part.size() > 255) return false;
  return true;
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= 255 &&
         name.find('/') == std::string_view::npos;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_'; });
}

bool is_interface_name(std::string_view name) {
  if (name.empty() || name.size() >= 16 || name == "." || name == ".." || name == "all" ||
      name == "default" || all_digits(name) || is_signed(name, 1, 0x7FFFFFFF))
    return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c < 127 && c != ':' && c != '/' && c != '%'; });
}

/// systemd.exec(5), User=: names that could not stand in passwd(5) are refused; others get by.
bool is_user_name(std::string_view name) {
  if (name.empty()) return false;
  // (uid_t) -1, as 32 and as 16 bits, mean "no user"
  if (all_digits(name)) {
    const auto id = to_integer(name);
    return id && *id < 0xFFFFFFFF && *id != 0xFFFF && (name == "0" || name.front() != '0');
  }
  if (name.front() == ' ' || name.back() == ' ' || name == "." || name == "..") return false;
  if (name.front() == '-' && all_digits(name.substr(1))) return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == ':' || c == '/';
  });
}

bool is_local_host(std::string_view name) {
  std::string plain = lower(name);
  if (plain.ends_with('.')) plain.pop_back();
  if (plain.ends_with(".localdomain")) plain.resize(plain.size() - 12);
  return plain == "localhost" || plain.ends_with(".localhost");
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 127; });
}

}  // namespace plimsoll::systemd
