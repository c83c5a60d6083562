#include "plugins/os/firewall/nft_lexer.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace plimsoll::firewall {
namespace {

constexpr std::size_t kDepth = 16;  // nft(8): more levels of includes are an error
constexpr std::size_t kIncludes = 512;
constexpr std::size_t kLongestAddress = 46;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_byte(char c) {
  return is_letter(c) || is_digit(c) || c == '/' || c == '-' || c == '_' || c == '.';
}

std::size_t span_of(std::string_view text, std::string_view bytes) {
  const std::size_t end = text.find_first_not_of(bytes);
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t name_length(std::string_view text) {
  if (text.empty() || !(is_letter(text[0]) || text[0] == '_' || text[0] == '.')) return 0;
  std::size_t end = 1;
  while (end < text.size() && is_name_byte(text[end])) ++end;
  return end;
}

bool is_hardware_address(std::string_view text) {
  std::size_t groups = 0;
  while (true) {
    const std::size_t digits = span_of(text, kHexDigits);
    if (digits == 0 || digits > 2) return false;
    ++groups;
    text.remove_prefix(digits);
    if (text.empty()) return groups == 6;
    if (text[0] != ':') return false;
    text.remove_prefix(1);
  }
}

bool is_address(std::string_view text) {
  std::array<char, kLongestAddress + 1> copy{};
  std::array<unsigned char, 16> bytes{};
  std::memcpy(copy.data(), text.data(), text.size());
  return inet_pton(AF_INET6, copy.data(), bytes.data()) == 1 ||
         inet_pton(AF_INET, copy.data(), bytes.data()) == 1 || is_hardware_address(text);
}

/// The longest beginning that is an IPv4, IPv6 or hardware address.
std::size_t address_length(std::string_view text) {
  std::size_t run =
      std::min(kLongestAddress, span_of(text.substr(0, 64), "0123456789abcdefABCDEF:."));
  if (text.substr(0, run).find_first_of(":.") == std::string_view::npos) return 0;
  while (run > 1 && !is_address(text.substr(0, run))) --run;
  return run > 1 ? run : 0;
}

/// `1d2h3m4s5ms`: units in that order, each at most once.
std::size_t time_length(std::string_view text) {
  constexpr std::array<std::string_view, 5> kUnits = {"d", "h", "m", "s", "ms"};
  std::size_t end = 0;
  std::size_t unit = 0;
  while (unit < kUnits.size()) {
    const std::size_t digits = span_of(text.substr(end), kDigits);
    if (digits == 0) break;
    const std::string_view rest = text.substr(end + digits);
    std::size_t found = unit;
    while (found < kUnits.size() &&
           !(rest.starts_with(kUnits[found]) && !(kUnits[found] == "m" && rest.starts_with("ms"))))
      ++found;
    if (found == kUnits.size()) break;
    end += digits + kUnits[found].size();
    unit = found + 1;
  }
  return end;
}

/// `1:a`, when what follows cannot go on with it.
std::size_t class_length(std::string_view text) {
  const std::size_t major = span_of(text.substr(0, 8), kHexDigits);
  if (major == 0 || major > 4 || major >= text.size() || text[major] != ':') return 0;
  const std::size_t minor = span_of(text.substr(major + 1, 8), kHexDigits);
  const std::size_t end = major + 1 + minor;
  if (minor == 0 || minor > 4 || end >= text.size()) return 0;
  return std::string_view(" \t\n:-},").find(text[end]) == std::string_view::npos ? 0 : end;
}

std::size_t number_length(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    const std::size_t digits = span_of(text.substr(2), kHexDigits);
    if (digits > 0) return 2 + digits;
  }
  return span_of(text, kDigits);
}

/// `eth*`, `\*`, `a\*b`: a name with one star.
std::size_t wildcard_length(std::string_view text) {
  const std::size_t name = name_length(text);
  const std::string_view rest = text.substr(name);
  if (name > 0 && rest.starts_with('*')) return name + 1;
  if (!rest.starts_with("\\*")) return 0;
  return name == 0 ? 2 : name + 2 + name_length(rest.substr(2));
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWordSigns = {{
    {"eq", "=="},
    {"ne", "!="},
    {"le", "<="},
    {"lt", "<"},
    {"ge", ">="},
    {"gt", ">"},
    {"lshift", "<<"},
    {"rshift", ">>"},
    {"xor", "^"},
    {"and", "&"},
    {"or", "|"},
    {"not", "!"},
}};
constexpr std::array<std::string_view, 6> kLongSigns = {"==", "!=", "<=", ">=", "<<", ">>"};

Token token(Token::Kind kind, std::string_view text) { return {kind, text, text.size(), 0, 0}; }

Token word(std::string_view text) {
  if (text == ".") return token(Token::Kind::sign, text);
  for (const auto& [name, sign] : kWordSigns)
    if (text == name) return {Token::Kind::sign, sign, name.size(), 0, 0};
  return token(Token::Kind::word, text);
}

/// What begins with a quote or a bracket and ends with another.
std::optional<Token> enclosed(std::string_view text) {
  if (text[0] == '"') {
    const std::size_t end = text.find('"', 1);
    if (end == std::string_view::npos) return token(Token::Kind::junk, text.substr(0, 1));
    return Token{Token::Kind::quoted, text.substr(1, end - 1), end + 1, 0, 0};
  }
  if (text[0] != '[') return {};
  const std::size_t end = address_length(text.substr(1));
  if (end == 0 || !text.substr(1 + end).starts_with(']')) return {};
  return Token{Token::Kind::word, text.substr(1, end), end + 2, 0, 0};
}

Token sign(std::string_view text) {
  for (const std::string_view each : kLongSigns)
    if (text.starts_with(each)) return token(Token::Kind::sign, each);
  constexpr std::string_view kSigns = "<>,.:{}[]()^&|!/-*@$=+";
  const bool known = kSigns.find(text[0]) != std::string_view::npos;
  return token(known ? Token::Kind::sign : Token::Kind::junk, text.substr(0, 1));
}

}  // namespace

bool NftLexer::skip_blanks(Source& source) {
  std::string_view text = source.text;
  while (source.at < text.size()) {
    const char c = text[source.at];
    if (c == ' ' || c == '\t') {
      ++source.at;
    } else if (c == '\\' && text.substr(source.at + 1).starts_with('\n')) {
      source.at += 2;
      ++source.line;
    } else if (c == '#' && text.find('\n', source.at) != std::string_view::npos) {
      source.at = text.find('\n', source.at);
    } else {
      return true;
    }
  }
  return false;
}

/// The longest of what nft's scanner could take here; of equal ones it takes the first.
Token NftLexer::scan(std::string_view text) {
  if (text[0] == '\n') return token(Token::Kind::newline, text.substr(0, 1));
  if (text[0] == ';') return token(Token::Kind::semicolon, text.substr(0, 1));
  if (const auto found = enclosed(text)) return *found;
  const std::size_t number = number_length(text);
  const std::size_t name = name_length(text);
  std::size_t other = std::max({address_length(text), time_length(text), class_length(text)});
  for (const std::string_view vlan : {std::string_view("8021ad"), std::string_view("8021q")})
    if (text.starts_with(vlan)) other = std::max(other, vlan.size());
  const std::size_t star = wildcard_length(text);
  if (star > std::max({other, number, name}))
    return token(Token::Kind::wildcard, text.substr(0, star));
  if (other > 0 && other >= std::max(number, name))
    return token(Token::Kind::word, text.substr(0, other));
  if (number > name) return token(Token::Kind::number, text.substr(0, number));
  return name > 0 ? word(text.substr(0, name)) : sign(text);
}

const Token& NftLexer::peek() {
  if (pending_.empty()) pending_.push_back(next());
  return pending_.back();
}

Token NftLexer::next() {
  if (!pending_.empty()) {
    const Token token = pending_.back();
    pending_.pop_back();
    return token;
  }
  while (!sources_.empty() && !skip_blanks(sources_.back())) {
    if (sources_.size() == 1) break;
    sources_.pop_back();
  }
  if (sources_.empty()) return {};
  Source& source = sources_.back();
  if (source.at >= source.text.size()) return {Token::Kind::end, {}, source.file, source.line};
  Token found = scan(source.text.substr(source.at));
  found.file = source.file;
  found.line = source.line;
  const std::string_view taken = source.text.substr(source.at, found.length);
  source.line += static_cast<std::uint32_t>(std::count(taken.begin(), taken.end(), '\n'));
  source.at += found.length;
  return found;
}

void NftLexer::put_back(const std::vector<Token>& tokens) {
  pending_.insert(pending_.end(), tokens.rbegin(), tokens.rend());
}

Origin NftLexer::origin(const Token& token) const {
  return {token.file < files_.size() ? files_[token.file] : std::string(), token.line, 1};
}

std::optional<Error> NftLexer::push(const std::string& path, std::size_t depth,
                                    const Origin& from) {
  if (depth > kDepth)
    return Error{ErrorCode::limit, fmt::format("includes are nested deeper than {}", kDepth), from};
  if (files_.size() >= kIncludes)
    return Error{ErrorCode::limit, fmt::format("more than {} files are included", kIncludes), from};
  const auto text = root_.read(path);
  if (!text) return text.error();
  const auto file = static_cast<std::uint32_t>(files_.size());
  files_.push_back(path);
  sources_.push_back({*text, 0, file, 1, depth});
  return {};
}

std::optional<Error> NftLexer::open(const std::string& path, const Origin& from) {
  return push(path, 1, from);
}

std::optional<Error> NftLexer::include(std::string_view pattern, const Token& at,
                                       const std::vector<std::string>& directories) {
  const Origin from = origin(at);
  const bool anywhere =
      !pattern.starts_with('/') && !pattern.starts_with("./") && !pattern.starts_with("../");
  const bool wild = pattern.find_first_of("*?[") != std::string_view::npos;
  std::vector<std::string> found;
  // A service starts in `/`, so that is what `./` is below of.
  for (const std::string& directory : anywhere ? directories : std::vector<std::string>{"/"}) {
    const Root::Glob glob = root_.glob(join_path(directory, pattern));
    if (!glob.errors.empty()) return glob.errors.front();
    for (const std::string& path : glob.paths) {
      const auto stat = root_.stat(path);
      if (!stat) return stat.error();
      if (stat->type != FileType::directory) found.push_back(path);
    }
    if (!wild && !glob.paths.empty() && !pattern.ends_with('/')) break;
    if (!wild && !glob.paths.empty()) return {};
  }
  if (found.empty() && !wild)
    return Error{ErrorCode::invalid, fmt::format("includes `{}`, which is not there", pattern),
                 from};
  // The last one pushed is read first.
  const std::size_t depth = sources_.back().depth + 1;
  for (auto path = found.rbegin(); path != found.rend(); ++path)
    if (auto error = push(*path, depth, from)) return error;
  return {};
}

}  // namespace plimsoll::firewall
