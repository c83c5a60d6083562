#include "plugins/service/mysql/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::mysql {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 11> kKinds = {{
    {"action", Kind::action},
    {"boolean", Kind::boolean},
    {"bit", Kind::bit},
    {"integer", Kind::integer},
    {"natural", Kind::natural},
    {"real", Kind::real},
    {"text", Kind::text},
    {"choice", Kind::choice},
    {"set", Kind::set},
    {"flags", Kind::flags},
    {"removed", Kind::removed},
}};

template <class Number>
Number number(std::string_view text) {
  Number out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

void read_kind(std::string_view text, Option& option) {
  option.is_variable = text.find('*') == std::string_view::npos;
  option.sets_itself = text.find('@') != std::string_view::npos;
  if (text.ends_with('^')) option.maximum = Option::Maximum::sets;
  if (text.ends_with('!')) option.maximum = Option::Maximum::none;
  text = text.substr(0, text.find_first_of("*@^!"));
  for (const auto& [name, kind] : kKinds)
    if (name == text) option.kind = kind;
}

void read_limits(std::string_view least, std::string_view most, Option& option) {
  if (option.kind == Kind::real) {
    option.least_real = number<double>(least);
    option.most_real = number<double>(most);
  } else if (option.kind == Kind::integer) {
    option.least = static_cast<std::uint64_t>(number<std::int64_t>(least));
    option.most = static_cast<std::uint64_t>(number<std::int64_t>(most));
  } else {
    option.least = number<std::uint64_t>(least);
    option.most = number<std::uint64_t>(most);
  }
}

}  // namespace

OptionTable::OptionTable() {
  options_.reserve(800);
  read(server_options());
  read(plugin_options());
  for (const Option& option : options_) {
    if (option.stage >= stages_.size()) stages_.resize(option.stage + 1);
    stages_[option.stage].emplace(option.name, &option);
  }
}

void OptionTable::read(std::string_view table) {
  for (const Line& line : lines(table)) {
    const auto columns = words(line.text);
    if (columns.size() < 4) continue;
    const auto column = [&](std::size_t i) {
      return i < columns.size() && columns[i] != "-" ? columns[i] : std::string_view();
    };
    Option& option = options_.emplace_back();
    option.name = columns[0];
    read_kind(columns[1], option);
    option.takes = columns[2] == "none"  ? Takes::nothing
                   : columns[2] == "may" ? Takes::maybe
                                         : Takes::value;
    option.stage = number<unsigned>(columns[3]);
    read_limits(column(4), column(5), option);
    option.block =
        column(6) == "-1" ? 0 : std::max<std::uint64_t>(1, number<std::uint64_t>(column(6)));
    option.stored_as = column(7);
    if (!column(8).empty()) option.words = split(column(8), ',');
    option.initial = column(9);
  }
}

const OptionTable& OptionTable::get() {
  static const OptionTable table;
  return table;
}

Match OptionTable::find(std::size_t stage, std::string_view name, bool whole) const {
  const auto& options = stages_[stage];
  auto at = options.lower_bound(name);
  if (at == options.end() || !at->first.starts_with(name)) return {};
  if (at->first == name) return {1, at->second};
  if (whole) return {};
  Match out{1, at->second};
  if (++at != options.end() && at->first.starts_with(name)) out.count = 2;
  return out;
}

const Option* OptionTable::named(std::string_view name) const {
  for (const auto& options : stages_)
    if (const auto found = options.find(name); found != options.end()) return found->second;
  return nullptr;
}

}  // namespace plimsoll::mysql
