#pragma once

#include "plugins/service/nginx/loader.h"

namespace plimsoll::nginx {

/// What the service of a host reads: /etc/nginx/nginx.conf, or what the unit says with -c, -p, -g.
Source host_source(const Root& root, Facts& facts);

}  // namespace plimsoll::nginx
