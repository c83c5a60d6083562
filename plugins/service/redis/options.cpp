#include "plugins/service/redis/options.h"

#include <array>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 19> kKinds = {
    {{"yesno", Kind::yesno},
     {"word", Kind::word},
     {"words", Kind::words},
     {"text", Kind::text},
     {"bytes", Kind::bytes},
     {"integer", Kind::integer},
     {"natural", Kind::natural},
     {"size", Kind::size},
     {"natural_size", Kind::natural_size},
     {"share", Kind::share},
     {"octal", Kind::octal},
     {"dir", Kind::dir},
     {"save", Kind::save},
     {"limits", Kind::limits},
     {"scores", Kind::scores},
     {"events", Kind::events},
     {"bind", Kind::bind},
     {"replica", Kind::replica},
     {"percentiles", Kind::percentiles}}};

Kind kind_named(std::string_view name) {
  for (const auto& [word, kind] : kKinds)
    if (word == name) return kind;
  return Kind::text;
}

std::int64_t bound(std::string_view text) {
  // The one bound beyond 63 bits has all 64.
  return text == "18446744073709551615" ? -1 : to_integer(text).value_or(0);
}

Option option_of(const std::vector<std::string_view>& columns) {
  const auto column = [&](std::size_t i) {
    return i < columns.size() ? columns[i] : std::string_view();
  };
  Option out;
  out.name = column(1);
  out.alias = column(2);
  std::string_view kind = column(3);
  out.hidden = kind.ends_with('~');
  if (out.hidden) kind.remove_suffix(1);
  out.kind = kind_named(kind);
  out.fallback = column(4);
  out.least = bound(column(5));
  out.most = bound(column(6));
  out.words = words(column(7));
  return out;
}

}  // namespace

bool Option::takes_many() const {
  switch (kind) {
    case Kind::words:
    case Kind::save:
    case Kind::limits:
    case Kind::scores:
    case Kind::bind:
    case Kind::replica:
    case Kind::percentiles:
      return true;
    default:
      return false;
  }
}

OptionTable::OptionTable(char version) {
  for (const Line& line : lines(option_rows())) {
    const auto columns = split(line.text, '|');
    if (columns[0].find('*') == std::string_view::npos &&
        columns[0].find(version) == std::string_view::npos)
      continue;
    const Option option = option_of(columns);
    names_.emplace(option.name, options_.size());
    if (!option.alias.empty()) names_.emplace(option.alias, options_.size());
    options_.push_back(option);
  }
}

const OptionTable& OptionTable::of(Version version) {
  static const OptionTable seven('7');
  static const OptionTable eight('8');
  return version == Version::v7 ? seven : eight;
}

const Option* OptionTable::named(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &options_[found->second];
}

}  // namespace plimsoll::redis
