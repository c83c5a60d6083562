#include "plugins/os/pam/unix_hash.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"

namespace plimsoll {
namespace {

constexpr std::string_view kLoginDefs = "/etc/login.defs";
constexpr auto kMethods = std::to_array<std::string_view>(
    {"md5", "bigcrypt", "sha256", "sha512", "blowfish", "des", "gost_yescrypt", "yescrypt"});
constexpr std::int64_t kMostInt = std::numeric_limits<std::int32_t>::max();

/// An option counts by how it begins: `sha512crypt` is `sha512`.
std::string_view method_of(std::string_view word) {
  const auto found = std::find_if(kMethods.begin(), kMethods.end(),
                                  [&](std::string_view each) { return word.starts_with(each); });
  return found == kMethods.end() ? std::string_view() : *found;
}

bool is_sha(std::string_view method) { return method == "sha256" || method == "sha512"; }
bool is_yescrypt(std::string_view method) { return method.ends_with("yescrypt"); }

/// strtol(3): as many digits as there are, behind blanks and a sign.
struct Number {
  std::int64_t value = 0;
  bool whole = false;  ///< there are digits, and nothing stands behind them
};
Number number(std::string_view text) {
  text = trim_left(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  Number made;
  made.whole = end > 0 && end == text.size();
  // What is too large for a long is its largest value.
  made.value =
      end == 0 ? 0
               : to_integer(text.substr(0, end)).value_or(std::numeric_limits<std::int64_t>::max());
  if (negative) made.value = -made.value;
  return made;
}

/// login.defs(5) as libpam searches it: the first line for a name in any case, `#` begins a comment
/// anywhere, blanks or `=` part the two.
std::optional<std::string> search(std::string_view text, std::string_view name) {
  for (const Line& each : lines(text)) {
    const std::string_view line = trim_left(each.text.substr(0, each.text.find('#')));
    const std::size_t end = std::min(line.find_first_of(" \t="), line.size());
    if (line.empty() || !iequals(line.substr(0, end), name)) continue;
    return std::string(trim_left(line.substr(end), " \t\r\n\v\f="));
  }
  return {};
}

struct Said {
  std::string method = "des";  ///< what no option and no file asks for
  std::int64_t rounds = 0;
  bool has_rounds = false;
};

void finish(Said& said) {
  if (said.has_rounds) return;
  said.has_rounds = is_yescrypt(said.method) || said.method == "blowfish";
  said.rounds = 5;
}

/// What both versions make of the number for the SHA methods: one that is out of the way is none.
std::optional<std::int64_t> sha_rounds(const Said& said) {
  if (!said.has_rounds || said.rounds < 1000 || said.rounds == kMostInt) return 5000;
  return std::min<std::int64_t>(said.rounds, 9999999);
}

/// Linux-PAM 1.5.2: SHA_CRYPT_MAX_ROUNDS counts where ENCRYPT_METHOD asks for SHA, a cost that is
/// out of range is 5, and a number is an int whatever stands behind it.
UnixHash as_before(const std::vector<std::string>& arguments, std::string_view preset,
                   const std::optional<std::string>& preset_rounds) {
  Said said;
  const auto set_rounds = [&](std::string_view text) {
    said.rounds = static_cast<std::int32_t>(number(text).value);
    said.has_rounds = true;
  };
  if (!preset.empty()) said.method = preset;
  if (is_sha(preset) && preset_rounds) set_rounds(*preset_rounds);
  for (const std::string_view each : arguments) {
    if (each.starts_with("rounds=")) set_rounds(each.substr(7));
    if (const auto method = method_of(each); !method.empty()) said.method = method;
  }
  finish(said);
  UnixHash made{said.method, {}};
  const auto cost = [&](std::int64_t least, std::int64_t most) {
    made.rounds = said.rounds < least || said.rounds > most ? 5 : said.rounds;
  };
  if (is_yescrypt(said.method)) cost(3, 11);
  if (said.method == "blowfish") cost(4, 31);
  if (is_sha(said.method)) made.rounds = sha_rounds(said);
  return made;
}

/// Linux-PAM 1.7: login.defs is asked where no option is, for yescrypt, too; a cost that is out of
/// range is the nearest one in it; what is no number does not count.
UnixHash as_later(const std::vector<std::string>& arguments, std::string_view preset,
                  const std::optional<std::string>& preset_rounds,
                  const std::optional<std::string>& preset_cost) {
  Said said;
  const auto set_rounds = [&](std::string_view text) {
    const Number read = number(text);
    const bool good = read.whole && read.value >= 0 && read.value <= kMostInt;
    said.rounds = good ? read.value : 0;
    said.has_rounds = said.has_rounds || good;
  };
  if (!preset.empty()) said.method = preset;
  for (const std::string_view each : arguments) {
    if (each.starts_with("rounds=")) set_rounds(each.substr(7));
    if (const auto method = method_of(each); !method.empty()) said.method = method;
  }
  if (!said.has_rounds && said.method == "yescrypt" && preset_cost) set_rounds(*preset_cost);
  if (!said.has_rounds && is_sha(said.method) && preset_rounds) set_rounds(*preset_rounds);
  finish(said);
  UnixHash made{said.method, {}};
  if (is_yescrypt(said.method)) made.rounds = std::clamp<std::int64_t>(said.rounds, 3, 11);
  if (said.method == "blowfish") made.rounds = std::clamp<std::int64_t>(said.rounds, 4, 31);
  if (is_sha(said.method)) made.rounds = sha_rounds(said);
  return made;
}

/// `1.5.2-6` is 1005, `1.7.0-5` is 1007; 0: not known.
int release(const std::optional<std::string>& version) {
  const auto parts = split(version ? std::string_view(*version) : std::string_view(), '.');
  if (parts.size() < 3) return 0;
  const auto major = to_integer(parts[0]);
  const auto minor = to_integer(parts[1]);
  return major && minor && *major < 100 && *minor < 1000 ? static_cast<int>(*major * 1000 + *minor)
                                                         : 0;
}

}  // namespace

void UnixHashes::read() {
  if (std::exchange(is_read_, true)) return;
  const auto text = root_.read(kLoginDefs);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) unreadable_ = text.error();
    return;
  }
  if (const auto method = search(*text, "ENCRYPT_METHOD")) preset_ = method_of(lower(*method));
  sha_rounds_ = search(*text, "SHA_CRYPT_MAX_ROUNDS");
  yescrypt_cost_ = search(*text, "YESCRYPT_COST_FACTOR");
}

std::optional<UnixHash> UnixHashes::of(const std::vector<std::string>& arguments) {
  read();
  const auto any = [&](auto asks) { return std::any_of(arguments.begin(), arguments.end(), asks); };
  const bool names_method = any([](std::string_view each) { return !method_of(each).empty(); });
  const bool names_rounds = any([](std::string_view each) { return each.starts_with("rounds="); });
  if (unreadable_ && !(names_method && names_rounds)) {
    error_ = *unreadable_;
    return {};
  }
  const UnixHash before = as_before(arguments, preset_, sha_rounds_);
  const UnixHash later = as_later(arguments, preset_, sha_rounds_, yescrypt_cost_);
  if (before == later) return before;
  if (!release_) release_ = release(installed_version(root_, "libpam-modules"));
  // 1005: pam_unix of Debian 12; the versions between are neither's.
  if (*release_ > 0 && *release_ <= 1005) return before;
  if (*release_ >= 1007) return later;
  error_ = {ErrorCode::unsupported,
            "the rounds of pam_unix depend on its version, which is not known",
            {}};
  return {};
}

}  // namespace plimsoll
