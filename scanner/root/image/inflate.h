#pragma once

#include <memory>

#include "scanner/root/image/byte_source.h"

namespace plimsoll {

/// A gzip stream (RFC 1952), several members one after the other.
std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> packed);
/// A Zstandard stream (RFC 8878), several frames one after the other; windows up to 128 MiB.
std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed);

}  // namespace plimsoll
