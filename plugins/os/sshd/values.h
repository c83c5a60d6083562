#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/sshd/keywords.h"
#include "scanner/base/result.h"
#include "scanner/formats/openssh/host_files.h"

namespace plimsoll::sshd {

/// The arguments of one line, taken from the left.
class Arguments {
 public:
  Arguments(std::vector<std::string> words, std::string_view raw)
      : words_(std::move(words)), raw_(raw) {}
  /// The next one, or null.
  const std::string* take() { return next_ < words_.size() ? &words_[next_++] : nullptr; }
  [[nodiscard]] const std::string* peek() const {
    return next_ < words_.size() ? &words_[next_] : nullptr;
  }
  void consume() { next_ = words_.size(); }
  [[nodiscard]] std::size_t left() const { return words_.size() - next_; }
  /// Everything after the keyword as it stands, quotes and all.
  [[nodiscard]] std::string_view raw() const { return raw_; }

 private:
  std::vector<std::string> words_;
  std::string_view raw_;
  std::size_t next_ = 0;
};

/// What one line says, in the spelling of the dump, and how it meets what was said before.
struct Reading {
  enum class Mode : std::uint8_t {
    first,   ///< stands unless there is a value already
    last,    ///< replaces what there is
    append,  ///< adds to what there is
  };
  std::vector<std::string> values;
  Mode mode = Mode::first;
};

/// Reads the arguments of every keyword but Include and Match. `active` is false in Match blocks
/// while the main configuration is read. Fails where sshd refuses the line.
Result<Reading> read_values(const Keyword& keyword, Arguments& arguments, openssh::HostFiles& host);

/// Halves of a RekeyLimit line, which are decided apart: bytes, then seconds. Empty: not given.
struct RekeyLimit {
  std::optional<long long> bytes;
  std::optional<int> seconds;
};
Result<RekeyLimit> read_rekey_limit(Arguments& arguments);

/// Three numbers of a MaxStartups line; a line with one number leaves the rate as it was.
struct MaxStartups {
  int begin = 10;
  int rate = 30;
  int full = 100;
};
Result<MaxStartups> read_max_startups(Arguments& arguments, MaxStartups before);

/// A ListenAddress line: address without brackets, port if given.
Result<openssh::HostPort> read_listen_address(Arguments& arguments, openssh::HostFiles& host);

/// Whether a list of authentication methods names known ones only.
bool known_methods(std::string_view list);

}  // namespace plimsoll::sshd
