#pragma once

#include "plugins/service/mysql/variables.h"

namespace plimsoll::mysql {

/// What the server makes of the variables when all arguments are read: some follow from others.
void settle(Variables& variables);

}  // namespace plimsoll::mysql
