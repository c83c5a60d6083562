#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll {

/// What a module may return, numbered as in Linux-PAM (security/_pam_types.h).
inline constexpr std::size_t kPamReturns = 32;
inline constexpr std::size_t kPamSuccess = 0, kPamPermDenied = 6, kPamAuthErr = 7,
                             kPamNewAuthtokReqd = 12, kPamSessionErr = 14, kPamCredErr = 17,
                             kPamAuthtokErr = 20, kPamIgnore = 25, kPamModuleUnknown = 28;

/// What libpam does after a module has returned (pam.conf(5)). Greater than zero: so many modules
/// are jumped over.
using PamAction = std::int32_t;
inline constexpr PamAction kPamIgnored = 0, kPamOk = -1, kPamDone = -2, kPamBad = -3, kPamDie = -4,
                           kPamReset = -5;

/// One action for each return value.
using PamActions = std::array<PamAction, kPamReturns>;

PamActions all_actions(PamAction action);
/// `required`, `requisite`, `sufficient`, `optional` in any case, or what stands between brackets.
PamActions parse_pam_control(std::string_view word);

}  // namespace plimsoll
