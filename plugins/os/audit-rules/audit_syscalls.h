#pragma once

#include <cstdint>
#include <string_view>

/// The system calls that auditctl(8) knows by name on amd64, for both of its ABIs.
namespace plimsoll::audit {

/// The name itself when that ABI has such a call, else empty.
std::string_view syscall_named(std::string_view name, bool is_64);
/// The name of a call number (not negative), or empty.
std::string_view syscall_numbered(std::int64_t number, bool is_64);

}  // namespace plimsoll::audit
