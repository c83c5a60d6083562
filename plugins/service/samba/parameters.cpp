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

void ParameterTable::add_rows(std::string_view rows, bool is_local, std::vector<Parameter>& out) {
  // Names point to the parameters, so these must not move.
  out.reserve(static_cast<std::size_t>(std::count(rows.begin(), rows.end(), '\n')));
  for (const Line& line : lines(rows)) {
    auto columns = split(line.text, '|');
    columns.resize(5);
    Parameter one{columns[0], lower(columns[0]), kind_named(columns[2]),
                  columns[3], is_local,          out.size(),
                  nullptr};
    if (one.kind == Kind::choice) one.choices = choices(columns[4]);
    out.push_back(std::move(one));
    names_.emplace(folded(columns[0]), Name{&out.back(), false});
    for (std::string_view other : split(columns[1], ',')) {
      const bool is_reverse = other.starts_with('!');
      if (is_reverse) other.remove_prefix(1);
      if (!other.empty()) names_.emplace(folded(other), Name{&out.back(), is_reverse});
    }
  }
}

const ParameterTable& ParameterTable::get() {
  static const ParameterTable table;
  return table;
}

std::optional<Name> ParameterTable::named(std::string_view name) const {
  const auto found = names_.find(folded(name));
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

const Parameter& ParameterTable::at(std::string_view key) const {
  const auto found = names_.find(folded(key));
  assert(found != names_.end());
  return *found->second.parameter;
}

std::optional<std::string_view> choice_named(const Parameter& parameter, std::string_view value) {
  const std::string wanted = folded(value);
  for (const Spellings& spellings : *parameter.choices)
    for (const std::string_view spelling : spellings)
      if (folded(spelling) == wanted) return spellings[0];
  return std::nullopt;
}

}  // namespace plimsoll::samba
