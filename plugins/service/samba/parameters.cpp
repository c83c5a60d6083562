#include "plugins/service/samba/parameters.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 10> kKinds = {{{"bool", Kind::yesno},
                                                                       {"int", Kind::integer},
                                                                       {"bytes", Kind::bytes},
                                                                       {"octal", Kind::octal},
                                                                       {"char", Kind::character},
                                                                       {"text", Kind::text},
                                                                       {"upper", Kind::upper},
                                                                       {"list", Kind::list},
                                                                       {"words", Kind::words},
                                                                       {"enum", Kind::choice}}};

Kind kind_named(std::string_view name) {
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(),
                                         [&](const auto& kind) { return kind.first == name; });
  return found == kKinds.end() ? Kind::text : found->second;
}

std::optional<Version> version_named(std::string_view text) {
  if (text == "17") return Version::v4_17;
  if (text == "22") return Version::v4_22;
  return std::nullopt;
}

}  // namespace

ParameterTable::ParameterTable() {
  for (const Line& line : lines(choice_rows())) {
    const auto columns = split(line.text, '|');
    nicknames_.emplace(columns[0], columns[1]);
  }
  add_rows(global_rows(), false, globals_);
  add_rows(local_rows(), true, locals_);
}

const std::vector<Spellings>* ParameterTable::choices(std::string_view text) {
  if (const auto nickname = nicknames_.find(text); nickname != nicknames_.end())
    text = nickname->second;
  std::vector<Spellings>& out = choices_[text];
  if (out.empty())
    for (const std::string_view one : split(text, ',')) out.push_back(split(one, '/'));
  return &out;
}

void ParameterTable::add_name(std::string_view name, const Parameter& parameter, bool is_reverse) {
  for (const Version version : {Version::v4_17, Version::v4_22})
    if (parameter.only.value_or(version) == version)
      names_[static_cast<std::size_t>(version)].emplace(folded(name), Name{&parameter, is_reverse});
}

void ParameterTable::add_rows(std::string_view rows, bool is_local, std::vector<Parameter>& out) {
  // Names point to the parameters, so these must not move.
  out.reserve(static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')));
  for (const Line& line : lines(rows)) {
    constexpr std::size_t kColumns = 6;
    auto columns = split(line.text, '|');
    columns.resize(kColumns);
    Parameter one{columns[1], lower(columns[1]), kind_named(columns[3]),    columns[4],
                  is_local,   out.size(),        version_named(columns[0]), nullptr};
    if (one.kind == Kind::choice) one.choices = choices(columns[5]);
    out.push_back(std::move(one));
    add_name(columns[1], out.back(), false);
    for (std::string_view other : split(columns[2], ',')) {
      const bool is_reverse = other.starts_with('!');
      if (is_reverse) other.remove_prefix(1);
      if (!other.empty()) add_name(other, out.back(), is_reverse);
    }
  }
}

const ParameterTable& ParameterTable::get() {
  static const ParameterTable table;
  return table;
}

std::optional<Name> ParameterTable::named(std::string_view name, Version version) const {
  const auto& names = names_[static_cast<std::size_t>(version)];
  const auto found = names.find(folded(name));
  if (found == names.end()) return std::nullopt;
  return found->second;
}

std::optional<Name> ParameterTable::named(std::string_view name) const {
  const auto newer = named(name, Version::v4_22);
  return newer ? newer : named(name, Version::v4_17);
}

const Parameter& ParameterTable::at(std::string_view key) const {
  const auto found = named(key);
  assert(found);
  return *found->parameter;
}

std::optional<std::string_view> choice_named(const Parameter& parameter, std::string_view value) {
  const std::string wanted = folded(value);
  for (const Spellings& spellings : *parameter.choices)
    for (const std::string_view spelling : spellings)
      if (folded(spelling) == wanted) return spellings[0];
  return std::nullopt;
}

}  // namespace plimsoll::samba
