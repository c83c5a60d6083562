#include "plugins/service/redis/commands.h"

#include <array>

#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::array<std::string_view, 21> kCategories = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

std::uint32_t bits_of(std::string_view letters) {
  std::uint32_t out = 0;
  for (const char c : letters) out |= 1U << static_cast<unsigned>(c - 'a');
  return out;
}

}  // namespace

std::span<const std::string_view> categories() { return kCategories; }

std::optional<std::size_t> category_named(std::string_view name) {
  for (std::size_t i = 0; i < kCategories.size(); ++i)
    if (iequals(name, kCategories[i])) return i;
  return std::nullopt;
}

CommandTable::CommandTable(Version version) : members_(kCategories.size()) {
  for (const Line& line : lines(command_rows())) {
    const auto columns = words(line.text);
    const std::string_view letters =
        columns.size() > 2 && version == Version::v8 ? columns[2] : columns[1];
    if (letters == "-") continue;
    const std::size_t index = commands_.size();
    Command command{columns[0], bits_of(letters)};
    if (const std::size_t bar = columns[0].find('|'); bar != std::string_view::npos) {
      command.is_part = true;
      commands_[names_.at(columns[0].substr(0, bar))].parts.push_back(index);
    }
    for (std::size_t i = 0; i < kCategories.size(); ++i)
      if ((command.categories >> i & 1U) != 0) members_[i].push_back(index);
    names_.emplace(command.name, index);
    commands_.push_back(std::move(command));
  }
}

const CommandTable& CommandTable::of(Version version) {
  static const CommandTable seven(Version::v7);
  static const CommandTable eight(Version::v8);
  return version == Version::v7 ? seven : eight;
}

std::optional<std::size_t> CommandTable::find(std::string_view name) const {
  const auto found = names_.find(lower(name));
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

std::string CommandTable::called(const Renamed& renamed, std::string_view name, bool whole) const {
  const std::string_view first = name.substr(0, name.find('|'));
  const std::string_view rest = name.substr(first.size());
  std::string command;
  if (const auto found = renamed.find(whole ? name : first); found != renamed.end())
    command = found->second;
  else if (names_.count(whole ? name : first) != 0)
    command = whole ? name : first;
  if (whole) return command.find('|') == std::string::npos ? command : std::string();
  if (command.empty() || names_.count(command + std::string(rest)) == 0) return {};
  return command + std::string(rest);
}

}  // namespace plimsoll::redis
