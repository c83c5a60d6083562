#include "plugins/service/postgres/hba_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::postgres {
namespace {

/// Which methods take an option.
struct Option {
  std::string_view name, methods;
};

constexpr std::array kOptions = {
    Option{"map", "ident peer gss sspi cert oauth"},
    Option{"clientcert", ""},
    Option{"clientname", ""},
    Option{"pamservice", "pam"},
    Option{"pam_use_hostname", "pam"},
    Option{"ldapurl", "ldap"},
    Option{"ldaptls", "ldap"},
    Option{"ldapscheme", "ldap"},
    Option{"ldapserver", "ldap"},
    Option{"ldapport", "ldap"},
    Option{"ldapbinddn", "ldap"},
    Option{"ldapbindpasswd", "ldap"},
    Option{"ldapsearchattribute", "ldap"},
    Option{"ldapsearchfilter", "ldap"},
    Option{"ldapbasedn", "ldap"},
    Option{"ldapprefix", "ldap"},
    Option{"ldapsuffix", "ldap"},
    Option{"krb_realm", "gss sspi"},
    Option{"include_realm", "gss sspi"},
    Option{"compat_realm", "sspi"},
    Option{"upn_username", "sspi"},
    Option{"radiusservers", "radius"},
    Option{"radiusports", "radius"},
    Option{"radiussecrets", "radius"},
    Option{"radiusidentifiers", "radius"},
};

bool has_any(const HbaRecord& record, std::string_view names) {
  return std::any_of(record.options.begin(), record.options.end(),
                     [&](const auto& option) { return is_one_of(option.first, names); });
}

std::string refused_clientcert(const HbaRecord& record, std::string_view value, unsigned version) {
  if (record.type != "hostssl") return "`clientcert` needs the type `hostssl`";
  if (value == "verify-full") return {};
  // To 13 `1` was `verify-ca`, and there was a word for none.
  if (version < 14 && is_one_of(value, "0 1 no-verify")) return {};
  if (value != "verify-ca") return fmt::format("invalid `clientcert` `{}`", value);
  return record.method == "cert" ? "`cert` takes `clientcert=verify-full` alone" : "";
}

std::string refused_clientname(const HbaRecord& record, std::string_view value) {
  if (record.type != "hostssl") return "`clientname` needs the type `hostssl`";
  return is_one_of(value, "CN DN") ? "" : fmt::format("invalid `clientname` `{}`", value);
}

/// atoi(3) gives 0.
bool is_zero(std::string_view value) {
  value = trim_left(value);
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  const std::size_t first = value.find_first_not_of('0');
  return first == std::string_view::npos || value[first] < '1' || value[first] > '9';
}

std::string refused_ldap(const HbaRecord& record) {
  constexpr std::string_view kSearch =
      "ldapbasedn ldapbinddn ldapbindpasswd ldapsearchattribute ldapsearchfilter";
  // An address may have the base and the attribute in it.
  if (has_any(record, "ldapurl")) return {};
  if (has_any(record, "ldapprefix ldapsuffix")) {
    if (has_any(record, kSearch)) return "`ldapprefix` and a search exclude each other";
  } else if (!has_any(record, "ldapbasedn")) {
    return "`ldap` needs `ldapbasedn`, `ldapprefix` or `ldapsuffix`";
  }
  if (has_any(record, "ldapsearchattribute") && has_any(record, "ldapsearchfilter"))
    return "`ldapsearchattribute` and `ldapsearchfilter` exclude each other";
  return {};
}

/// Lists with one member, or as many as there are servers.
std::string refused_radius(const HbaRecord& record) {
  const auto members = [&](std::string_view name) -> std::size_t {
    const std::string* value = option_of(record, name);
    return value == nullptr || trim(*value).empty() ? 0 : split(*value, ',').size();
  };
  const std::size_t servers = members("radiusservers");
  if (servers == 0) return "`radius` needs `radiusservers`";
  if (members("radiussecrets") == 0) return "`radius` needs `radiussecrets`";
  for (const std::string_view name : {"radiussecrets", "radiusports", "radiusidentifiers"}) {
    const std::size_t count = members(name);
    if (count > 1 && count != servers)
      return fmt::format("`{}` has {} members for {} servers", name, count, servers);
  }
  return {};
}

}  // namespace

std::string refused_option(const HbaRecord& record, std::string_view name, std::string_view value,
                           unsigned version) {
  const auto* option = std::find_if(kOptions.begin(), kOptions.end(),
                                    [&](const Option& one) { return one.name == name; });
  // Later versions have more of them.
  if (option == kOptions.end())
    return version == 0 || version > 15 ? "" : fmt::format("unknown option `{}`", name);
  if (name == "clientcert") return refused_clientcert(record, value, version);
  if (name == "clientname") return refused_clientname(record, value);
  if (!is_one_of(record.method, option->methods))
    return fmt::format("`{}` is no option of `{}`", name, record.method);
  const auto ports = name == "radiusports" ? split(value, ',') : std::vector{value};
  if (is_one_of(name, "ldapport radiusports") && std::any_of(ports.begin(), ports.end(), is_zero))
    return fmt::format("invalid `{}` `{}`", name, value);
  return {};
}

std::string refused_options(const HbaRecord& record) {
  if (record.method == "ldap") return refused_ldap(record);
  if (record.method == "radius") return refused_radius(record);
  return {};
}

const std::string* option_of(const HbaRecord& record, std::string_view name) {
  const auto found = std::find_if(record.options.rbegin(), record.options.rend(),
                                  [&](const auto& option) { return option.first == name; });
  return found == record.options.rend() ? nullptr : &found->second;
}

}  // namespace plimsoll::postgres
