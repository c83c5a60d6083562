#include "plugins/container/kube-flags/flags.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::kube {
namespace {

/// The name of a flag and what follows `=`; no name where the word is no flag.
struct Spelling {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

void cut_value(Spelling& spelling) {
  const auto equals = spelling.name.find('=');
  if (equals == std::string_view::npos) return;
  spelling.has_value = true;
  spelling.value = spelling.name.substr(equals + 1);
  spelling.name = spelling.name.substr(0, equals);
}

Spelling spelling_of(std::string_view word, Dialect dialect) {
  if (!word.starts_with('-') || word.size() < 2) return {};
  Spelling out;
  const bool is_short = !word.starts_with("--");
  out.name = word.substr(is_short ? 1 : 2);
  if (!is_short || dialect == Dialect::go) {
    cut_value(out);
    return out;
  }
  // One letter, and its value: `-v4`, `-v=4`. `-profiling=false` is the flag -p.
  out.value = out.name.substr(1);
  out.name = out.name.substr(0, 1);
  out.has_value = !out.value.empty();
  if (out.value.starts_with('=')) out.value.remove_prefix(1);
  return out;
}

std::string flag_name(std::string_view name, Dialect dialect) {
  std::string out(name);
  if (dialect == Dialect::pflag) std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

/// `NAME` of `NAME=value`, the whole of anything else.
std::string_view name_part(std::string_view element) {
  return element.substr(0, element.find('='));
}

}  // namespace

Takes takes(std::span<const Field> fields, std::string_view booleans, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  if (found != fields.end()) return found->type == Type::boolean ? Takes::nothing : Takes::value;
  return is_one_of(name, booleans) ? Takes::nothing : Takes::unknown;
}

CommandLine parse_flags(const std::vector<Argument>& arguments, Dialect dialect,
                        Takes (*takes)(std::string_view name)) {
  CommandLine out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& word = arguments[i];
    const bool is_end = word.text == "--";
    const Spelling spelled = is_end ? Spelling{} : spelling_of(word.text, dialect);
    if (word.open && (spelled.name.empty() || !spelled.has_value) && !out.open) out.open = word;
    if (is_end && i + 1 < arguments.size() && !out.stray) out.stray = arguments[i + 1];
    if (is_end) break;
    if (spelled.name.empty()) {
      if (!out.stray && !word.open) out.stray = word;
      if (dialect == Dialect::go && !word.open) break;
      continue;
    }
    Flag flag{flag_name(spelled.name, dialect), std::string(spelled.value), word.origin, word.open};
    const Takes wants = takes(flag.name);
    const bool next_is_flag = i + 1 < arguments.size() && arguments[i + 1].text.starts_with('-');
    if (wants == Takes::nothing && !spelled.has_value) {
      flag.value = "true";
    } else if (!spelled.has_value && i + 1 < arguments.size() &&
               (wants == Takes::value || !next_is_flag)) {
      flag.value = arguments[++i].text;
      flag.open = arguments[i].open;
    }
    if (wants == Takes::nothing) flag.value = canonical_boolean(flag.value);
    out.flags.push_back(std::move(flag));
  }
  return out;
}

std::string canonical_boolean(std::string_view value) {
  if (is_one_of(value, "1 t T TRUE true True")) return "true";
  if (is_one_of(value, "0 f F FALSE false False")) return "false";
  return std::string(value);
}

std::string canonical_gates(std::string_view value) {
  std::vector<std::string> out;
  for (const std::string_view gate : split(value, ',')) {
    const auto equals = gate.find('=');
    if (equals == std::string_view::npos) continue;
    out.push_back(std::string(trim(gate.substr(0, equals))) + "=" +
                  canonical_boolean(trim(gate.substr(equals + 1))));
  }
  return join(out, ",");
}

std::optional<bool> gate_state(std::string_view gates, std::string_view name) {
  std::optional<bool> own, all;
  for (const std::string_view gate : split(gates, ',')) {
    const std::string_view value = gate.substr(std::min(gate.size(), name_part(gate).size() + 1));
    if (name_part(gate) == name) own = value != "false";
    if (name_part(gate) == "AllBeta") all = value != "false";
  }
  return own ? own : all;
}

void replace(Settings& settings, const std::string& key, std::string value, Origin origin,
             const char* why) {
  const auto found = settings.find(key);
  if (found == settings.end()) {
    settings.emplace(key, Setting{std::move(value), std::move(origin), {}});
    return;
  }
  Setting& old = found->second;
  old.shadowed.push_back({std::move(old.value), std::move(old.origin), why});
  old.value = std::move(value);
  old.origin = std::move(origin);
}

std::optional<Setting> take_out(Settings& settings, std::string_view key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return std::nullopt;
  Setting out = std::move(found->second);
  settings.erase(found);
  return out;
}

void put_back_shadowed(Settings& settings, std::string_view key, std::optional<Setting> loser,
                       const char* why) {
  const auto winner = settings.find(key);
  if (!loser || winner == settings.end()) return;
  auto& shadowed = winner->second.shadowed;
  shadowed.push_back({std::move(loser->value), std::move(loser->origin), why});
  shadowed.insert(shadowed.end(), std::make_move_iterator(loser->shadowed.begin()),
                  std::make_move_iterator(loser->shadowed.end()));
}

void append(Settings& settings, const std::string& key, std::string_view value, Origin origin) {
  const auto found = settings.find(key);
  if (found == settings.end()) {
    settings.emplace(key, Setting{std::string(value), std::move(origin), {}});
    return;
  }
  std::map<std::string, std::string_view, std::less<>> by_name;
  const std::string old = std::move(found->second.value);
  std::vector<std::string> order;
  for (const std::string_view text : {std::string_view(old), value})
    for (const std::string_view element : split(text, ',')) {
      const auto [place, is_new] =
          by_name.insert_or_assign(std::string(name_part(element)), element);
      if (is_new) order.push_back(place->first);
    }
  std::vector<std::string_view> elements;
  for (const std::string& name : order) elements.push_back(by_name[name]);
  found->second.value = join(elements, ",");
  found->second.origin = std::move(origin);
}

void put_over(Settings& settings, Settings upper, const char* why) {
  for (auto& [key, setting] : upper) {
    replace(settings, key, std::move(setting.value), std::move(setting.origin), why);
    auto& shadowed = settings[key].shadowed;
    shadowed.insert(shadowed.end(), std::make_move_iterator(setting.shadowed.begin()),
                    std::make_move_iterator(setting.shadowed.end()));
  }
}

void drop_empty(Settings& settings, std::span<const Field> fields) {
  for (const Field& field : fields) {
    const bool may_be_empty =
        field.type == Type::text || field.type == Type::list || field.type == Type::set;
    const auto found = settings.find(field.name);
    if (may_be_empty && found != settings.end() && found->second.value.empty())
      settings.erase(found);
  }
}

std::string_view value_of(const Settings& settings, std::string_view key) {
  const auto found = settings.find(key);
  return found == settings.end() ? std::string_view{} : std::string_view(found->second.value);
}

}  // namespace plimsoll::kube
