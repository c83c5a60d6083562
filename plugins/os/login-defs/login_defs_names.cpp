#include "plugins/os/login-defs/login_defs_names.h"

#include <algorithm>
#include <iterator>

namespace plimsoll {
namespace {

using Kind = LoginDefsName::Kind;

// shadow's getdef.c as Debian builds it (with PAM, so that some names are known and unused); the
// defaults are those that its programs hand in where a name is not set.
constexpr LoginDefsName kNames[] = {
    {"ALWAYS_SET_PATH", Kind::boolean, ""},
    {"CHFN_AUTH", Kind::boolean, ""},
    {"CHFN_RESTRICT", Kind::text, ""},
    {"CHSH_AUTH", Kind::boolean, ""},
    {"CONSOLE", Kind::text, ""},
    {"CONSOLE_GROUPS", Kind::text, ""},
    {"CREATE_HOME", Kind::boolean, "no"},
    {"DEFAULT_HOME", Kind::boolean, "no"},
    {"ENCRYPT_METHOD", Kind::text, "DES"},
    {"ENVIRON_FILE", Kind::text, ""},
    {"ENV_HZ", Kind::text, ""},
    {"ENV_PATH", Kind::text, ""},
    {"ENV_ROOTPATH", Kind::text, ""},
    {"ENV_SUPATH", Kind::text, ""},
    {"ENV_TZ", Kind::text, ""},
    {"ERASECHAR", Kind::number, ""},
    {"FAILLOG_ENAB", Kind::boolean, ""},
    {"FAIL_DELAY", Kind::number, ""},
    {"FAKE_SHELL", Kind::text, ""},
    {"FORCE_SHADOW", Kind::boolean, "no"},
    {"FTMP_FILE", Kind::text, ""},
    {"GID_MAX", Kind::number, "60000"},
    {"GID_MIN", Kind::number, "1000"},
    {"GRANT_AUX_GROUP_SUBIDS", Kind::boolean, "no"},
    {"HMAC_CRYPTO_ALGO", Kind::text, ""},
    {"HOME_MODE", Kind::mode, "0755"},
    {"HUSHLOGIN_FILE", Kind::text, ""},
    {"ISSUE_FILE", Kind::text, ""},
    {"KILLCHAR", Kind::number, ""},
    {"LASTLOG_ENAB", Kind::boolean, ""},
    {"LASTLOG_UID_MAX", Kind::number, ""},
    {"LOGIN_KEEP_USERNAME", Kind::boolean, ""},
    {"LOGIN_PLAIN_PROMPT", Kind::boolean, ""},
    {"LOGIN_RETRIES", Kind::number, ""},
    {"LOGIN_STRING", Kind::text, ""},
    {"LOGIN_TIMEOUT", Kind::number, ""},
    {"LOG_OK_LOGINS", Kind::boolean, "no"},
    {"LOG_UNKFAIL_ENAB", Kind::boolean, "no"},
    {"MAIL_CHECK_ENAB", Kind::boolean, ""},
    {"MAIL_DIR", Kind::text, ""},
    {"MAIL_FILE", Kind::text, ""},
    {"MAX_MEMBERS_PER_GROUP", Kind::number, "0"},
    {"MD5_CRYPT_ENAB", Kind::boolean, "no"},
    {"MOTD_FILE", Kind::text, ""},
    {"MOTD_FIRSTONLY", Kind::boolean, ""},
    {"NOLOGINS_FILE", Kind::text, ""},
    {"NONEXISTENT", Kind::text, ""},
    {"OBSCURE_CHECKS_ENAB", Kind::boolean, ""},
    {"PASS_ALWAYS_WARN", Kind::boolean, ""},
    {"PASS_CHANGE_TRIES", Kind::number, ""},
    {"PASS_MAX_DAYS", Kind::number, "-1"},
    {"PASS_MAX_LEN", Kind::number, ""},
    {"PASS_MIN_DAYS", Kind::number, "-1"},
    {"PASS_MIN_LEN", Kind::number, ""},
    {"PASS_WARN_AGE", Kind::number, "-1"},
    {"PORTTIME_CHECKS_ENAB", Kind::boolean, ""},
    {"PREVENT_NO_AUTH", Kind::text, ""},
    {"QUOTAS_ENAB", Kind::boolean, ""},
    {"SHA_CRYPT_MAX_ROUNDS", Kind::number, ""},
    {"SHA_CRYPT_MIN_ROUNDS", Kind::number, ""},
    {"SUB_GID_COUNT", Kind::number, "65536"},
    {"SUB_GID_MAX", Kind::number, "600100000"},
    {"SUB_GID_MIN", Kind::number, "100000"},
    {"SUB_UID_COUNT", Kind::number, "65536"},
    {"SUB_UID_MAX", Kind::number, "600100000"},
    {"SUB_UID_MIN", Kind::number, "100000"},
    {"SULOG_FILE", Kind::text, ""},
    {"SU_NAME", Kind::text, ""},
    {"SU_WHEEL_ONLY", Kind::boolean, ""},
    {"SYSLOG_SG_ENAB", Kind::boolean, ""},
    {"SYSLOG_SU_ENAB", Kind::boolean, ""},
    {"SYS_GID_MAX", Kind::number, ""},
    {"SYS_GID_MIN", Kind::number, "101"},
    {"SYS_UID_MAX", Kind::number, ""},
    {"SYS_UID_MIN", Kind::number, "101"},
    {"TTYGROUP", Kind::text, ""},
    {"TTYPERM", Kind::mode, ""},
    {"TTYTYPE_FILE", Kind::text, ""},
    {"UID_MAX", Kind::number, "60000"},
    {"UID_MIN", Kind::number, "1000"},
    {"ULIMIT", Kind::text, ""},
    {"UMASK", Kind::mode, "0022"},
    {"USERDEL_CMD", Kind::text, ""},
    {"USERGROUPS_ENAB", Kind::boolean, "no"},
    {"YESCRYPT_COST_FACTOR", Kind::number, ""},
};

}  // namespace

std::span<const LoginDefsName> login_defs_names() { return kNames; }

const LoginDefsName* login_defs_name(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kNames), std::end(kNames),
                   [&](const LoginDefsName& known) { return known.name == name; });
  return found == std::end(kNames) ? nullptr : found;
}

}  // namespace plimsoll
