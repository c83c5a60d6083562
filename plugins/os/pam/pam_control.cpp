#include "plugins/os/pam/pam_control.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

// pam.conf(5): the names of return values, in the order of their numbers; `default` for the rest.
constexpr std::array<std::string_view, kPamReturns + 1> kReturnNames = {"success",
                                                                        "open_err",
                                                                        "symbol_err",
                                                                        "service_err",
                                                                        "system_err",
                                                                        "buf_err",
                                                                        "perm_denied",
                                                                        "auth_err",
                                                                        "cred_insufficient",
                                                                        "authinfo_unavail",
                                                                        "user_unknown",
                                                                        "maxtries",
                                                                        "new_authtok_reqd",
                                                                        "acct_expired",
                                                                        "session_err",
                                                                        "cred_unavail",
                                                                        "cred_expired",
                                                                        "cred_err",
                                                                        "no_module_data",
                                                                        "conv_err",
                                                                        "authtok_err",
                                                                        "authtok_recover_err",
                                                                        "authtok_lock_busy",
                                                                        "authtok_disable_aging",
                                                                        "try_again",
                                                                        "ignore",
                                                                        "abort",
                                                                        "authtok_expired",
                                                                        "module_unknown",
                                                                        "bad_item",
                                                                        "conv_again",
                                                                        "incomplete",
                                                                        "default"};
// By action: kPamIgnored is 0, kPamOk -1 and so on.
constexpr std::array<std::string_view, 6> kActionNames = {"ignore", "ok",  "done",
                                                          "bad",    "die", "reset"};
constexpr PamAction kUnset = std::numeric_limits<PamAction>::min();

void set_rest(PamActions& actions, PamAction action) {
  std::replace(actions.begin(), actions.end(), kUnset, action);
}

std::string_view skip_blanks(std::string_view text) { return trim_left(text, " \t\n\v\f\r"); }

/// Takes the first name of the table that the text begins with, as libpam compares: by prefix.
template <std::size_t N>
std::optional<std::size_t> take_name(std::string_view& text,
                                     const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i) {
    if (!text.starts_with(names[i])) continue;
    text.remove_prefix(names[i].size());
    return i;
  }
  return std::nullopt;
}

std::optional<PamAction> take_action(std::string_view& text) {
  if (const auto named = take_name(text, kActionNames)) return -static_cast<PamAction>(*named);
  constexpr PamAction kFar = 1 << 20;  // beyond the end of every stack
  PamAction jump = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    jump = std::min(kFar, jump * 10 + (text[digits] - '0'));
  text.remove_prefix(digits);
  if (jump == 0) return std::nullopt;
  return jump;
}

/// False when libpam finds an error; what was set before it does not count then.
bool parse_pairs(std::string_view text, PamActions& actions) {
  for (text = skip_blanks(text); !text.empty(); text = skip_blanks(text)) {
    const auto value = take_name(text, kReturnNames);
    if (!value) return false;
    text = skip_blanks(text);
    if (!text.starts_with('=')) return false;
    text = skip_blanks(text.substr(1));
    const auto action = text.empty() ? std::nullopt : take_action(text);
    if (!action) return false;
    if (*value == kPamReturns)
      set_rest(actions, *action);
    else
      actions[*value] = *action;
  }
  return true;
}

}  // namespace

PamActions all_actions(PamAction action) {
  PamActions out;
  out.fill(action);
  return out;
}

PamActions parse_pam_control(std::string_view word) {
  struct Keyword {
    std::string_view name;
    PamAction good, rest;
  };
  static constexpr std::array kKeywords = {
      Keyword{"required", kPamOk, kPamBad},
      Keyword{"requisite", kPamOk, kPamDie},
      Keyword{"optional", kPamOk, kPamIgnored},
      Keyword{"sufficient", kPamDone, kPamIgnored},
  };
  for (const Keyword& keyword : kKeywords) {
    if (!iequals(word, keyword.name)) continue;
    PamActions out = all_actions(keyword.rest);
    out[kPamSuccess] = out[kPamNewAuthtokReqd] = keyword.good;
    out[kPamIgnore] = kPamIgnored;
    return out;
  }
  PamActions out = all_actions(kUnset);
  if (!parse_pairs(word, out)) return all_actions(kPamBad);
  set_rest(out, kPamBad);  // pam.conf(5) leaves it open; libpam treats the rest as `bad`
  return out;
}

}  // namespace plimsoll
