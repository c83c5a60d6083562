#pragma once

#include "plugins/service/samba/configuration.h"
#include "scanner/root/root.h"

namespace plimsoll::samba {

/// A section that begins with what [global] has by now.
void add_section(Configuration& configuration, const std::string& name, const Origin& origin);

/// What follows from settings where a section after [global] begins (init_locals).
void settle_global(Configuration& configuration);
/// What a section cannot be (lpcfg_service_ok).
void settle_section(Configuration& configuration, std::size_t section);
/// What follows once everything is read (lp_load_ex): homes of `auto services`, what a domain
/// controller is made to have, passwords that are not sent after all.
void settle_all(const Root& root, Configuration& configuration);

}  // namespace plimsoll::samba
