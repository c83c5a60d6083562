#include "plugins/service/postgres/hba_record.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "plugins/service/postgres/hba_options.h"
#include "scanner/base/text.h"

namespace plimsoll::postgres {
namespace {

using Kind = HbaAddress::Kind;
using Bytes = std::array<std::uint8_t, 16>;

constexpr std::string_view kTypes = "local host hostssl hostnossl hostgssenc hostnogssenc";
constexpr std::string_view kMethods =
    "trust reject md5 scram-sha-256 password gss ident peer ldap radius cert pam";

/// getaddrinfo(3) with AI_NUMERICHOST: what inet_aton(3) takes for an IPv4 address, or an IPv6 one.
bool numeric(const std::string& text, Bytes& bytes, bool& is_v6) {
  in_addr v4{};
  is_v6 = false;
  if (text.find_first_of(kBlanks) == std::string::npos && ::inet_aton(text.c_str(), &v4) != 0) {
    std::memcpy(bytes.data(), &v4, sizeof v4);
    return true;
  }
  is_v6 = true;
  in6_addr v6{};
  // A zone names an interface and changes no bit.
  if (::inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), &v6) != 1) return false;
  std::memcpy(bytes.data(), &v6, sizeof v6);
  return true;
}

/// ip.c, pg_sockaddr_cidr_mask: strtol(3) has to take all of it.
bool mask_of_bits(std::string_view text, bool is_v6, Bytes& mask) {
  text = trim_left(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t most = is_v6 ? 128 : 32;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto bits = to_integer(text);
  if (!bits || *bits < 0 || static_cast<std::size_t>(*bits) > most) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(*bits); ++i)
    mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] | (0x80U >> (i % 8)));
  return true;
}

/// Walks the fields of a line.
class Parser {
 public:
  Parser(const HbaLine& line, unsigned version) : line_(line), version_(version) {}
  HbaRecord run();

 private:
  bool fail(std::string why) {
    out_.error = std::move(why);
    return false;
  }
  /// The next field, or null and an error.
  const HbaField* next(std::string_view what);
  /// The one word of the next field, or null and an error.
  const HbaToken* only(std::string_view what);
  bool type();
  bool address();
  bool network(const HbaToken& token);
  bool method();
  bool options();

  const HbaLine& line_;
  const unsigned version_;
  std::size_t at_ = 0;
  HbaRecord out_;
};

const HbaField* Parser::next(std::string_view what) {
  if (at_ < line_.fields.size()) return &line_.fields[at_++];
  fail(fmt::format("the line ends before {}", what));
  return nullptr;
}

const HbaToken* Parser::only(std::string_view what) {
  const HbaField* field = next(what);
  if (field == nullptr) return nullptr;
  if (field->size() == 1) return &field->front();
  fail(fmt::format("several values for {}", what));
  return nullptr;
}

bool Parser::type() {
  const HbaToken* token = only("the type");
  if (token == nullptr) return false;
  out_.type = token->text;
  return is_one_of(out_.type, kTypes) || fail(fmt::format("unknown type `{}`", out_.type));
}

bool Parser::address() {
  const HbaToken* token = only("the address");
  if (token == nullptr) return false;
  out_.address.text = token->text;
  out_.address.kind = Kind::host;
  if (token->quoted) return network(*token);
  if (token->text == "all") out_.address.kind = Kind::all;
  if (token->text == "samehost") out_.address.kind = Kind::samehost;
  if (token->text == "samenet") out_.address.kind = Kind::samenet;
  return out_.address.kind != Kind::host || network(*token);
}

bool Parser::network(const HbaToken& token) {
  HbaAddress& address = out_.address;
  const std::size_t slash = token.text.find('/');
  address.text = token.text.substr(0, slash);
  const bool is_number = numeric(address.text, address.bytes, address.is_v6);
  if (is_number) address.kind = Kind::network;
  if (slash != std::string::npos) {
    address.mask = token.text.substr(slash + 1);
    if (!is_number) return fail("a host name with a mask");
    return mask_of_bits(address.mask, address.is_v6, address.mask_bytes) ||
           fail(fmt::format("invalid mask `{}`", address.mask));
  }
  if (!is_number) return true;
  const HbaToken* mask = only("the mask");
  if (mask == nullptr) return false;
  address.mask = mask->text;
  bool is_v6 = false;
  if (!numeric(address.mask, address.mask_bytes, is_v6))
    return fail(fmt::format("invalid mask `{}`", address.mask));
  // `8` is 0.0.0.8 here.
  char shown[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(is_v6 ? AF_INET6 : AF_INET, address.mask_bytes.data(), shown, sizeof shown);
  address.mask = shown;
  return is_v6 == address.is_v6 || fail("the address and the mask are of two families");
}

/// What a method asks of the type of the record.
bool Parser::method() {
  const HbaToken* token = only("the method");
  if (token == nullptr) return false;
  out_.method = token->text;
  const bool is_local = out_.type == "local";
  const bool is_newer = out_.method == "oauth" && (version_ == 0 || version_ >= 18);
  if (!is_one_of(out_.method, kMethods) && !is_newer)
    return fail(fmt::format("unknown method `{}`", out_.method));
  if (is_local && out_.method == "ident") out_.method = "peer";
  if (is_local && out_.method == "gss") return fail("`gss` needs a connection over the network");
  if (!is_local && out_.method == "peer") return fail("`peer` needs the type `local`");
  if (out_.type != "hostssl" && out_.method == "cert")
    return fail("`cert` needs the type `hostssl`");
  return true;
}

bool Parser::options() {
  for (; at_ < line_.fields.size(); ++at_) {
    for (const HbaToken& token : line_.fields[at_]) {
      const std::size_t equals = token.text.find('=');
      if (equals == std::string::npos) return fail(fmt::format("`{}` has no value", token.text));
      std::string name = token.text.substr(0, equals);
      std::string value = token.text.substr(equals + 1);
      std::string error = refused_option(out_, name, value, version_);
      out_.options.emplace_back(std::move(name), std::move(value));
      if (!error.empty()) return fail(std::move(error));
    }
  }
  std::string error = refused_options(out_);
  return error.empty() || fail(std::move(error));
}

HbaRecord Parser::run() {
  out_.origin = line_.origin;
  out_.error = line_.error;
  if (!out_.error.empty() || !type()) return std::move(out_);
  if (const HbaField* field = next("the database")) out_.database = *field;
  if (out_.error.empty())
    if (const HbaField* field = next("the user")) out_.user = *field;
  if (out_.error.empty() && (out_.type == "local" || address()) && method()) options();
  return std::move(out_);
}

/// Connections that a type means: 1 without encryption, 2 of TLS, 4 of GSSAPI, 8 of the socket.
unsigned kinds(std::string_view type) {
  if (type == "local") return 8;
  if (type == "host") return 7;
  if (type == "hostssl") return 2;
  if (type == "hostnossl") return 5;
  if (type == "hostgssenc") return 4;
  return 3;  // hostnogssenc
}

bool is_keyword(const HbaToken& token, std::string_view word) {
  return !token.quoted && token.text == word;
}

bool has(const HbaField& field, std::string_view word) {
  return std::any_of(field.begin(), field.end(),
                     [&](const HbaToken& one) { return is_keyword(one, word); });
}

/// The same word, which means the same: a quoted keyword is a name, a `+` asks for members.
bool same_word(const HbaToken& a, const HbaToken& b) {
  const auto is_special = [](const HbaToken& token) {
    return is_one_of(token.text, "all replication sameuser samerole samegroup") ||
           token.text.starts_with('+');
  };
  return a.text == b.text && (a.quoted == b.quoted || !is_special(a));
}

bool all_words(const HbaField& earlier, const HbaField& later) {
  constexpr std::size_t kMost = 64;  // longer lists are not compared word by word
  if (earlier.size() > kMost || later.size() > kMost) return false;
  return std::all_of(later.begin(), later.end(), [&](const HbaToken& word) {
    return std::any_of(earlier.begin(), earlier.end(),
                       [&](const HbaToken& one) { return same_word(one, word); });
  });
}

/// `all` does not mean connections of replication.
bool covers_databases(const HbaField& earlier, const HbaField& later) {
  if (!has(earlier, "all")) return all_words(earlier, later);
  return !has(later, "replication") || has(earlier, "replication");
}

bool covers_address(const HbaAddress& a, const HbaAddress& b) {
  if (a.kind == Kind::all || a.kind == Kind::none) return true;
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::host) return iequals(a.text, b.text);
  if (a.kind != Kind::network) return true;
  if (a.is_v6 != b.is_v6) return false;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) {
    const unsigned mask = a.mask_bytes[i];
    if ((mask & b.mask_bytes[i]) != mask || ((a.bytes[i] ^ b.bytes[i]) & mask) != 0) return false;
  }
  return true;
}

/// The network is part of another, as 127.0.0.0/8.
bool is_within(const HbaAddress& network, const HbaAddress& outer) {
  return network.kind == Kind::network && covers_address(outer, network);
}

HbaAddress network_of(std::string_view address, std::string_view bits) {
  HbaAddress out;
  out.kind = Kind::network;
  numeric(std::string(address), out.bytes, out.is_v6);
  mask_of_bits(bits, out.is_v6, out.mask_bytes);
  return out;
}

}  // namespace

HbaRecord read_hba_record(const HbaLine& line, unsigned version) {
  return Parser(line, version).run();
}

std::string reach_of(const HbaRecord& record) {
  const HbaAddress& address = record.address;
  if (record.type == "local") return "local";
  if (address.kind == Kind::all) return "everywhere";
  if (address.kind == Kind::samehost || iequals(address.text, "localhost")) return "loopback";
  if (address.kind != Kind::network) return "network";
  if (is_within(address, network_of("127.0.0.0", "8")) ||
      is_within(address, network_of("::1", "128")))
    return "loopback";
  const bool is_open = std::all_of(address.mask_bytes.begin(), address.mask_bytes.end(),
                                   [](std::uint8_t byte) { return byte == 0; });
  return is_open ? "everywhere" : "network";
}

bool covers(const HbaRecord& earlier, const HbaRecord& later) {
  if (!earlier.error.empty() || !later.error.empty()) return false;
  const unsigned kind = kinds(later.type);
  return (kinds(earlier.type) & kind) == kind &&
         covers_databases(earlier.database, later.database) &&
         (has(earlier.user, "all") || all_words(earlier.user, later.user)) &&
         covers_address(earlier.address, later.address);
}

}  // namespace plimsoll::postgres
