#include "plugins/service/samba/rows.h"

#include <fmt/format.h>

#include "plugins/service/samba/words.h"

namespace plimsoll::samba {
namespace {

constexpr std::size_t kMostBytes = 64U << 20U;  // of values, with every section that inherits them

class Writer {
 public:
  Writer(bool with_defaults, Facts& facts) : with_defaults_(with_defaults), facts_(facts) {}

  void write(std::string key, const Setting& setting, const Section& section, std::size_t number) {
    if (is_full_ || (setting.origin.is_default() && !with_defaults_)) return;
    bytes_ += setting.held.text.size() + section.name.size();
    if (bytes_ > kMostBytes) {
      is_full_ = true;
      return facts_.gap(
          {ErrorCode::limit,
           fmt::format("values of more than {} bytes, with those that are inherited", kMostBytes),
           section.origin});
    }
    Fact& fact = facts_.setting(std::move(key), setting.held.text, setting.origin, section.name);
    // What a section inherits is told of its own section.
    if (setting.section != number) return;
    const Setting* newer = &setting;
    for (; newer->previous != nullptr; newer = newer->previous.get())
      fact.shadowed.insert(fact.shadowed.begin(),
                           {newer->previous->held.text, newer->previous->origin, newer->why});
  }

 private:
  bool with_defaults_;
  Facts& facts_;
  bool is_full_ = false;
  std::size_t bytes_ = 0;
};

/// Not what another version has, and not what depends on the machine, until somebody says it.
bool is_known(const Parameter& parameter, const Setting& setting, Version release) {
  if (!setting.origin.is_default()) return true;
  if (parameter.only.value_or(release) != release) return false;
  const bool is_of_machine = parameter.key == "max open files" || parameter.key == "netbios name";
  return !is_of_machine || !setting.held.text.empty();
}

}  // namespace

void write_settings(const Configuration& configuration, bool with_defaults, Facts& facts) {
  const ParameterTable& table = ParameterTable::get();
  for (const Origin& file : configuration.files) facts.setting("@file", file.file, file);
  const Version release = configuration.host.release;
  Writer writer(with_defaults, facts);
  for (const Parameter& parameter : table.globals()) {
    const Setting& setting = *configuration.globals[parameter.index];
    if (is_known(parameter, setting, release))
      writer.write(parameter.key, setting, configuration.global(), 0);
    // The name it has had for most of its life, and still has for people.
    if (parameter.key == "smb1 unix extensions")
      writer.write("unix extensions", setting, configuration.global(), 0);
  }
  for (std::size_t i = 0; i < configuration.sections.size(); ++i) {
    const Section& section = configuration.sections[i];
    if (section.value("-valid") != "Yes" && i != 0) continue;
    for (const Parameter& parameter : table.locals())
      if (const Setting& setting = *section.locals[parameter.index];
          parameter.key != "-valid" && is_known(parameter, setting, release))
        writer.write(parameter.key, setting, section, i);
    for (const Parametric& option : section.options)
      writer.write(option.key, *option.setting, section, i);
  }
}

}  // namespace plimsoll::samba
