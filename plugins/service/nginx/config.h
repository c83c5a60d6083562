#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/service/nginx/loader.h"

namespace plimsoll::nginx {

using Lines = std::vector<const Directive*>;

/// A level of the configuration: the main one, http, a server, a location, an `if` ...
struct Block {
  Place level = kMain;
  const Directive* at = nullptr;  ///< its directive; null: the top of the file
  const Block* parent = nullptr;
  std::string scope;                                ///< as facts have it
  std::vector<const Block*> children;               ///< in reading order
  std::unordered_map<std::string_view, Lines> own;  ///< what stands in it, by name
  Lines order;                                      ///< the same in reading order

  [[nodiscard]] const Lines& lines(std::string_view name) const;
  /// The last of its own lines of that name, or null.
  [[nodiscard]] const Directive* line(std::string_view name) const;
  /// It, or a level around it, of that kind; null: there is none.
  [[nodiscard]] const Block* within(std::uint16_t levels) const;
};

/// What a location is found by; the modifier may be written without a blank after it.
struct Location {
  std::string modifier;  ///< `=`, `^~`, `~`, `~*` or empty
  std::string name;
  [[nodiscard]] bool is_regex() const { return modifier.starts_with('~'); }
};
Location location_of(const Directive& directive);

/// One `listen` of a server.
struct Listen {
  std::string address;  ///< `*:80`, `127.0.0.1:80`, `[::]:443`, `unix:/run/x`
  bool is_tls = false, is_default = false, is_http2 = false;
  const Directive* at = nullptr;  ///< null: nginx listens on *:80 where nothing says otherwise
};

struct Server {
  const Block* block = nullptr;
  std::vector<Listen> listens;
  std::vector<std::string_view> names;

  [[nodiscard]] bool has_tls() const;
  [[nodiscard]] bool has_plain() const;
};

struct Config {
  Tree tree;
  std::deque<Block> blocks;  ///< the outermost first
  std::vector<Server> servers;
  std::unordered_map<const Block*, std::size_t> server_index;
  bool is_whole = false;  ///< http stands in it: what it does not say is not said elsewhere
  bool is_document = false;

  std::unordered_map<std::string_view, const Block*> upstreams;  ///< by name
  std::unordered_map<std::string, std::size_t> defaults;         ///< index of the server by address

  /// Which server answers on that address for names that none has; null: none listens there.
  [[nodiscard]] const Server* default_server(const std::string& address) const;
  [[nodiscard]] const Server* server_of(const Block& block) const;
};

/// Sorts a tree into levels. A file of a source tree begins at the level where what it holds may
/// stand; a configuration of a host in the main one.
Config arrange(Tree tree, bool is_document);

/// The lines that count in a block for a directive: its own, or, where it has none and the
/// directive is inherited, those of the nearest level that has any. `from` is that level.
const Lines& effective(std::string_view name, const Block& block, const Block** from = nullptr);
/// The last of them, or null.
const Directive* effective_line(std::string_view name, const Block& block);
/// A flag, or a word, as it counts; the default where no level says it.
std::string_view effective_word(std::string_view name, const Block& block);
/// Whether that line of a level counts in another one: it is not overridden on the way.
bool reaches(std::string_view name, const Block& from, const Block& to);

}  // namespace plimsoll::nginx
