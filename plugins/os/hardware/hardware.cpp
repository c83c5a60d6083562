#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"
#include "scanner/formats/processes.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"processor_64bit", Type::boolean, "the processor has a 64-bit mode"},
    Field{"kernel_64bit", Type::boolean, "the kernel that runs is a 64-bit one"},
    Field{"wireless", Type::text, "a wireless interface, its name in the scope: up or down"},
};

constexpr std::string_view kCpuinfo = "/proc/cpuinfo", kArchitecture = "/proc/sys/kernel/arch";
constexpr std::string_view kInterfaces = "/sys/class/net";
constexpr std::array<std::string_view, 2> kFiles = {kCpuinfo, kArchitecture};

/// uname(2), `machine`.
constexpr std::array<std::string_view, 8> k64Bit = {"x86_64", "aarch64", "ppc64le", "ppc64",
                                                    "s390x",  "riscv64", "mips64",  "loongarch64"};
constexpr std::int64_t kUp = 1;  // netdevice(7), IFF_UP

class Reader {
 public:
  explicit Reader(const Root& root) : root_(root) {}

  Facts read() {
    facts_.not_applicable = why_not_running(root_);
    if (!facts_.not_applicable.empty()) return std::move(facts_);
    read_processor();
    read_interfaces();
    return std::move(facts_);
  }

 private:
  void read_processor() {
    const auto processor = root_.read(kCpuinfo);
    if (!processor) facts_.gap(processor.error());
    const auto architecture = root_.read(kArchitecture);
    if (!architecture && architecture.error().code != ErrorCode::not_found)
      facts_.gap(architecture.error());
    const std::string_view machine = architecture ? trim(*architecture) : std::string_view{};
    const bool kernel = std::find(k64Bit.begin(), k64Bit.end(), machine) != k64Bit.end();
    if (!machine.empty())
      facts_.setting("kernel_64bit", kernel ? "yes" : "no", {std::string(kArchitecture), 1, 1});
    // A 64-bit kernel runs on nothing else, whatever the architecture.
    if (kernel)
      facts_.setting("processor_64bit", "yes", {std::string(kArchitecture), 1, 1});
    else if (processor)
      read_flags(*processor);
  }

  /// x86: `lm`, long mode, among the flags of the first processor. Other architectures have no such
  /// line, and nothing is told of them.
  void read_flags(std::string_view text) {
    for (const Line& line : lines(text)) {
      const auto colon = line.text.find(':');
      if (colon == std::string_view::npos || trim(line.text.substr(0, colon)) != "flags") continue;
      const auto flags = words(line.text.substr(colon + 1));
      const bool has = std::find(flags.begin(), flags.end(), "lm") != flags.end();
      facts_.setting("processor_64bit", has ? "yes" : "no",
                     {std::string(kCpuinfo), line.number, 1});
      return;
    }
  }

  void read_interfaces() {
    const auto interfaces = root_.list(kInterfaces);
    if (!interfaces) {
      facts_.gap(interfaces.error(), "interface", Gap::Effect::may_add);
      return;
    }
    for (const DirEntry& interface : *interfaces) {
      const std::string directory = join_path(kInterfaces, interface.name);
      // cfg80211 makes the link, the older wireless extensions the directory.
      if (root_.lstat(directory + "/phy80211") || root_.lstat(directory + "/wireless"))
        add_wireless(directory + "/flags", "interface > " + interface.name);
    }
  }

  void add_wireless(const std::string& file, const std::string& scope) {
    const auto text = root_.read(file);
    if (!text) return facts_.gap(text.error(), scope);
    std::string_view digits = trim(*text);
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    const auto flags = to_integer(digits, 16);
    if (!flags) return facts_.gap({ErrorCode::invalid, "not a number", {file}}, scope);
    facts_.setting("wireless", (*flags & kUp) != 0 ? "up" : "down", {file, 1, 1}, scope);
  }

  const Root& root_;
  Facts facts_;
};

Facts read_hardware(const Request& request) { return Reader(request.root).read(); }

}  // namespace

extern const Probe hardware_probe;
const Probe hardware_probe{
    .name = "hardware",
    .group = "os",
    .summary = "what rules ask of the machine itself: its processor, and wireless interfaces",
    .semantics = "proc(5), sysfs(5), netdevice(7)",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read_hardware,
    .files = kFiles,
};

}  // namespace plimsoll
