#include "plugins/service/postfix/versions.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/probe/matcher.h"

namespace plimsoll::postfix {
namespace {

/// A parameter that came with point releases of 3.5, 3.6, 3.7 and 3.8 at once.
struct Brought {
  std::string_view name;
  std::array<std::string_view, 4> by;
};

constexpr std::array<std::string_view, 4> kBranches = {"", "3.6", "3.7", "3.8"};

// postconf(5): "Postfix 3.9, 3.8.1, 3.7.6 and later". Earlier ones ignore such a line in main.cf.
constexpr std::array kBrought = {
    Brought{"cleanup_replace_stray_cr_lf", {"3.5.24", "3.6.14", "3.7.10", "3.8.5"}},
    Brought{"smtpd_forbid_bare_newline", {"3.5.23", "3.6.13", "3.7.9", "3.8.4"}},
    Brought{"smtpd_forbid_bare_newline_exclusions", {"3.5.23", "3.6.13", "3.7.9", "3.8.4"}},
    Brought{"smtpd_forbid_bare_newline_reject_code", {"3.5.24", "3.6.14", "3.7.10", "3.8.5"}},
    Brought{"smtpd_forbid_unauth_pipelining", {"3.5.20", "3.6.10", "3.7.6", "3.8.1"}},
    Brought{"tls_config_file", {"3.5.20", "3.6.10", "3.7.6", "3.8.1"}},
    Brought{"tls_config_name", {"3.5.20", "3.6.10", "3.7.6", "3.8.1"}},
};

/// From that version on a default is another one than in 3.7.11, or the parameter is new.
struct Change {
  std::string_view from, name, value;
};

// postconf(5) and the release notes of 3.8, 3.9 and 3.10.
constexpr std::array kChanges = {
    Change{"3.8", "allow_srv_lookup_fallback", "no"},
    Change{"3.8", "ignore_srv_lookup_error", "no"},
    Change{"3.8", "smtpd_client_ipv4_prefix_length", "32"},
    Change{"3.8", "smtpd_client_ipv6_prefix_length", "84"},
    Change{"3.8", "tls_export_cipherlist", ""},
    Change{"3.8", "tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072"},
    Change{"3.8", "tls_high_cipherlist",
           "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH"},
    Change{"3.8", "tls_low_cipherlist", ""},
    Change{"3.8", "tls_medium_cipherlist",
           "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:"
           "@STRENGTH"},
    Change{"3.8", "tls_null_cipherlist", "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL"},
    Change{"3.8", "use_srv_lookup", ""},

    Change{"3.9", "force_mime_input_conversion", "no"},
    Change{"3.9", "lmtp_tls_enable_rpk", "no"},
    Change{"3.9", "maillog_file_permissions", "0600"},
    Change{"3.9", "smtp_tls_enable_rpk", "no"},
    Change{"3.9", "smtpd_forbid_bare_newline", "normalize"},
    Change{"3.9", "smtpd_forbid_unauth_pipelining", "yes"},
    Change{"3.9", "smtpd_tls_enable_rpk", "no"},
    Change{"3.9", "tlsproxy_tls_enable_rpk", "$smtpd_tls_enable_rpk"},

    Change{"3.10", "full_name_encoding_charset", "utf-8"},
    Change{"3.10", "lmtp_tlsrpt_enable", "no"},
    Change{"3.10", "lmtp_tlsrpt_skip_reused_handshakes", "yes"},
    Change{"3.10", "lmtp_tlsrpt_socket_name", ""},
    Change{"3.10", "smtp_tls_dane_insecure_mx_policy", "dane"},
    Change{"3.10", "smtp_tlsrpt_enable", "no"},
    Change{"3.10", "smtp_tlsrpt_skip_reused_handshakes", "yes"},
    Change{"3.10", "smtp_tlsrpt_socket_name", ""},
    Change{"3.10", "smtpd_hide_client_session", "no"},
    Change{"3.10", "socketmap_max_reply_size", "100000"},
    Change{"3.10", "tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp384r1 secp521r1"},
    Change{"3.10", "tls_required_enable", "yes"},
};

bool lacks(std::string_view version, const Brought& parameter) {
  for (std::size_t i = 0; i < kBranches.size(); ++i)
    if (compare_versions(version, kBranches[i]) >= 0 &&
        compare_versions(version, parameter.by[i]) < 0)
      return true;
  return false;
}

std::vector<Parameter>::iterator place_of(std::string_view name, std::vector<Parameter>& all) {
  return std::lower_bound(
      all.begin(), all.end(), name,
      [](const Parameter& a, std::string_view wanted) { return a.name < wanted; });
}

void apply(const Change& change, std::vector<Parameter>& all) {
  const auto at = place_of(change.name, all);
  if (at != all.end() && at->name == change.name)
    at->value = change.value;
  else
    all.insert(at, {change.name, change.value});
}

}  // namespace

std::string_view upstream_version(std::string_view version) {
  return version.substr(0, version.rfind('-'));
}

bool is_known_version(std::string_view version) {
  const std::string_view own = upstream_version(version);
  const std::size_t dot = own.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view branch =
      own.substr(0, std::min(own.find_first_not_of("0123456789", dot + 1), own.size()));
  return is_one_of(branch, "3.7 3.8 3.9 3.10");
}

std::vector<Parameter> parameters_of(std::string_view version) {
  const auto base = builtin_parameters();
  std::vector<Parameter> all(base.begin(), base.end());
  const std::string_view own = upstream_version(version);
  for (const Brought& each : kBrought)
    if (lacks(own, each)) all.erase(place_of(each.name, all));
  for (const Change& change : kChanges)
    if (compare_versions(own, change.from) >= 0) apply(change, all);
  return all;
}

}  // namespace plimsoll::postfix
