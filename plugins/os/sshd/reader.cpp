#include "plugins/os/sshd/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>

#include "plugins/os/sshd/address.h"
#include "plugins/os/sshd/algorithms.h"
#include "plugins/os/sshd/keywords.h"
#include "plugins/os/sshd/match.h"
#include "plugins/os/sshd/syntax.h"
#include "plugins/os/sshd/values.h"
#include "scanner/base/text.h"

namespace plimsoll::sshd {
namespace {

constexpr unsigned kIncludeDepth = 16;      // sshd stops beyond this itself
constexpr std::size_t kIncludes = 4096;     // ours: readings of files, repetitions counted
constexpr std::size_t kBytes = 64U << 20U;  // ours: of all of them together
constexpr std::size_t kMostRefusals = 32;   // ours: more say nothing new
constexpr std::size_t kMostPorts = 256;     // sshd's own
constexpr std::size_t kMostSubsystems = 256;

constexpr std::string_view kKeysCommand = "authorizedkeyscommand";
constexpr std::string_view kPrincipalsCommand = "authorizedprincipalscommand";

constexpr std::string_view kFirstStands = "sshd keeps the first value it reads";
constexpr std::string_view kLastStands = "for this keyword sshd keeps the last value it reads";
constexpr std::string_view kMatchStands = "a Match block that applies to this connection sets it";
constexpr std::string_view kKeysCommandFirst =
    "sshd 9.2 ignores AuthorizedPrincipalsCommand once AuthorizedKeysCommand is set";

constexpr std::array<std::pair<std::string_view, openssh::Algorithms>, 7> kEditable = {{
    {"ciphers", openssh::Algorithms::ciphers},
    {"macs", openssh::Algorithms::macs},
    {"kexalgorithms", openssh::Algorithms::kex},
    {"casignaturealgorithms", openssh::Algorithms::ca_signatures},
    {"hostbasedacceptedalgorithms", openssh::Algorithms::keys},
    {"hostkeyalgorithms", openssh::Algorithms::keys},
    {"pubkeyacceptedalgorithms", openssh::Algorithms::keys},
}};

bool is_list_of_algorithms(const Keyword& keyword) {
  return std::any_of(kEditable.begin(), kEditable.end(),
                     [&](const auto& pair) { return pair.first == keyword.key; });
}

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

Result<std::string_view> Reader::text_of(const std::string& path, const Origin& from) const {
  const auto text = request_.root.read(path);
  if (text) return text;
  // A directory reads as empty, and so does /dev/null.
  const auto real = request_.root.resolve(path, true);
  const auto stat = request_.root.stat(path);
  if ((real && *real == "/dev/null") || (stat && stat->type == FileType::directory))
    return std::string_view();
  return fail(text.error().code, fmt::format("{}: {}", path, text.error().what),
              from.line != 0 ? from : text.error().where);
}

bool Reader::read_file(const std::string& path, const Origin& from, const Place& outer,
                       unsigned depth) {
  if (depth > kIncludeDepth)
    return refuse({ErrorCode::limit,
                   fmt::format("includes nest deeper than {}, and sshd does not start with this",
                               kIncludeDepth),
                   from});
  if (++includes_ > kIncludes)
    return refuse(
        {ErrorCode::limit, fmt::format("more than {} files are included", kIncludes), from});
  const auto body = text_of(path, from);
  if (!body) return refuse(body.error());
  if ((bytes_ += body->size()) > kBytes)
    return refuse(
        {ErrorCode::limit, fmt::format("includes come to more than {} bytes", kBytes), from});
  const bool seen = std::any_of(files_.begin(), files_.end(),
                                [&](const auto& file) { return file.second.file == path; });
  if (!seen) files_.emplace_back(order_++, Origin{path, 0, 0});
  Place place = outer;
  // A part of a Match block that stands in a file of its own has first values of its own.
  if (!for_connection() && !outer.scope.empty()) {
    blocks_.emplace_back();
    blocks_.back().scope = outer.scope;
    place.block = &blocks_.back();
  }
  place.outer = outer.scope;
  place.outer_active = outer.active;
  place.outer_startup = outer.startup;
  for (const openssh::ConfigLine& line : openssh::config_lines(*body))
    if (!read_line(line, path, place, depth)) return false;
  return true;
}

bool Reader::read_line(const openssh::ConfigLine& line, const std::string& path, Place& place,
                       unsigned depth) {
  const auto directive = openssh::read_directive(line.text);
  if (!directive) return true;
  const Origin where{path, line.number, 1};
  const Keyword* keyword = find_keyword(directive->keyword);
  if (keyword == nullptr && !other_version_.empty()) {
    // A keyword of another version: its value as written, the first one as for most.
    const std::string name = lower(directive->keyword);
    store({.name = name, .key = name, .choices = {}},
          {{std::string(trim(directive->rest.value_or("")))}}, where, *place.block);
    return true;
  }
  if (keyword == nullptr)
    return refuse({ErrorCode::invalid,
                   fmt::format("`{}` is not a keyword of sshd_config(5)", directive->keyword),
                   where});
  const std::string_view rest = directive->rest.value_or("");
  auto words = openssh::split_arguments(rest);
  Arguments arguments(words ? std::move(*words) : std::vector<std::string>{}, rest);
  if (words && keyword->kind == Kind::include && !rest.empty())
    return include(arguments, where, place, depth);
  auto done = !words ? Result<bool>(fail(ErrorCode::invalid, "a quote is not closed"))
                     : obey(*keyword, rest, arguments, where, place);
  if (done) return true;
  Error error = done.error();
  error.what = fmt::format("`{}`: {}", directive->keyword, error.what);
  error.where = where;
  if (error.code == ErrorCode::invalid) keep_refused(*keyword, rest, where, place);
  return refuse(std::move(error));
}

/// Does what a line says; the keyword is not Include.
Result<bool> Reader::obey(const Keyword& keyword, std::string_view rest, Arguments& arguments,
                          const Origin& where, Place& place) {
  if (rest.empty()) return fail(ErrorCode::invalid, "there is no argument");
  if (keyword.kind == Kind::match) return enter_match(rest, place);
  if (!place.scope.empty() && !keyword.in_match && !place.startup)
    return fail(ErrorCode::invalid, "this is not allowed in a Match block");
  auto done = take(keyword, arguments, where, place);
  if (done && arguments.left() > 0)
    return fail(ErrorCode::invalid, "there are extra arguments at the end of the line");
  return done;
}

/// A row for a line that sshd refuses: not what is in force, but what a check should point at.
void Reader::keep_refused(const Keyword& keyword, std::string_view rest, const Origin& where,
                          Place& place) {
  if (keyword.kind == Kind::match) {  // whom the lines below are about is not known
    place.scope = "Match";
    place.startup = false;
    place.block = &discarded_;
  } else if (!keyword.key.empty() && (keyword.in_match || place.scope.empty())) {
    place.block->entries.push_back(
        {order_++, std::string(keyword.key), {std::string(trim(rest))}, where, {}, true});
  }
}

bool Reader::include(Arguments& arguments, const Origin& where, const Place& place,
                     unsigned depth) {
  bool any = false;
  while (const std::string* word = arguments.take()) {
    any = true;
    if (word->empty())
      return refuse({ErrorCode::invalid, "`Include` has an empty argument", where});
    if (!include_one(*word, where, place, depth)) return false;
  }
  if (!any) return refuse({ErrorCode::invalid, "`Include` has no argument", where});
  return true;
}

bool Reader::include_one(const std::string& word, const Origin& where, const Place& place,
                         unsigned depth) {
  // sshd_config(5) Include: relative to /etc/ssh; glob(7) patterns in lexical order; no match is
  // legal. A tilde stands for itself here and leads nowhere.
  if (word.starts_with('~')) return true;
  const std::string pattern = word.starts_with('/') ? word : "/etc/ssh/" + word;
  const Root::Glob found = request_.root.glob(pattern);
  for (const Error& error : found.errors) {
    Error named = error;
    named.what = fmt::format("while expanding `{}`: {}", pattern, error.what);
    refuse(std::move(named));
  }
  if (!found.errors.empty()) return false;
  for (const std::string& path : found.paths)
    if (!read_file(path, where, place, depth + 1)) return false;
  return true;
}

Result<bool> Reader::enter_match(std::string_view text, Place& place) {
  auto criteria = read_criteria(text, host_);
  if (!criteria) return fail(criteria.error());
  const std::string scope = criteria->scope();
  place.scope = place.outer.empty() ? scope : place.outer + " && " + scope;
  place.startup = place.outer_startup && criteria->items[0].name == "all";
  if (!for_connection()) {
    blocks_.emplace_back();
    blocks_.back().scope = place.scope;
    place.block = &blocks_.back();
    return true;
  }
  place.active = place.outer_active;
  if (place.active) {
    const auto holding = holds(*criteria, request_.context, host_);
    if (!holding) return holding;
    place.active = *holding;
  }
  place.block = place.active ? &connection_ : &discarded_;
  return true;
}

Result<bool> Reader::take(const Keyword& keyword, Arguments& arguments, const Origin& where,
                          Place& place) {
  bool handled = false;
  // What may stand outside Match only counts there, also where `Match all` holds it.
  Block& block = keyword.in_match ? *place.block : global();
  if (auto done = special(keyword, arguments, where, block, handled); !done || handled) return done;
  auto reading = is_list_of_algorithms(keyword) && !other_version_.empty()
                     ? read_foreign_list(arguments)
                     : read_values(keyword, arguments, host_);
  if (!reading) return fail(reading.error());
  if (auto fits = check_counts(keyword, *reading, block, place); !fits) return fits;
  if (place.startup) note_startup(keyword.key, *reading, where);
  store(keyword, std::move(*reading), where, block);
  return true;
}

/// A list for another version stands as it is, but an edit of a list that is not known does not.
Result<Reading> Reader::read_foreign_list(Arguments& arguments) const {
  const std::string* word = arguments.take();
  if (word == nullptr || word->empty()) return fail(ErrorCode::invalid, "there is no argument");
  if (word->find_first_of("+-^") == 0 || word->find_first_of("*?") != std::string::npos)
    return fail(ErrorCode::unsupported,
                fmt::format("the built-in list of openssh-server {} is not known", other_version_));
  return Reading{{*word}};
}

void Reader::note_startup(std::string_view key, const Reading& reading, const Origin& where) {
  if (reading.values.empty() || reading.mode != Reading::Mode::first) return;
  if (key != kPrincipalsCommand)
    startup_.try_emplace(std::string(key), reading.values[0], where);
  else if (!startup_.contains(kKeysCommand))
    startup_.insert_or_assign(std::string(key), std::pair(reading.values[0], where));
}

/// Keywords whose lines do not simply give a value.
Result<bool> Reader::special(const Keyword& keyword, Arguments& arguments, const Origin& where,
                             Block& block, bool& handled) {
  handled = true;
  if (keyword.kind == Kind::ignored) {
    std::string text(keyword.name);
    while (const std::string* word = arguments.take()) text += " " + *word;
    put(block, "@ignored", {std::move(text)}, where);
    return true;
  }
  if (keyword.kind == Kind::rekey_limit) {
    const auto limit = read_rekey_limit(arguments);
    if (!limit) return fail(limit.error());
    if (!block.rekey.bytes) block.rekey.bytes = limit->bytes;
    if (!block.rekey.seconds) block.rekey.seconds = limit->seconds;
    store(keyword, {{fmt::format("{} {}", *limit->bytes, limit->seconds.value_or(0))}}, where,
          block);
    return true;
  }
  if (keyword.kind == Kind::max_startups) {
    const auto limits = read_max_startups(arguments, startups_);
    if (!limits) return fail(limits.error());
    startups_ = *limits;
    store(keyword,
          {{fmt::format("{}:{}:{}", startups_.begin, startups_.rate, startups_.full)},
           Reading::Mode::last},
          where, block);
    return true;
  }
  if (keyword.kind == Kind::listen_address) {
    auto address = read_listen_address(arguments, host_);
    if (!address) return fail(address.error());
    // The ports are known only at the end: the row holds host and port until then.
    put(block, "listenaddress", {address->host, address->port.value_or("")}, where);
    return true;
  }
  handled = false;
  return true;
}

/// Checks that look at what other lines have said.
Result<bool> Reader::check_counts(const Keyword& keyword, const Reading& reading,
                                  const Block& block, const Place& place) {
  const auto counted = [&](std::string_view key) {
    const auto found = block.count.find(key);
    return found == block.count.end() ? std::size_t{0} : found->second;
  };
  if (keyword.kind == Kind::port && counted("port") >= kMostPorts)
    return fail(ErrorCode::invalid, "too many ports");
  if (keyword.kind == Kind::subsystem) {
    if (counted("subsystem") >= kMostSubsystems)
      return fail(ErrorCode::invalid, "too many subsystems");
    const std::string_view value = reading.values[0];
    for (const Entry& entry : block.entries)
      if (entry.key == "subsystem" && entry.values[0].size() > value.find(' ') &&
          entry.values[0].substr(0, value.find(' ') + 1) == value.substr(0, value.find(' ') + 1))
        return fail(ErrorCode::invalid, "this subsystem is defined already");
  }
  if (keyword.kind == Kind::methods) {
    const std::string& methods = reading.values[0];
    const bool any = methods == "any" || methods.ends_with(" any");
    const bool earlier = startup_.contains(keyword.key) || connection_.has(keyword.key);
    if (any && (earlier || (methods != "any" && (place.startup || place.block == &connection_))))
      return fail(ErrorCode::invalid, "`any` must appear alone");
  }
  return true;
}

void Reader::put(Block& block, std::string key, std::vector<std::string> values,
                 const Origin& where) {
  block.count[key] += values.size();
  block.entries.push_back({order_++, std::move(key), std::move(values), where, {}});
}

std::vector<Shadowed> Reader::drop(Block& block, std::list<Entry>::iterator entry,
                                   std::string_view why) {
  std::vector<Shadowed> out = std::move(entry->shadowed);
  for (std::string& value : entry->values)
    out.push_back({std::move(value), entry->origin, std::string(why)});
  block.entries.erase(entry);
  return out;
}

void Reader::store(const Keyword& keyword, Reading reading, const Origin& where, Block& block) {
  if (reading.values.empty()) return;
  const std::string key(keyword.key);
  if (reading.mode == Reading::Mode::append) {
    put(block, key, std::move(reading.values), where);
    return;
  }
  if (key == kPrincipalsCommand) {
    if (block.has(kKeysCommand) || (&block == &global() && startup_.contains(kKeysCommand))) {
      block.lost[key].push_back({reading.values[0], where, std::string(kKeysCommandFirst)});
      return;
    }
    reading.mode = Reading::Mode::last;
  }
  const auto found = block.single.find(key);
  if (found != block.single.end()) {
    const Entry& earlier = *found->second;
    if (earlier.origin.file == where.file && earlier.values != reading.values)
      put(block, "@contradiction", {key}, where);
  }
  if (found != block.single.end() && reading.mode == Reading::Mode::first) {
    for (std::string& value : reading.values)
      found->second->shadowed.push_back({std::move(value), where, std::string(kFirstStands)});
    return;
  }
  std::vector<Shadowed> shadowed;
  if (found != block.single.end()) shadowed = drop(block, found->second, kLastStands);
  block.entries.push_back({order_++, key, std::move(reading.values), where, std::move(shadowed)});
  block.single[key] = std::prev(block.entries.end());
}

bool Reader::settle() {
  for (Block& block : blocks_) {
    finish_rekey(block, global().rekey);
    if (!settle_algorithms(block)) return false;
  }
  finish_rekey(connection_, global().rekey);
  if (!settle_algorithms(connection_)) return false;
  settle_main_part();
  if (!settle_listen_addresses() || !check_commands() || !check_methods()) return false;
  if (for_connection()) merge_connection();
  for (const Error& error : host_.errors()) facts_.gap(error);
  return true;
}

/// Works the algorithm lists of a block out. A list that comes to nothing is refused where it takes
/// effect; one from which everything was taken away is empty, and outside Match that is not set.
bool Reader::settle_algorithms(Block& block) {
  const bool in_force = &block == &global() || &block == &connection_;
  for (const auto& [key, kind] : kEditable) {
    const auto found = block.single.find(key);
    if (found == block.single.end() || !other_version_.empty()) continue;
    Entry& entry = *found->second;
    auto list = openssh::assemble_algorithms(openssh::algorithms(kind), entry.values[0]);
    if (!list && in_force)
      return refuse({ErrorCode::invalid,
                     fmt::format("`{}` names no algorithm of this build", entry.values[0]),
                     entry.origin});
    if (list && list->empty() && &block == &global())
      list = openssh::join_names(openssh::algorithms(kind).defaults);
    if (list) entry.values = {std::move(*list)};
  }
  return true;
}

/// Values that mean something else outside Match blocks than in them.
void Reader::settle_main_part() {
  Block& main = global();
  const auto principals = main.single.find("authorizedprincipalsfile");
  if (principals != main.single.end() && iequals(principals->second->values[0], "none"))
    principals->second->values = {"none"};
  const auto channels = main.single.find("channeltimeout");
  if (channels != main.single.end() && iequals(channels->second->values[0], "none")) {
    main.entries.erase(channels->second);  // the dump has no such line: nothing is limited
    main.single.erase(channels);
  }
}

/// sshd_config(5) RekeyLimit: both halves are first value wins, each for itself.
void Reader::finish_rekey(Block& block, const RekeyLimit& fallback) {
  const auto found = block.single.find("rekeylimit");
  if (found == block.single.end()) return;
  const long long bytes = block.rekey.bytes.value_or(fallback.bytes.value_or(0));
  const int seconds = block.rekey.seconds.value_or(fallback.seconds.value_or(0));
  found->second->values = {fmt::format("{} {}", bytes, seconds)};
}

/// The keyword that switches an authentication method on.
std::string_view enabling_key(std::string_view method) {
  if (method == "publickey") return "pubkeyauthentication";
  if (method == "password") return "passwordauthentication";
  if (method == "keyboard-interactive") return "kbdinteractiveauthentication";
  if (method == "hostbased") return "hostbasedauthentication";
  return "gssapiauthentication";
}

/// The value with which sshd starts, the default included.
std::string Reader::effective(std::string_view key) const {
  const auto found = startup_.find(key);
  if (found != startup_.end()) return found->second.first;
  for (const Default& known : defaults())
    if (known.key == key) return std::string(known.value);
  return {};
}

/// sshd(8) checks this as it starts, whatever Match blocks say that need a connection.
bool Reader::check_commands() {
  for (const std::string_view key : {kKeysCommand, kPrincipalsCommand}) {
    const auto found = startup_.find(key);
    if (found == startup_.end() || iequals(found->second.first, "none")) continue;
    if (!startup_.contains(std::string(key) + "user"))
      return refuse({ErrorCode::invalid, fmt::format("`{}` is set without `{}user`", key, key),
                     found->second.second});
  }
  return true;
}

/// At least one list of AuthenticationMethods must consist of enabled methods.
bool Reader::check_methods() {
  const auto found = startup_.find("authenticationmethods");
  if (found == startup_.end() || found->second.first == "any") return true;
  const auto enabled = [&](std::string_view method) {
    const std::string_view name = method.substr(0, method.find(':'));
    return name == "none" || effective(enabling_key(name)) == "yes";
  };
  for (const std::string_view list : words(found->second.first, " ")) {
    const auto methods = split(list, ',');
    if (std::all_of(methods.begin(), methods.end(), enabled)) return true;
  }
  return refuse({ErrorCode::invalid,
                 "no list of `AuthenticationMethods` consists of enabled methods",
                 found->second.second});
}

/// sshd_config(5) ListenAddress: one socket for each port where none is given.
bool Reader::settle_listen_addresses() {
  std::vector<std::string> ports;
  for (const Entry& entry : global().entries)
    if (entry.key == "port" && !entry.refused) ports.push_back(entry.values[0]);
  if (ports.empty()) ports.emplace_back("22");
  const std::string family = effective("addressfamily");
  for (Entry& entry : global().entries) {
    if (entry.key != "listenaddress" || entry.refused) continue;
    const std::string host = entry.values[0];
    const std::string port = entry.values[1];
    std::vector<std::string> addresses{host};
    if (!openssh::parse_address(host)) {
      addresses = host_.addresses(host);
      if (addresses.empty()) addresses = {host};  // a name that only DNS knows
    }
    entry.values.clear();
    for (const std::string& one : port.empty() ? ports : std::vector<std::string>{port}) {
      for (const std::string& text : addresses) {
        const auto address = openssh::parse_address(text);
        if (address && family == (address->v6 ? "inet" : "inet6")) continue;
        entry.values.push_back(!address      ? text + ":" + one
                               : address->v6 ? fmt::format("[{}]:{}", address->text(), one)
                                             : address->text() + ":" + one);
      }
    }
    if (entry.values.empty() || host.empty())
      refuse({ErrorCode::invalid, fmt::format("`{}` is not an address of family {}", host, family),
              entry.origin});
    if (entry.values.empty()) entry.values = {host};
  }
  return true;
}

/// sshd_config(5) Match: settings of the blocks that hold replace those of the main part, lists
/// included.
void Reader::merge_connection() {
  Block& main = global();
  std::map<std::string, Entry*, std::less<>> first;
  for (Entry& entry : connection_.entries) first.try_emplace(entry.key, &entry);
  for (auto entry = main.entries.begin(); entry != main.entries.end();) {
    const auto winner = first.find(entry->key);
    if (winner == first.end()) {
      ++entry;
      continue;
    }
    for (const std::string& value : entry->values)
      winner->second->shadowed.push_back({value, entry->origin, std::string(kMatchStands)});
    entry = main.entries.erase(entry);
  }
  main.entries.splice(main.entries.end(), connection_.entries);
}

void Reader::emit() {
  struct Row {
    const Block* block;
    const Entry* entry;
  };
  std::vector<Row> rows;
  for (const Block& block : blocks_)
    for (const Entry& entry : block.entries) rows.push_back({&block, &entry});
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.entry->order < b.entry->order; });
  auto file = files_.begin();
  for (const Row& row : rows) {
    for (; file != files_.end() && file->first < row.entry->order; ++file)
      facts_.setting("@file", file->second.file, file->second);
    for (std::size_t i = 0; i < row.entry->values.size(); ++i) {
      Fact& fact =
          facts_.setting(row.entry->key, row.entry->values[i], row.entry->origin, row.block->scope);
      if (i == 0) fact.shadowed = row.entry->shadowed;
    }
  }
  for (; file != files_.end(); ++file) facts_.setting("@file", file->second.file, file->second);
  emit_defaults();
}

void Reader::emit_default(std::string key, std::string value) {
  const bool given = std::any_of(global().entries.begin(), global().entries.end(),
                                 [&](const Entry& entry) { return entry.key == key; });
  if (given) return;
  Fact& fact = facts_.setting(key, std::move(value), {});
  if (const auto lost = global().lost.find(key); lost != global().lost.end())
    fact.shadowed = lost->second;
}

void Reader::emit_defaults() {
  std::vector<std::string> ports;
  for (const Entry& entry : global().entries)
    if (entry.key == "port" && !entry.refused) ports.push_back(entry.values[0]);
  const std::string family = effective("addressfamily");
  if (std::none_of(global().entries.begin(), global().entries.end(),
                   [](const Entry& entry) { return entry.key == "listenaddress"; })) {
    for (const std::string& port : ports.empty() ? std::vector<std::string>{"22"} : ports) {
      if (family != "inet") facts_.setting("listenaddress", "[::]:" + port, {});
      if (family != "inet6") facts_.setting("listenaddress", "0.0.0.0:" + port, {});
    }
  }
  if (ports.empty()) facts_.setting("port", "22", {});
  if (std::none_of(global().entries.begin(), global().entries.end(),
                   [](const Entry& entry) { return entry.key == "hostkey"; }))
    for (const std::string_view type : {"rsa", "ecdsa", "ed25519"})
      facts_.setting("hostkey", fmt::format("/etc/ssh/ssh_host_{}_key", type), {});
  for (const auto& [key, kind] : kEditable)
    if (other_version_.empty())
      emit_default(std::string(key), openssh::join_names(openssh::algorithms(kind).defaults));
  emit_default("gssapikexalgorithms", std::string(openssh::default_gss_kex()));
  for (const Default& known : defaults())
    emit_default(std::string(known.key), std::string(known.value));
}

/// With a configuration that sshd refuses nothing is in force; what was read still tells where to
/// look.
void Reader::keep_files_only() {
  for (const auto& [order, origin] : files_) facts_.setting("@file", origin.file, origin);
}

}  // namespace

void read_configuration(const Request& request, const std::string& main_file,
                        const std::string& other_version, Facts& facts) {
  Reader(request, other_version, facts).run(main_file);
}

}  // namespace plimsoll::sshd
