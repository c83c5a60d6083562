#pragma once

#include <string_view>

#include "scanner/formats/shell_command.h"

namespace plimsoll {

/// A variable whose name says that it holds a credential (`DB_PASSWORD`, `GITHUB_TOKEN`), not where
/// one is (`DB_PASSWORD_FILE`).
bool names_secret(std::string_view variable);
/// A variable that names an account or a key: half of a credential.
bool names_account(std::string_view variable);
/// A variable that says where a file with credentials is.
bool names_secret_file(std::string_view variable);
/// A value that may be a credential: not empty, no path, no reference to another variable alone.
bool may_be_secret(std::string_view value);
/// A credential written into the words of a command.
bool has_secret(const shell::Command& command);
/// A path whose last part is what files with credentials are called.
bool is_credential_file(std::string_view path);

}  // namespace plimsoll
