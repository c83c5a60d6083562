#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "scanner/base/origin.h"

namespace plimsoll {

/// What kind of obstacle stopped an operation; callers branch on this, people read `Error::what`.
enum class ErrorCode {
  not_found,    ///< nothing is there; often legal, the caller decides
  denied,       ///< there, but this process may not read it
  wrong_type,   ///< there, but not a regular file (or not a directory, or not a link)
  limit,        ///< a cap was reached: size, depth, count; `what` names the cap and its value
  link_loop,    ///< more symbolic links than the cap allows
  invalid,      ///< the content does not follow its grammar
  unsupported,  ///< understood, but this version cannot evaluate it
  failed,       ///< the system refused for a reason of its own (`what` says which)
};

/// Why an operation could not finish. `what` starts in lower case and has no full stop.
struct Error {
  ErrorCode code = ErrorCode::failed;
  std::string what;
  Origin where;  ///< line 0 when no single line is to blame
};

/// A value or the reason there is none. A result that is dropped is a compile-time warning.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// Shorthand for the failing side: `return fail(ErrorCode::limit, "more than 64 includes",
/// origin);`
inline tl::unexpected<Error> fail(ErrorCode code, std::string what, Origin where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(what), std::move(where)});
}
/// Hands an error on unchanged.
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace plimsoll
