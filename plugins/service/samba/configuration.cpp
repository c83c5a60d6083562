#include "plugins/service/samba/configuration.h"

#include "plugins/service/samba/letters.h"
#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

constexpr unsigned kMostShadowed = 100;  // of one parameter

SettingPtr beginning(const Parameter& parameter) {
  auto out = std::make_shared<Setting>();
  out->held = fallback_of(parameter);
  return out;
}

}  // namespace

const Setting& Section::setting(std::string_view key) const {
  return *locals[ParameterTable::get().at(key).index];
}

const std::string& Section::value(std::string_view key) const { return setting(key).held.text; }

const Setting& Configuration::setting(std::string_view key) const {
  const Parameter& parameter = ParameterTable::get().at(key);
  return parameter.is_local ? *global().locals[parameter.index] : *globals[parameter.index];
}

const std::string& Configuration::value(std::string_view key) const {
  return setting(key).held.text;
}

void replace(SettingPtr& place, Held held, const Origin& origin, std::size_t section,
             std::string why) {
  auto out = std::make_shared<Setting>();
  out->held = std::move(held);
  out->origin = origin;
  out->section = section;
  const bool is_same = place && !place->origin.is_default() && place->section == section;
  if (is_same && place->depth < kMostShadowed) {
    out->previous = place;
    out->depth = place->depth + 1;
    out->why = why.empty() ? "a later line sets it again" : std::move(why);
  }
  place = std::move(out);
}

void set_option(Section& section, std::string_view key, std::string value, const Origin& origin,
                std::size_t number) {
  const auto [place, is_new] =
      section.option_index.emplace(folded(lower_letters(key)), section.options.size());
  if (is_new) section.options.push_back({lower_letters(trim_left(key)), nullptr});
  replace(section.options[place->second].setting, {std::move(value), {}, false}, origin, number);
}

Configuration begin_configuration(Surroundings host) {
  const ParameterTable& table = ParameterTable::get();
  Configuration out;
  out.host = std::move(host);
  for (const Parameter& parameter : table.globals()) out.globals.push_back(beginning(parameter));
  Section global;
  global.name = "global";
  for (const Parameter& parameter : table.locals()) global.locals.push_back(beginning(parameter));
  global.is_own.resize(table.locals().size());
  out.sections.push_back(std::move(global));
  const auto give = [&](std::string_view key, std::string value) {
    replace(out.globals[table.at(key).index], {std::move(value), {}, false}, {}, 0);
  };
  give("server string", "Samba " + out.host.version);
  give("netbios name", upper_letters(out.host.hostname).value_or(std::string()));
  set_option(out.global(), "idmap config * : backend", "tdb", {}, 0);
  return out;
}

}  // namespace plimsoll::samba
