#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/framework/spring/environment.h"
#include "plugins/framework/spring/source.h"
#include "scanner/root/root.h"

namespace plimsoll::spring {

/// What could not be told of a file.
struct Doubts {
  std::vector<Error> errors;  ///< of files that are there: anything may be otherwise
  std::vector<Error> unread;  ///< of imports that cannot be looked at: there may be more
};

/// Follows `spring.config.import`: what is imported stands right behind the document that asks for
/// it, and so wins over it.
class Importer {
 public:
  /// `place` is where class paths begin.
  Importer(const Root& root, std::string place, Doubts& doubts)
      : root_(root), place_(std::move(place)), doubts_(doubts) {}

  /// Adds the documents of a file, and those that they import.
  void add(Source source, const std::string& path, std::uint32_t home, Environment& environment);

 private:
  void follow(std::string_view location, const Entry& entry, const Conditions& when,
              std::uint32_t home, Environment& environment);
  [[nodiscard]] std::vector<std::string> candidates(std::string_view location,
                                                    std::string_view from) const;
  void leave(const Entry& entry, std::string_view location, std::string_view why);

  const Root& root_;
  std::string place_;
  Doubts& doubts_;
  std::vector<std::string> open_;  ///< files that are being read
  std::size_t followed_ = 0;
};

}  // namespace plimsoll::spring
