#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::bind {

/// A domain name as BIND reads it (lib/dns/name.c, dns_name_fromtext): in lower case and without
/// the last dot, `.` for the root; nothing where it is none.
std::optional<std::string> domain_name(std::string_view text);
/// `a.b` lies in `b`, or is it; both as domain_name gives them.
bool is_below(std::string_view name, std::string_view zone);
/// A type of records: `AAAA`, `TYPE65280`.
bool is_record_type(std::string_view text);
/// The number of a class: `IN`, `CHAOS`, `CLASS5`.
std::optional<unsigned> class_number(std::string_view text);
/// The number of an algorithm of DNSSEC: `ECDSAP256SHA256`, `13`.
std::optional<unsigned> algorithm_number(std::string_view text);
/// A digest of a DS record: `SHA-256`, `2`.
bool is_digest(std::string_view text);

/// How many bytes a text in base64, or in hexadecimal digits, stands for; nothing where it is none.
std::optional<std::size_t> base64_length(std::string_view text);
std::optional<std::size_t> hex_length(std::string_view text);

}  // namespace plimsoll::bind
