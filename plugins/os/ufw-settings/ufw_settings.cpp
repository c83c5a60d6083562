#include "plugins/os/ufw-settings/ufw_settings.h"

#include <algorithm>
#include <map>

#include "scanner/formats/shell_assignment.h"

namespace plimsoll {
namespace {

constexpr std::size_t kShadowed = 16;

class Reader {
 public:
  UfwSettings read(const Root& root) {
    // The order in which ufw's start script sources them: ufw.conf wins.
    const bool defaults = file(root, "/etc/default/ufw");
    const bool conf = file(root, "/etc/ufw/ufw.conf");
    settings_.complete = defaults && conf;
    return std::move(settings_);
  }

 private:
  bool file(const Root& root, const std::string& path) {
    const auto text = root.read(path);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) settings_.errors.push_back(text.error());
      return false;
    }
    settings_.found = true;
    const ShellScript script = read_shell(*text);
    if (script.broken_at > 0)
      settings_.errors.push_back(
          {ErrorCode::invalid, "a quote without its end", {path, script.broken_at, 1}});
    for (const ShellCommand& command : script.commands) {
      const Origin here{path, command.line, 1};
      for (const ShellAssignment& assignment : shell_assignments(command)) {
        if (!assignment.has_value) continue;
        if (command.conditional || assignment.value.find('$') != std::string::npos)
          settings_.errors.push_back(
              {ErrorCode::unsupported, "a value that only a shell can tell", here});
        else
          set(assignment.name, assignment.value, here);
      }
    }
    return !text->empty();
  }

  void set(const std::string& name, const std::string& value, const Origin& origin) {
    const auto [found, is_new] = by_name_.try_emplace(name, settings_.all.size());
    if (is_new) {
      settings_.all.push_back({name, value, origin, {}});
      return;
    }
    UfwSetting& setting = settings_.all[found->second];
    if (setting.shadowed.size() < kShadowed)
      setting.shadowed.push_back({setting.value, setting.origin, "set again later"});
    setting.value = value;
    setting.origin = origin;
  }

  UfwSettings settings_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace

const UfwSetting* UfwSettings::find(std::string_view name) const {
  const auto place =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  return place == all.end() ? nullptr : &*place;
}

std::string_view UfwSettings::value(std::string_view name) const {
  const UfwSetting* setting = find(name);
  return setting == nullptr ? std::string_view() : setting->value;
}

bool UfwSettings::is_yes(std::string_view name) const {
  return value(name) == "yes" || value(name) == "YES";
}

UfwSettings read_ufw_settings(const Root& root) { return Reader().read(root); }

}  // namespace plimsoll
