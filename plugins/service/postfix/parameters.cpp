#include "plugins/service/postfix/parameters.h"

#include <algorithm>
#include <array>
#include <vector>

#include "plugins/service/postfix/defaults.h"
#include "scanner/base/text.h"

namespace plimsoll::postfix {
namespace {

constexpr std::string_view kRaw =
    "command_execution_directory default_rbl_reply forward_path luser_relay mailbox_command "
    "postscreen_expansion_filter postscreen_reject_footer smtpd_expansion_filter "
    "smtpd_reject_footer";
constexpr std::string_view kLegacy =
    "authorized_verp_clients fallback_relay smtpd_client_connection_limit_exceptions virtual_maps";
constexpr std::string_view kReadOnly = "process_id process_name service_name";

// What pipe(8) has begins with what spawn(8) has, and the others have the rest.
constexpr std::array<Parameter, 17> kTransport = {{
    {"_time_limit", "$command_time_limit"},
    {"_delivery_slot_cost", "$default_delivery_slot_cost"},
    {"_delivery_slot_discount", "$default_delivery_slot_discount"},
    {"_delivery_slot_loan", "$default_delivery_slot_loan"},
    {"_destination_concurrency_failed_cohort_limit",
     "$default_destination_concurrency_failed_cohort_limit"},
    {"_destination_concurrency_limit", "$default_destination_concurrency_limit"},
    {"_destination_concurrency_negative_feedback",
     "$default_destination_concurrency_negative_feedback"},
    {"_destination_concurrency_positive_feedback",
     "$default_destination_concurrency_positive_feedback"},
    {"_destination_rate_delay", "$default_destination_rate_delay"},
    {"_destination_recipient_limit", "$default_destination_recipient_limit"},
    {"_extra_recipient_limit", "$default_extra_recipient_limit"},
    {"_initial_destination_concurrency", "$initial_destination_concurrency"},
    {"_minimum_delivery_slots", "$default_minimum_delivery_slots"},
    {"_recipient_limit", "$default_recipient_limit"},
    {"_recipient_refill_delay", "$default_recipient_refill_delay"},
    {"_recipient_refill_limit", "$default_recipient_refill_limit"},
    {"_transport_rate_delay", "$default_transport_rate_delay"},
}};

constexpr std::array<Parameter, 5> kTables = {{
    {"ldap",
     "bind bind_dn bind_pw cache cache_expiry cache_size chase_referrals debuglevel dereference "
     "domain expansion_limit leaf_result_attribute query_filter recursion_limit result_filter "
     "result_format sasl_authz_id sasl_mechs sasl_minssf sasl_realm scope search_base server_host "
     "server_port size_limit special_result_attribute start_tls terminal_result_attribute timeout "
     "tls_ca_cert_dir tls_ca_cert_file tls_cert tls_cipher_suite tls_key tls_random_file "
     "tls_require_cert version"},
    {"mysql",
     "additional_conditions dbname domain expansion_limit hosts option_file option_group password "
     "query require_result_set result_format select_field table tls_CAfile tls_CApath "
     "tls_cert_file tls_ciphers tls_key_file tls_verify_cert user where_field"},
    {"pgsql",
     "additional_conditions dbname domain expansion_limit hosts password query result_format "
     "select_field select_function table user where_field"},
    {"sqlite",
     "additional_conditions dbpath domain expansion_limit query result_format select_field table "
     "where_field"},
    {"memcache",
     "backup data_size_limit domain flags key_format line_size_limit max_try memcache retry_pause "
     "timeout ttl"},
}};

std::vector<Parameter> take_apart(std::string_view text) {
  std::vector<Parameter> out;
  for (const Line& line : lines(text)) {
    const std::size_t equals = line.text.find('=');
    if (equals != std::string_view::npos)
      out.push_back({line.text.substr(0, equals), line.text.substr(equals + 1)});
  }
  return out;
}

}  // namespace

std::span<const Parameter> builtin_parameters() {
  static const std::vector<Parameter> all = take_apart(kDefaults);
  return all;
}

std::optional<std::string_view> default_of(std::span<const Parameter> all, std::string_view name) {
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const Parameter& a, std::string_view wanted) { return a.name < wanted; });
  if (found == all.end() || found->name != name) return std::nullopt;
  return found->value;
}

bool is_raw(std::string_view name) { return is_one_of(name, kRaw); }
bool is_legacy(std::string_view name) { return is_one_of(name, kLegacy); }
bool is_read_only(std::string_view name) { return is_one_of(name, kReadOnly); }

std::span<const Parameter> transport_parameters(std::string_view program) {
  const std::span<const Parameter> all = kTransport;
  if (program == "spawn") return all.first(1);
  if (program == "pipe") return all;
  if (is_one_of(program, "error lmtp local smtp virtual")) return all.subspan(1);
  return {};
}

std::string_view table_parameters(std::string_view kind) {
  for (const Parameter& table : kTables)
    if (table.name == kind) return table.value;
  return {};
}

}  // namespace plimsoll::postfix
