#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// Where a credential stands in a line.
struct Secret {
  std::size_t begin = 0, end = 0;  ///< bytes, from 0; in order, and apart from each other
};

/// The credentials that a line of any format holds, by what stands before them (`password=`,
/// `"token":`, `ENV DB_PASSWORD`, `curl -u admin:`, `://user:`) and by how issuers begin theirs.
/// For texts that are shown to others: a word too many is no harm here, so no rule rests on this.
/// `before` is the line above: in Kubernetes it has the name of the variable.
std::vector<Secret> secrets_in(std::string_view line, std::string_view before = {});

/// What stands in place of a credential.
inline constexpr std::string_view kRedacted = "***";

/// The line with `***` for each of them.
std::string redacted(std::string_view line, std::string_view before = {});

}  // namespace plimsoll
