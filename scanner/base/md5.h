#pragma once

#include <nettle/md5.h>

#include <string>
#include <string_view>

namespace plimsoll {

/// An MD5 sum that is made piece by piece. Package databases hold these; it proves no identity
/// against somebody who can choose both files.
class Md5 {
 public:
  Md5() { md5_init(&context_); }
  void add(std::string_view piece);
  /// 32 hex digits, lower case. Begins anew afterwards.
  [[nodiscard]] std::string hex();

 private:
  md5_ctx context_;
};

}  // namespace plimsoll
