#include <array>

#include "plugins/service/bind/grammar.h"

namespace plimsoll::bind {
namespace {

// Order and names are those of the grammar that `named.conf(5)` prints.

constexpr std::array kTop = {
    ClauseRow{"acl", "text acl", "*"},
    ClauseRow{"controls", "@controls", "*"},
    ClauseRow{"dnssec-policy", "text @policy", "*"},
    ClauseRow{"http", "text @http", "*"},
    ClauseRow{"logging", "@logging", ""},
    ClauseRow{"lwres", "", "*-"},
    ClauseRow{"masters", "text remotes", "*"},
    ClauseRow{"options", "@options", ""},
    ClauseRow{"parental-agents", "text remotes", "*"},
    ClauseRow{"primaries", "text remotes", "*"},
    ClauseRow{"statistics-channels", "@statistics", "*"},
    ClauseRow{"tls", "text @tls", "*"},
    ClauseRow{"view", "text class @view", "*"},
};

constexpr std::array kTopOrView = {
    ClauseRow{"dlz", "text @dlz", "*"},
    ClauseRow{"dyndb", "text quoted braces", "*"},
    ClauseRow{"key", "text @key", "*"},
    ClauseRow{"managed-keys",
              "{ text static-key|initial-key|static-ds|initial-ds| int int int quoted }", "*"},
    ClauseRow{"plugin", "query| text braces?", "*"},
    ClauseRow{"server", "prefix @server", "*"},
    ClauseRow{"trust-anchors",
              "{ text static-key|initial-key|static-ds|initial-ds| int int int quoted }", "*"},
    ClauseRow{"trusted-keys", "{ text int int int quoted }", "*"},
    ClauseRow{"zone", "text class @zone", "*"},
};

constexpr std::array kRateLimit = {
    ClauseRow{"all-per-second", "int", ""},
    ClauseRow{"errors-per-second", "int", ""},
    ClauseRow{"exempt-clients", "acl", ""},
    ClauseRow{"ipv4-prefix-length", "int", ""},
    ClauseRow{"ipv6-prefix-length", "int", ""},
    ClauseRow{"log-only", "bool", ""},
    ClauseRow{"max-table-size", "int", ""},
    ClauseRow{"min-table-size", "int", ""},
    ClauseRow{"nodata-per-second", "int", ""},
    ClauseRow{"nxdomains-per-second", "int", ""},
    ClauseRow{"qps-scale", "int", ""},
    ClauseRow{"referrals-per-second", "int", ""},
    ClauseRow{"responses-per-second", "int", ""},
    ClauseRow{"slip", "int", ""},
    ClauseRow{"window", "int", ""},
};

constexpr std::array kDns64 = {
    ClauseRow{"break-dnssec", "bool", ""},   ClauseRow{"clients", "acl", ""},
    ClauseRow{"exclude", "acl", ""},         ClauseRow{"mapped", "acl", ""},
    ClauseRow{"recursive-only", "bool", ""}, ClauseRow{"suffix", "address6", ""},
};

constexpr std::array kPolicy = {
    ClauseRow{"dnskey-ttl", "time", ""},
    ClauseRow{"keys", "{ csk|ksk|zsk| ?key-directory| =lifetime lifetime =algorithm word int? }",
              ""},
    ClauseRow{"max-zone-ttl", "time", ""},
    ClauseRow{"nsec3param", "?iterations int ?optout bool ?salt-length int", ""},
    ClauseRow{"parent-ds-ttl", "time", ""},
    ClauseRow{"parent-propagation-delay", "time", ""},
    ClauseRow{"parent-registration-delay", "time", ""},
    ClauseRow{"publish-safety", "time", ""},
    ClauseRow{"purge-keys", "time", ""},
    ClauseRow{"retire-safety", "time", ""},
    ClauseRow{"signatures-jitter", "time", ""},
    ClauseRow{"signatures-refresh", "time", ""},
    ClauseRow{"signatures-validity", "time", ""},
    ClauseRow{"signatures-validity-dnskey", "time", ""},
    ClauseRow{"zone-propagation-delay", "time", ""},
};

constexpr std::array kDlz = {
    ClauseRow{"database", "text", ""},
    ClauseRow{"search", "bool", ""},
};

constexpr std::array kKey = {
    ClauseRow{"algorithm", "text", ""},
    ClauseRow{"secret", "text", ""},
};

constexpr std::array kServer = {
    ClauseRow{"bogus", "bool", ""},
    ClauseRow{"edns", "bool", ""},
    ClauseRow{"edns-udp-size", "int", ""},
    ClauseRow{"edns-version", "int", ""},
    ClauseRow{"keys", "one-key", ""},
    ClauseRow{"max-udp-size", "int", ""},
    ClauseRow{"notify-source", "source4", ""},
    ClauseRow{"notify-source-v6", "source6", ""},
    ClauseRow{"padding", "int", ""},
    ClauseRow{"provide-ixfr", "bool", ""},
    ClauseRow{"query-source", "query-source4", ""},
    ClauseRow{"query-source-v6", "query-source6", ""},
    ClauseRow{"request-expire", "bool", ""},
    ClauseRow{"request-ixfr", "bool", ""},
    ClauseRow{"request-nsid", "bool", ""},
    ClauseRow{"request-sit", "", "-"},
    ClauseRow{"send-cookie", "bool", ""},
    ClauseRow{"support-ixfr", "", "-"},
    ClauseRow{"tcp-keepalive", "bool", ""},
    ClauseRow{"tcp-only", "bool", ""},
    ClauseRow{"transfer-format", "many-answers|one-answer|", ""},
    ClauseRow{"transfer-source", "source4", ""},
    ClauseRow{"transfer-source-v6", "source6", ""},
    ClauseRow{"transfers", "int", ""},
};

constexpr std::array kChannel = {
    ClauseRow{"file", "log-file", ""},
    ClauseRow{"syslog", "text?", ""},
    ClauseRow{"null", "nothing", ""},
    ClauseRow{"stderr", "nothing", ""},
    ClauseRow{"severity", "severity", ""},
    ClauseRow{"print-time", "iso8601|iso8601-utc|local|:bool", ""},
    ClauseRow{"print-severity", "bool", ""},
    ClauseRow{"print-category", "bool", ""},
    ClauseRow{"buffered", "bool", ""},
};

constexpr std::array kLogging = {
    ClauseRow{"channel", "text @channel", "*"},
    ClauseRow{"category", "text { text }", "*"},
};

constexpr std::array kControls = {
    ClauseRow{"inet", "control-address =allow acl ?keys { text } ?read-only bool", "*"},
    ClauseRow{"unix", "quoted =perm int =owner int =group int ?keys { text } ?read-only bool", "*"},
};

constexpr std::array kStatistics = {
    ClauseRow{"inet", "control-address ?allow acl", "*"},
};

constexpr std::array kTls = {
    ClauseRow{"key-file", "quoted", ""},      ClauseRow{"cert-file", "quoted", ""},
    ClauseRow{"ca-file", "quoted", ""},       ClauseRow{"remote-hostname", "quoted", ""},
    ClauseRow{"dhparam-file", "quoted", ""},  ClauseRow{"protocols", "{ text }", ""},
    ClauseRow{"ciphers", "text", ""},         ClauseRow{"prefer-server-ciphers", "bool", ""},
    ClauseRow{"session-tickets", "bool", ""},
};

constexpr std::array kHttp = {
    ClauseRow{"endpoints", "{ quoted }", ""},
    ClauseRow{"listener-clients", "int", ""},
    ClauseRow{"streams-per-connection", "int", ""},
};

}  // namespace

std::vector<ClauseTable> small_tables() {
  return {
      {"top", kTop.data(), kTop.size()},
      {"top-or-view", kTopOrView.data(), kTopOrView.size()},
      {"rate-limit", kRateLimit.data(), kRateLimit.size()},
      {"dns64", kDns64.data(), kDns64.size()},
      {"policy", kPolicy.data(), kPolicy.size()},
      {"dlz", kDlz.data(), kDlz.size()},
      {"key", kKey.data(), kKey.size()},
      {"server", kServer.data(), kServer.size()},
      {"channel", kChannel.data(), kChannel.size()},
      {"logging", kLogging.data(), kLogging.size()},
      {"controls", kControls.data(), kControls.size()},
      {"statistics", kStatistics.data(), kStatistics.size()},
      {"tls", kTls.data(), kTls.size()},
      {"http", kHttp.data(), kHttp.size()},
  };
}

}  // namespace plimsoll::bind
