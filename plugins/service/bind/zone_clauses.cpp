#include <array>

#include "plugins/service/bind/grammar.h"

namespace plimsoll::bind {
namespace {

// What zones have, and `options` and views for all of them. The letters: grammar.h, Zone.
constexpr std::array kZone = {
    ClauseRow{"allow-notify", "acl", "SM"},
    ClauseRow{"allow-query", "acl", "PSMBRT"},
    ClauseRow{"allow-query-on", "acl", "PSMBRT"},
    ClauseRow{"allow-transfer", "?port int ( =transport text ) acl", "PSM"},
    ClauseRow{"allow-update", "acl", "P"},
    ClauseRow{"allow-update-forwarding", "acl", "SM"},
    ClauseRow{"also-notify", "remotes", "PSM"},
    ClauseRow{"alt-transfer-source", "source4", "PSM"},
    ClauseRow{"alt-transfer-source-v6", "source6", "PSM"},
    ClauseRow{"auto-dnssec", "allow|maintain|off|", "PS"},
    ClauseRow{"check-dup-records", "fail|warn|ignore|", "P"},
    ClauseRow{"check-integrity", "bool", "P"},
    ClauseRow{"check-mx", "fail|warn|ignore|", "P"},
    ClauseRow{"check-mx-cname", "fail|warn|ignore|", "P"},
    ClauseRow{"check-sibling", "bool", "P"},
    ClauseRow{"check-spf", "warn|ignore|", "P"},
    ClauseRow{"check-srv-cname", "fail|warn|ignore|", "P"},
    ClauseRow{"check-wildcard", "bool", "P"},
    ClauseRow{"dialup", "notify|notify-passive|passive|refresh|:bool", "PSB"},
    ClauseRow{"dnssec-dnskey-kskonly", "bool", "PS"},
    ClauseRow{"dnssec-loadkeys-interval", "int", "PS"},
    ClauseRow{"dnssec-policy", "text", "PS"},
    ClauseRow{"dnssec-secure-to-insecure", "bool", "P"},
    ClauseRow{"dnssec-update-mode", "maintain|no-resign|", "PS"},
    ClauseRow{"forward", "first|only|", "PSBTF"},
    ClauseRow{"forwarders", "?port int ?dscp int { socket-dscp }", "PSBTF"},
    ClauseRow{"key-directory", "quoted", "PS"},
    ClauseRow{"maintain-ixfr-base", "", "-"},
    ClauseRow{"masterfile-format", "raw|text|", "PSMBR"},
    ClauseRow{"masterfile-style", "full|relative|", "PSMBR"},
    ClauseRow{"max-ixfr-log-size", "", "-"},
    ClauseRow{"max-ixfr-ratio", "unlimited|:percent", "PSM"},
    ClauseRow{"max-journal-size", "default|unlimited|:size", "PSM"},
    ClauseRow{"max-records", "int", "PSMBTR"},
    ClauseRow{"max-records-per-type", "int", "PSMBTR"},
    ClauseRow{"max-types-per-name", "int", "PSMBTR"},
    ClauseRow{"max-refresh-time", "int", "SMB"},
    ClauseRow{"max-retry-time", "int", "SMB"},
    ClauseRow{"max-transfer-idle-in", "int", "SMB"},
    ClauseRow{"max-transfer-idle-out", "int", "PMS"},
    ClauseRow{"max-transfer-time-in", "int", "SMB"},
    ClauseRow{"max-transfer-time-out", "int", "PMS"},
    ClauseRow{"max-zone-ttl", "unlimited|:time", "PR"},
    ClauseRow{"min-refresh-time", "int", "SMB"},
    ClauseRow{"min-retry-time", "int", "SMB"},
    ClauseRow{"multi-master", "bool", "SMB"},
    ClauseRow{"notify", "explicit|master-only|primary-only|:bool", "PSM"},
    ClauseRow{"notify-delay", "int", "PSM"},
    ClauseRow{"notify-source", "source4", "PSM"},
    ClauseRow{"notify-source-v6", "source6", "PSM"},
    ClauseRow{"notify-to-soa", "bool", "PS"},
    ClauseRow{"nsec3-test-zone", "bool", "PS"},
    ClauseRow{"parental-source", "source4", "PS"},
    ClauseRow{"parental-source-v6", "source6", "PS"},
    ClauseRow{"request-expire", "bool", "SM"},
    ClauseRow{"request-ixfr", "bool", "SM"},
    ClauseRow{"serial-update-method", "date|increment|unixtime|", "P"},
    ClauseRow{"sig-signing-nodes", "int", "PS"},
    ClauseRow{"sig-signing-signatures", "int", "PS"},
    ClauseRow{"sig-signing-type", "int", "PS"},
    ClauseRow{"sig-validity-interval", "int int?", "PS"},
    ClauseRow{"dnskey-sig-validity", "int", "PS"},
    ClauseRow{"transfer-source", "source4", "SMB"},
    ClauseRow{"transfer-source-v6", "source6", "SMB"},
    ClauseRow{"try-tcp-refresh", "bool", "SM"},
    ClauseRow{"update-check-ksk", "bool", "PS"},
    ClauseRow{"use-alt-transfer-source", "bool", "SMB"},
    ClauseRow{"zero-no-soa-ttl", "bool", "PSM"},
    ClauseRow{"zone-statistics", "full|terse|none|:bool", "PSMBTR"},
};

constexpr std::array kZoneOnly = {
    ClauseRow{"type",
              "primary|master|secondary|slave|mirror|delegation-only|forward|hint|redirect|static-"
              "stub|stub|",
              "PSMBTDHRF"},
    ClauseRow{"check-names", "fail|warn|ignore|", "PSMHB"},
    ClauseRow{"database", "text", "PSMB"},
    ClauseRow{"delegation-only", "bool", "HBF"},
    ClauseRow{"dlz", "text", "PSR"},
    ClauseRow{"file", "quoted", "PSMBHR"},
    ClauseRow{"in-view", "text", "V"},
    ClauseRow{"inline-signing", "bool", "PS"},
    ClauseRow{"ixfr-base", "", "-"},
    ClauseRow{"ixfr-from-differences", "bool", "PSM"},
    ClauseRow{"ixfr-tmp-file", "", "-"},
    ClauseRow{"journal", "quoted", "PSM"},
    ClauseRow{"masters", "remotes", "SMBR"},
    ClauseRow{"parental-agents", "remotes", "PS"},
    ClauseRow{"primaries", "remotes", "SMBR"},
    ClauseRow{"pubkey", "", "-"},
    ClauseRow{"server-addresses", "{ address }", "T"},
    ClauseRow{"server-names", "{ text }", "T"},
    ClauseRow{"update-policy", "update-policy", "P"},
};

}  // namespace

std::vector<ClauseTable> zone_tables() {
  return {{"zone", kZone.data(), kZone.size()}, {"zone-only", kZoneOnly.data(), kZoneOnly.size()}};
}

}  // namespace plimsoll::bind
