#include "plugins/os/audit-rules/rule_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "plugins/os/audit-rules/c_number.h"
#include "scanner/base/text.h"

namespace plimsoll::audit {
namespace {

enum class Kind : std::uint8_t { number, user, group, exit_code, arch, text };
struct Known {
  std::string_view name;
  Kind kind;
};
// auditctl(8), "-F".
constexpr auto kFields = std::to_array<Known>({
    {"a0", Kind::number},       {"a1", Kind::number},         {"a2", Kind::number},
    {"a3", Kind::number},       {"arch", Kind::arch},         {"auid", Kind::user},
    {"devmajor", Kind::number}, {"devminor", Kind::number},   {"dir", Kind::text},
    {"egid", Kind::group},      {"euid", Kind::user},         {"exe", Kind::text},
    {"exit", Kind::exit_code},  {"filetype", Kind::text},     {"fsgid", Kind::group},
    {"fstype", Kind::text},     {"fsuid", Kind::user},        {"gid", Kind::group},
    {"inode", Kind::number},    {"loginuid", Kind::user},     {"msgtype", Kind::text},
    {"obj_gid", Kind::group},   {"obj_lev_high", Kind::text}, {"obj_lev_low", Kind::text},
    {"obj_role", Kind::text},   {"obj_type", Kind::text},     {"obj_uid", Kind::user},
    {"obj_user", Kind::text},   {"path", Kind::text},         {"perm", Kind::text},
    {"pers", Kind::number},     {"pid", Kind::number},        {"ppid", Kind::number},
    {"saddr_fam", Kind::text},  {"sessionid", Kind::user},    {"sgid", Kind::group},
    {"subj_clr", Kind::text},   {"subj_role", Kind::text},    {"subj_sen", Kind::text},
    {"subj_type", Kind::text},  {"subj_user", Kind::text},    {"success", Kind::number},
    {"suid", Kind::user},       {"uid", Kind::user},
});

struct ErrorName {
  std::string_view name;
  int number;
};
// Those that rules name by either; other numbers stand as they are.
constexpr auto kErrors = std::to_array<ErrorName>({
    {"EPERM", 1},         {"ENOENT", 2},  {"EINTR", 4},       {"EIO", 5},
    {"EAGAIN", 11},       {"ENOMEM", 12}, {"EACCES", 13},     {"EBUSY", 16},
    {"EEXIST", 17},       {"EXDEV", 18},  {"ENOTDIR", 20},    {"EISDIR", 21},
    {"EINVAL", 22},       {"ENFILE", 23}, {"EMFILE", 24},     {"ETXTBSY", 26},
    {"EFBIG", 27},        {"ENOSPC", 28}, {"EROFS", 30},      {"EPIPE", 32},
    {"ENAMETOOLONG", 36}, {"ELOOP", 40},  {"ETIMEDOUT", 110}, {"ECONNREFUSED", 111},
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Where the operator stands: libaudit looks for them in this order.
FieldResult cut(std::string_view expression) {
  constexpr std::array<std::string_view, 8> kOperators = {
      "!=", ">=", "<=", "&=", "=", ">", "<", "&"};
  FieldResult out;
  for (const std::string_view op : kOperators) {
    const auto at = expression.find(op);
    if (at == std::string_view::npos) continue;
    out.name = expression.substr(0, at);
    out.op = op;
    out.value = expression.substr(at + op.size());
    if (out.value.empty()) out.fault = fmt::format("`{}` has no value", out.name);
    return out;
  }
  out.fault = fmt::format("`{}` has no operator", expression);
  return out;
}

/// strtoul(3) with base 0 into 32 bits: decimal, octal, hexadecimal; what follows is passed over.
std::string number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  // strtoul(3): the greatest number for one that does not fit.
  const bool has_digit = !text.empty() && is_digit(text.front());
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t value = has_digit ? c_number(text).value_or(kMost) : 0;
  const auto low = static_cast<std::uint32_t>(value);
  return fmt::format("{}", negative ? 0U - low : low);
}

bool looks_like_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && is_digit(text.front());
}

void resolve_owner(FieldResult& field, bool is_user, const Names& names) {
  if (field.value == "unset") return;
  if (looks_like_number(field.value)) {
    field.value = number(field.value);
    // auditctl(8): -1 is 4294967295 and `unset`.
    if (is_user && field.value == "4294967295") field.value = "unset";
    return;
  }
  const auto& known = is_user ? names.users : names.groups;
  const auto found = known.find(field.value);
  if (found == known.end())
    field.fault = fmt::format("there is no {} `{}`", is_user ? "user" : "group", field.value);
  else
    field.value = found->second;
}

void resolve_exit(FieldResult& field) {
  const bool negative = field.value.starts_with('-');
  const std::string_view rest = std::string_view(field.value).substr(negative ? 1 : 0);
  if (!rest.empty() && is_digit(rest.front())) {
    const std::string code = number(rest);
    const auto known = std::find_if(kErrors.begin(), kErrors.end(), [&](const ErrorName& error) {
      return fmt::format("{}", error.number) == code;
    });
    field.value = negative ? "-" : "";
    field.value += negative && known != kErrors.end() ? std::string(known->name) : code;
    return;
  }
  const bool is_name = rest.size() > 1 && rest.front() == 'E' &&
                       std::all_of(rest.begin(), rest.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); });
  if (!is_name) field.fault = fmt::format("`{}` is no exit code", field.value);
}

void resolve_arch(FieldResult& field, const Host& host) {
  field.machine = machine_of(field.value, host);
  if (field.machine)
    field.value = machine_name(*field.machine);
  else
    field.fault = fmt::format("this host has no `arch` called `{}`", field.value);
}

}  // namespace

FieldResult parse_field(std::string_view expression, const Names& names) {
  FieldResult field = cut(expression);
  if (!field.fault.empty()) return field;
  const auto known = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const Known& one) { return one.name == field.name; });
  if (known == kFields.end()) {
    field.fault = fmt::format("there is no field `{}`", field.name);
    return field;
  }
  if (field.name == "loginuid") field.name = "auid";
  switch (known->kind) {
    case Kind::number:
      if (looks_like_number(field.value))
        field.value = number(field.value);
      else
        field.fault = fmt::format("`{}` takes a number", field.name);
      break;
    case Kind::user:
    case Kind::group:
      resolve_owner(field, known->kind == Kind::user, names);
      break;
    case Kind::exit_code:
      resolve_exit(field);
      break;
    case Kind::arch:
      resolve_arch(field, names.host);
      break;
    case Kind::text:
      break;
  }
  field.text = fmt::format("{}{}{}", field.name, field.op, field.value);
  return field;
}

FieldResult parse_comparison(std::string_view expression) {
  constexpr std::array<std::string_view, 6> kUsers = {"auid",    "euid", "fsuid",
                                                      "obj_uid", "suid", "uid"};
  constexpr std::array<std::string_view, 5> kGroups = {"egid", "fsgid", "gid", "obj_gid", "sgid"};
  FieldResult field = cut(expression);
  if (!field.fault.empty()) return field;
  const auto both = [&](const auto& names) {
    return std::find(names.begin(), names.end(), field.name) != names.end() &&
           std::find(names.begin(), names.end(), field.value) != names.end();
  };
  if (field.op != "=" && field.op != "!=")
    field.fault = fmt::format("`{}` takes `=` and `!=` only", expression);
  else if ((!both(kUsers) && !both(kGroups)) || field.name == field.value)
    field.fault = fmt::format("`{}` cannot be compared", expression);
  // Either way round it is one comparison.
  if (field.value < field.name) std::swap(field.name, field.value);
  field.text = fmt::format("{}{}{}", field.name, field.op, field.value);
  return field;
}

}  // namespace plimsoll::audit
