#pragma once

#include <fmt/format.h>

#include <array>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/os/sshd/keywords.h"
#include "plugins/os/sshd/values.h"
#include "scanner/formats/openssh/algorithms.h"
#include "scanner/formats/openssh/host_files.h"
#include "scanner/formats/openssh/syntax.h"
#include "scanner/probe/probe.h"

// Shared by the two halves of the reader: reader.cpp takes the lines in, settle.cpp says what they
// come to.
namespace plimsoll::sshd {

inline constexpr std::string_view kKeysCommand = "authorizedkeyscommand";
inline constexpr std::string_view kPrincipalsCommand = "authorizedprincipalscommand";

/// More refused lines than these say nothing new.
inline constexpr std::size_t kMostRefusals = 32;

/// Keywords whose value is a list of algorithms that may edit the built-in one.
inline constexpr std::array<std::pair<std::string_view, openssh::Algorithms>, 7> kEditable = {{
    {"ciphers", openssh::Algorithms::ciphers},
    {"macs", openssh::Algorithms::macs},
    {"kexalgorithms", openssh::Algorithms::kex},
    {"casignaturealgorithms", openssh::Algorithms::ca_signatures},
    {"hostbasedacceptedalgorithms", openssh::Algorithms::keys},
    {"hostkeyalgorithms", openssh::Algorithms::keys},
    {"pubkeyacceptedalgorithms", openssh::Algorithms::keys},
}};

/// A value as one line gave it, with its place in reading order.
struct Entry {
  std::size_t order = 0;
  std::string key;
  std::vector<std::string> values;
  Origin origin;
  std::vector<Shadowed> shadowed;
  bool refused = false;  ///< sshd does not start with this line; the value is as written
};

/// What one part of the configuration has set so far: the main part, or one Match block.
struct Block {
  std::string scope;
  std::list<Entry> entries;  ///< stable addresses
  std::map<std::string, std::list<Entry>::iterator, std::less<>> single;
  std::map<std::string, std::size_t, std::less<>> count;           ///< of values that accumulate
  std::map<std::string, std::vector<Shadowed>, std::less<>> lost;  ///< lines without any winner
  RekeyLimit rekey;

  [[nodiscard]] bool has(std::string_view key) const { return single.find(key) != single.end(); }
};

/// Where a file is being read: the block its lines go to.
struct Place {
  Block* block = nullptr;
  std::string outer;         ///< scope of the Match blocks around the file
  bool outer_active = true;  ///< whether they hold for the connection asked about
  std::string scope;         ///< of those and of the one the current line is in
  bool active = true;
  /// Whether the line counts when sshd starts: outside Match blocks, and in `Match all` too.
  bool outer_startup = true;
  bool startup = true;
};

class Reader {
 public:
  Reader(const Request& request, const std::string& other_version, Facts& facts)
      : request_(request), other_version_(other_version), facts_(facts), host_(request.root) {}

  void run(const std::string& main_file) {
    blocks_.emplace_back();
    const Place place{.block = &blocks_.front(), .outer = {}, .scope = {}};
    if (!check_context() || !read_file(main_file, {}, place, 0) || !settle()) {
      keep_files_only();
      return;
    }
    emit();
  }

 private:
  [[nodiscard]] bool for_connection() const { return !request_.context.empty(); }
  Block& global() { return blocks_.front(); }

  /// Notes why something is not known. True when reading goes on: sshd does not start with an
  /// invalid line, so nothing can pass, but what is bad elsewhere is still worth saying.
  bool refuse(Error error) {
    const bool goes_on = error.code == ErrorCode::invalid;
    if (goes_on) error.what += "; sshd does not start with this";
    if (goes_on && facts_.gaps.size() >= kMostRefusals) return true;
    facts_.gap(std::move(error), {}, goes_on ? Gap::Effect::may_add : Gap::Effect::may_override);
    return goes_on;
  }

  bool check_context() {
    for (const auto& [name, value] : request_.context) {
      const bool known = name == "user" || name == "host" || name == "addr" || name == "laddr" ||
                         name == "lport" || name == "rdomain";
      if (!known || (name == "lport" && !host_.port(value)))
        return refuse({ErrorCode::unsupported,
                       fmt::format("`{}={}` is not part of a connection; use user, host, addr, "
                                   "laddr and lport",
                                   name, value),
                       {}});
    }
    return true;
  }

  [[nodiscard]] Result<std::string_view> text_of(const std::string& path, const Origin& from) const;
  bool read_file(const std::string& path, const Origin& from, const Place& outer, unsigned depth);
  bool read_line(const openssh::ConfigLine& line, const std::string& path, Place& place,
                 unsigned depth);
  Result<bool> obey(const Keyword& keyword, std::string_view rest, Arguments& arguments,
                    const Origin& where, Place& place);
  void keep_refused(const Keyword& keyword, std::string_view rest, const Origin& where,
                    Place& place);
  bool include(Arguments& arguments, const Origin& where, const Place& place, unsigned depth);
  bool include_one(const std::string& word, const Origin& where, const Place& place,
                   unsigned depth);
  Result<bool> enter_match(std::string_view text, Place& place);
  Result<bool> take(const Keyword& keyword, Arguments& arguments, const Origin& where,
                    Place& place);
  Result<bool> special(const Keyword& keyword, Arguments& arguments, const Origin& where,
                       Block& block, bool& handled);
  Result<bool> check_counts(const Keyword& keyword, const Reading& reading, const Block& block,
                            const Place& place);
  [[nodiscard]] Result<Reading> read_foreign_list(Arguments& arguments) const;
  void note_startup(std::string_view key, const Reading& reading, const Origin& where);
  void store(const Keyword& keyword, Reading reading, const Origin& where, Block& block);
  void put(Block& block, std::string key, std::vector<std::string> values, const Origin& where);
  std::vector<Shadowed> drop(Block& block, std::list<Entry>::iterator entry, std::string_view why);

  bool settle();
  bool settle_algorithms(Block& block);
  void settle_main_part();
  bool settle_listen_addresses();
  bool check_commands();
  bool check_methods();
  void finish_rekey(Block& block, const RekeyLimit& fallback);
  void merge_connection();
  void emit();
  void emit_defaults();
  void emit_default(std::string key, std::string value);
  void keep_files_only();
  [[nodiscard]] std::string effective(std::string_view key) const;

  const Request& request_;
  const std::string& other_version_;
  Facts& facts_;
  openssh::HostFiles host_;
  std::list<Block> blocks_;
  Block connection_;  ///< what the Match blocks that hold say together
  Block discarded_;   ///< what those that do not hold say
  /// First values that count when sshd starts, and what its checks at that time look at.
  std::map<std::string, std::pair<std::string, Origin>, std::less<>> startup_;
  std::vector<std::pair<std::size_t, Origin>> files_;
  MaxStartups startups_;
  std::size_t order_ = 0;
  std::size_t includes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace plimsoll::sshd
