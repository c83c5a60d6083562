#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/container/dockerfile/syntax.h"

namespace plimsoll::dockerfile {

/// The pairs of ENV and LABEL (`a=b c=d`, or `a b`) with quotes and escapes kept. Of ARG the value
/// has its `=` in front, so that `ARG a` and `ARG a=` differ.
std::vector<std::pair<std::string, std::string>> name_value_pairs(const Instruction& instruction,
                                                                  char escape);

/// "Docker object labels", key format: lower case, digits, single dots and dashes, no namespace
/// that is reserved.
bool is_label_key(std::string_view key);

/// An absolute path: of Unix, with a drive letter, or one that begins with a variable.
bool is_absolute(std::string_view path);
/// A directory that belongs to the system and its kernel, or one below.
bool is_system_directory(std::string_view path);

}  // namespace plimsoll::dockerfile
