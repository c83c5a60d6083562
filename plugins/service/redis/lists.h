#pragma once

#include <string>
#include <string_view>

#include "plugins/service/redis/values.h"

namespace plimsoll::redis {

// Parameters with several values; each as take_value.
Result<std::string> take_save(Arguments arguments, std::string_view current);
Result<std::string> take_limits(Arguments arguments, std::string_view current);
Result<std::string> take_scores(Arguments arguments);
Result<std::string> take_events(std::string_view text);
Result<std::string> take_bind(Arguments arguments);
Result<std::string> take_replica(Arguments arguments);
Result<std::string> take_percentiles(Arguments arguments);

}  // namespace plimsoll::redis
