#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::openssh {

/// The algorithms of one kind that a build knows, in the order of its own lists.
struct AlgorithmKind {
  std::span<const std::string_view> all;
  std::span<const std::string_view> defaults;
  /// Names that pass the check of a list beside those of `all` (`RSA` as a key type).
  std::span<const std::string_view> also_valid;
  bool wildcards = false;  ///< whether a plain or `+` list may hold patterns
};

enum class Algorithms { ciphers, macs, kex, keys, ca_signatures };
/// The lists of the OpenSSH of Debian 12 (9.2p1).
const AlgorithmKind& algorithms(Algorithms which);
/// Default of GSSAPIKexAlgorithms, which no edit applies to.
std::string_view default_gss_kex();
bool is_gss_kex_list(std::string_view names);

/// Whether a list passes the check that is made when its line is read.
bool valid_algorithms(const AlgorithmKind& kind, std::string_view list);
/// What a valid list comes to: `+`, `-`, `^` edit the defaults, patterns expand over all. Empty
/// when nothing is left of it, which the program refuses where the list takes effect.
std::optional<std::string> assemble_algorithms(const AlgorithmKind& kind, std::string_view list);
std::string join_names(std::span<const std::string_view> names);

}  // namespace plimsoll::openssh
