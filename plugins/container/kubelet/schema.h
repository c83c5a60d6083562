#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "plugins/container/kube-flags/flags.h"
#include "scanner/probe/probe.h"

namespace plimsoll::kubelet {

extern const std::span<const Field> kSchema;

/// A default that holds where no configuration file is given, and the one behind a file.
struct DefaultPair {
  std::string_view key;
  std::string_view of_flags, of_file;
};
std::span<const DefaultPair> defaults();

/// The key of a flag: the path of the field that it fills (`readonlyport`), or its own name.
std::string_view key_of_flag(std::string_view flag);

kube::Takes takes(std::string_view flag);
/// The field of a key in lower case, or null.
const Field* field_of(std::string_view key);
/// All keys but those that are set.
std::vector<std::string_view> keys_but(const kube::Settings& settings);

/// Whether a path of the file, as written, is the field that the key in lower case names. Names of
/// fields count with their case.
bool is_spelled_right(std::string_view path);

}  // namespace plimsoll::kubelet
