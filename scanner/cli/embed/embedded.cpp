#include "scanner/baseline/embedded.h"

extern "C" const char plimsoll_baselines_begin[];
extern "C" const char plimsoll_baselines_end[];

namespace plimsoll {

std::string_view embedded_baselines() {
  return {plimsoll_baselines_begin,
          static_cast<std::size_t>(plimsoll_baselines_end - plimsoll_baselines_begin)};
}

}  // namespace plimsoll
