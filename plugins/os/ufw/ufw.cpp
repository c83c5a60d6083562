#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/formats/shell_assignment.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

// The order in which ufw's start script sources them: ufw.conf wins.
constexpr std::array<std::string_view, 2> kFiles = {"/etc/ufw/ufw.conf", "/etc/default/ufw"};
constexpr std::size_t kShadowed = 16;

constexpr std::array kFields = {
    Field{"enabled", Type::text, "`yes`: the rules are loaded at boot"},
    Field{"default_input_policy", Type::text, "ACCEPT, DROP or REJECT what no rule is about"},
    Field{"default_output_policy", Type::text, "the same for what this host sends"},
    Field{"default_forward_policy", Type::text, "the same for what it passes on"},
    Field{"ipv6", Type::text, "`yes`: IPv6 is filtered, too"},
    Field{"loglevel", Type::text, "off, low, medium, high or full"},
};

class Reader {
 public:
  explicit Reader(Facts& facts) : facts_(facts) {}

  void file(const Root& root, std::string_view path) {
    const auto text = root.read(path);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
      return;
    }
    found_ = true;
    const ShellScript script = read_shell(*text);
    if (script.broken_at > 0)
      facts_.gap({ErrorCode::invalid,
                  "a quote without its end",
                  {std::string(path), script.broken_at, 1}});
    for (const ShellCommand& command : script.commands) {
      const Origin here{std::string(path), command.line, 1};
      for (const ShellAssignment& assignment : shell_assignments(command)) {
        if (!assignment.has_value) continue;
        if (command.conditional || assignment.value.find('$') != std::string::npos)
          facts_.gap({ErrorCode::unsupported, "a value that only a shell can tell", here});
        else
          set(lower(assignment.name), assignment.value, here);
      }
    }
  }

  [[nodiscard]] bool found() const { return found_; }

 private:
  void set(const std::string& key, const std::string& value, Origin origin) {
    const auto [found, is_new] = settings_.try_emplace(key, facts_.rows.size());
    if (is_new) {
      facts_.setting(key, value, std::move(origin));
      return;
    }
    Fact& fact = facts_.rows[found->second];
    if (fact.shadowed.size() < kShadowed)
      fact.shadowed.push_back({fact.value, fact.origin, "set again later"});
    fact.value = value;
    fact.origin = std::move(origin);
  }

  Facts& facts_;
  std::map<std::string, std::size_t> settings_;
  bool found_ = false;
};

Facts read_ufw(const Request& request) {
  Facts facts;
  Reader reader(facts);
  reader.file(request.root, kFiles[1]);
  reader.file(request.root, kFiles[0]);
  if (!reader.found() && facts.gaps.empty())
    facts.not_applicable = "there is neither /etc/ufw/ufw.conf nor /etc/default/ufw";
  return facts;
}

}  // namespace

extern const Probe ufw_probe;
const Probe ufw_probe{
    .name = "ufw",
    .group = "os",
    .summary = "whether ufw is on, and its default policies",
    .semantics = "ufw(8), ufw-framework(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_ufw,
    .files = kFiles,
};

}  // namespace plimsoll
