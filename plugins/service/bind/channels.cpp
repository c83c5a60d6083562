#include "plugins/service/bind/channels.h"

#include <map>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

/// Where named's own category `default` goes.
constexpr std::string_view kByDefault = "debug syslog";

/// `file`, `syslog`, `stderr` or `null`: what a channel has of these. `severe` where it passes over
/// messages of the level info, with which named tells of what it refused.
std::string destination(const Block& channel) {
  const Node* severity = channel.value("severity");
  if (severity != nullptr && is_one_of(lower(printed(*severity)), "critical error warning notice"))
    return "severe";
  for (const std::string_view key : {"file", "syslog", "stderr", "null"})
    if (channel.find(key) != nullptr) return std::string(key);
  return "null";
}

}  // namespace

void write_security_log(const Configuration& configuration, Facts& facts) {
  const Setting* logging = configuration.top.find("logging");
  if (logging == nullptr || !logging->value.block) {
    if (!configuration.is_document)
      facts.setting("@log-security", std::string(kByDefault), {}, "logging");
    return;
  }
  const Block& block = *logging->value.block;
  std::map<std::string, std::string> channels = {{"default_syslog", "syslog"},
                                                 {"default_debug", "debug"},
                                                 {"default_stderr", "stderr"},
                                                 {"null", "null"}};
  for (const Setting* one = block.find("channel"); one != nullptr; one = block.next(*one))
    if (const Block* channel = block_of(one->value))
      channels[lower(name_of(one->value))] = destination(*channel);
  // A category that is not named goes where `default` does.
  for (const std::string_view category : {"security", "default"}) {
    std::set<std::string> found;
    const Setting* place = nullptr;
    for (const Setting* one = block.find("category"); one != nullptr; one = block.next(*one)) {
      if (name_of(one->value) != category) continue;
      place = one;
      for (const Node& channel : one->value.parts.back().parts)
        if (const auto known = channels.find(lower(channel.text)); known != channels.end())
          found.insert(known->second);
    }
    if (place == nullptr) continue;
    facts.setting(
        "@log-security",
        found.empty() ? "null" : join(std::vector<std::string>(found.begin(), found.end()), " "),
        configuration.origin(place->place), "logging");
    return;
  }
  if (!configuration.is_document)
    facts.setting("@log-security", std::string(kByDefault), configuration.origin(logging->place),
                  "logging");
}

}  // namespace plimsoll::bind
