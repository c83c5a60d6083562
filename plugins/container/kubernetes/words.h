#pragma once

#include <string_view>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes {

/// What a name of a variable or key says of its value.
bool names_a_credential(std::string_view name);
/// The beginning of a private key in PEM form.
bool holds_private_key(std::string_view value);
/// A line `password=...` or `token: ...` with something behind it.
bool assigns_credential(std::string_view text);
/// Names or values that tell of a person or an account: user names, addresses, keys.
bool names_personal(std::string_view name);
bool holds_personal(std::string_view value);

/// What a path of the host gives away to who mounts it.
bool is_engine_socket(std::string_view path);
bool is_credential_path(std::string_view path);
bool is_system_path(std::string_view path);
/// Without repeated and trailing slashes, `.` and `..` resolved.
std::string clean_path(std::string_view path);

}  // namespace plimsoll::kubernetes
