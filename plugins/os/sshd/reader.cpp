#include "plugins/os/sshd/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/os/sshd/configuration.h"
#include "plugins/os/sshd/match.h"
#include "scanner/base/text.h"

namespace plimsoll::sshd {
namespace {

constexpr unsigned kIncludeDepth = 16;      // sshd stops beyond this itself
constexpr std::size_t kIncludes = 4096;     // ours: readings of files, repetitions counted
constexpr std::size_t kBytes = 64U << 20U;  // ours: of all of them together
constexpr std::size_t kMostPorts = 256;     // sshd's own
constexpr std::size_t kMostSubsystems = 256;

constexpr std::string_view kFirstStands = "sshd keeps the first value it reads";
constexpr std::string_view kLastStands = "for this keyword sshd keeps the last value it reads";
constexpr std::string_view kKeysCommandFirst =
    "sshd 9.2 ignores AuthorizedPrincipalsCommand once AuthorizedKeysCommand is set";

bool is_list_of_algorithms(const Keyword& keyword) {
  return std::any_of(kEditable.begin(), kEditable.end(),
                     [&](const auto& pair) { return pair.first == keyword.key; });
}

}  // namespace

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

void read_configuration(const Request& request, const std::string& main_file,
                        const std::string& other_version, Facts& facts) {
  Reader(request, other_version, facts).run(main_file);
}

}  // namespace plimsoll::sshd
