#include "plugins/os/pam/module_options.h"

#include "scanner/base/text.h"

namespace plimsoll {

std::vector<PamModuleCall> pam_module_calls(const Root& root, Facts& facts, std::string_view module,
                                            std::string_view (*job)(const PamModuleCall&)) {
  using Place = std::pair<std::string, std::uint32_t>;
  std::map<Place, PamModuleCall> calls;
  for (const PamService& service : read_pam_services(root, facts))
    for (std::size_t type = 0; type < kPamTypes; ++type)
      for (const PamHandler& handler : service.stacks[type])
        if (handler.module == module)
          calls.try_emplace({handler.origin.file, handler.origin.line},
                            PamModuleCall{handler.origin.file, static_cast<PamType>(type),
                                          handler.arguments, handler.origin});
  // Not finding PAM at all says nothing against the module's own configuration file.
  facts.not_applicable.clear();
  std::vector<PamModuleCall> out;
  std::map<std::string, std::size_t> seen;
  for (auto& [place, call] : calls) {
    if (job != nullptr) call.scope.append(" ").append(job(call));
    const std::size_t number = ++seen[call.scope];
    if (number > 1) call.scope += " #" + std::to_string(number);
    out.push_back(std::move(call));
  }
  return out;
}

void OptionValues::set_default(std::string_view key, std::string value) {
  Fact& fact = by_key_[std::string(key)];
  fact.key = key;
  fact.value = std::move(value);
}

void OptionValues::assign(std::string_view key, std::string value, Origin origin,
                          std::string_view why) {
  Fact& fact = by_key_[std::string(key)];
  fact.key = key;
  if (!fact.origin.is_default())
    fact.shadowed.push_back({std::move(fact.value), std::move(fact.origin), std::string(why)});
  fact.value = std::move(value);
  fact.origin = std::move(origin);
}

const Fact* OptionValues::find(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

void OptionValues::add_to(Facts& facts, const std::string& scope) const {
  for (const auto& [key, fact] : by_key_) {
    facts.rows.push_back(fact);
    facts.rows.back().scope = scope;
  }
}

std::optional<OptionLine> option_line(std::string_view line) {
  line = line.substr(0, line.find('\0'));  // C strings
  line = trim(line.substr(0, line.find('#')));
  if (line.empty()) return std::nullopt;
  const auto end = line.find_first_of(" \t\r\n\v\f=");
  const std::string_view name = line.substr(0, end);
  if (end == std::string_view::npos) return OptionLine{name, {}};
  bool equals = false;
  std::size_t at = end;
  for (; at < line.size(); ++at) {
    const bool blank = kBlanks.find(line[at]) != std::string_view::npos;
    if (!blank && (line[at] != '=' || equals)) break;
    equals = equals || line[at] == '=';
  }
  return OptionLine{name, line.substr(at)};
}

OptionLine option_argument(std::string_view argument) {
  const auto equals = argument.find('=');
  if (equals == std::string_view::npos) return {argument, {}};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

}  // namespace plimsoll
