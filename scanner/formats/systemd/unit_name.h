#pragma once

#include <string>
#include <string_view>

namespace plimsoll::systemd {

/// What a unit name names (systemd.unit(5)): `a.service`, `a@.service`, `a@x.service`.
enum class NameKind { invalid, plain, unit_template, instance };

NameKind classify(std::string_view name);
inline bool is_unit_name(std::string_view name) { return classify(name) != NameKind::invalid; }

/// `service`, `socket`, ...: one of systemd's eleven unit types.
bool is_unit_type(std::string_view type);
/// What follows the last dot of a valid name.
std::string_view type_of(std::string_view name);
/// What precedes the `@`, or the last dot where there is no `@`.
std::string_view prefix_of(std::string_view name);
/// What stands between the `@` and the last dot; empty for plain names and templates.
std::string_view instance_of(std::string_view name);
/// `a@x.service` → `a@.service`; only for instances.
std::string template_of(std::string_view name);
/// `a@.service` and `x` → `a@x.service`.
std::string instantiate(std::string_view unit_template, std::string_view instance);

/// systemd-escape(1) --path: `/var/log` → `var-log`, `/` → `-`.
std::string escape_path(std::string_view path);
/// The reverse; empty when the text is not such an escape.
std::string unescape_path(std::string_view escaped);

}  // namespace plimsoll::systemd
