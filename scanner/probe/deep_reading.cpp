#include "scanner/probe/deep_reading.h"

namespace plimsoll {

DeepReading& deep_reading() {
  static DeepReading reading;
  return reading;
}

}  // namespace plimsoll
