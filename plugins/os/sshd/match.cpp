#include "plugins/os/sshd/match.h"

#include <fmt/format.h>

#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/openssh/address.h"
#include "scanner/formats/openssh/syntax.h"

namespace plimsoll::sshd {
namespace {

using openssh::AddressMatch;
using openssh::ListMatch;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::invalid, std::move(why)); }

/// `all` has no argument and no company.
Result<Criteria> read_all(openssh::WordReader& words, bool first) {
  const auto after = words.next();
  const bool alone = !after || after->empty() || after->starts_with('#');
  if (!first || !alone) return refuse("`all` cannot be combined with other criteria");
  const auto rest = words.rest();
  if (after && after->empty() && rest && !rest->empty())
    return refuse("extra arguments at the end of the line");
  return Criteria{{{"all", ""}}};
}

Result<Criteria::Item> read_item(std::string name, const std::string& pattern,
                                 openssh::HostFiles& host) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "user", "group", "host", "address", "localaddress", "localport", "rdomain"};
  name = lower(name);
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end())
    return refuse(fmt::format("`{}` is not a criterion of Match", name));
  const bool address = name == "address" || name == "localaddress";
  if (address && openssh::matches_addresses(std::nullopt, pattern) == AddressMatch::invalid)
    return refuse(fmt::format("`{}` is not a list of addresses", pattern));
  if (name == "localport" && !host.port(pattern))
    return refuse(fmt::format("`{}` is not a port", pattern));
  return Criteria::Item{std::move(name), pattern};
}

/// sshd_config(5) Match: a negated pattern that matches any group of the user decides.
bool in_groups(const std::string& user, const std::string& pattern, openssh::HostFiles& host) {
  const auto groups = host.groups_of(user);
  if (!groups) return false;
  bool found = false;
  for (const std::string& group : *groups) {
    const ListMatch match = openssh::matches_list(group, pattern);
    if (match == ListMatch::negative) return false;
    if (match == ListMatch::positive) found = true;
  }
  return found;
}

const std::string* known(const Connection& connection, std::string_view name) {
  const auto found = connection.find(name);
  return found == connection.end() ? nullptr : &found->second;
}

/// The part of a connection that answers a criterion.
std::string_view told_as(std::string_view criterion) {
  if (criterion == "group") return "user";
  if (criterion == "address") return "addr";
  if (criterion == "localaddress") return "laddr";
  return criterion;
}

Result<bool> item_holds(const Criteria::Item& item, const Connection& connection,
                        openssh::HostFiles& host) {
  if (item.name == "all") return true;
  if (item.name == "localport") {
    const std::string* port = known(connection, "lport");
    if (port == nullptr)
      return fail(ErrorCode::unsupported,
                  "a Match block asks for LocalPort, and the context has no `lport`");
    return host.port(*port) == host.port(item.pattern);
  }
  const std::string* value = known(connection, told_as(item.name));
  if (value == nullptr) return false;
  if (item.name == "group") return in_groups(*value, item.pattern, host);
  if (item.name == "user" || item.name == "rdomain")
    return openssh::matches_list(*value, item.pattern) == ListMatch::positive;
  if (item.name == "host")
    return openssh::matches_list(lower(*value), item.pattern, true) == ListMatch::positive;
  return openssh::matches_addresses(*value, item.pattern) == AddressMatch::positive;
}

}  // namespace

std::string Criteria::scope() const {
  std::string out = "Match";
  for (const Item& item : items) {
    out += " " + item.name;
    if (item.name != "all") out += " " + item.pattern;
  }
  return out;
}

Result<Criteria> read_criteria(std::string_view text, openssh::HostFiles& host) {
  openssh::WordReader words(text);
  Criteria out;
  while (true) {
    const auto name = words.next();
    if (!name || name->empty()) break;
    if (name->starts_with('#')) {
      words = openssh::WordReader({});
      break;
    }
    if (iequals(*name, "all")) return read_all(words, out.items.empty());
    const auto pattern = words.next();
    if (!pattern || pattern->empty() || pattern->starts_with('#'))
      return refuse(fmt::format("the criterion `{}` lacks its argument", *name));
    auto item = read_item(*name, *pattern, host);
    if (!item) return fail(item.error());
    out.items.push_back(std::move(*item));
  }
  if (out.items.empty()) return refuse("Match needs a criterion");
  if (const auto rest = words.rest(); rest && !rest->empty())
    return refuse("extra arguments at the end of the line");
  return out;
}

Result<bool> holds(const Criteria& criteria, const Connection& connection,
                   openssh::HostFiles& host) {
  bool all = true;
  for (const Criteria::Item& item : criteria.items) {
    const auto holds_one = item_holds(item, connection, host);
    if (!holds_one) return holds_one;
    all = all && *holds_one;
  }
  return all;
}

}  // namespace plimsoll::sshd
