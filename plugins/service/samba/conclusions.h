#pragma once

#include "plugins/service/samba/configuration.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::samba {

/// What rules ask of the shares that there are for clients. `with_defaults`: also where no line has
/// a part in it.
void write_shares(const Configuration& configuration, bool with_defaults, Facts& facts);
/// Shares that users made themselves, below `usershare path`.
void write_usershares(const Root& root, const Configuration& configuration, Facts& facts);
/// Files that others may change, or read though they hold passwords.
void write_modes(const Root& root, const Configuration& configuration, Facts& facts);

}  // namespace plimsoll::samba
