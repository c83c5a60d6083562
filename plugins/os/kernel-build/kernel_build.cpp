#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kPrefix = "/boot/config-";
constexpr std::size_t kRows = 1U << 18U;  // a kernel has some ten thousand options

constexpr std::array kFields = {
    Field{"CONFIG_DEFAULT_MMAP_MIN_ADDR", Type::integer, "lowest address that a process may map"},
    Field{"CONFIG_PANIC_TIMEOUT", Type::integer, "seconds from a panic to the reboot; 0: it stays"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/boot/config-6.1.0-1-amd64",
                                                    "/boot/config-test"};

struct Option {
  std::string value;
  std::uint32_t line = 0;
};
using Options = std::map<std::string_view, Option, std::less<>>;

/// Kconfig writes strings in double quotes with `\"` and `\\`; anything else stays as it is.
std::string unquote(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"')) return std::string(text);
  std::string out;
  std::size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return i + 1 == text.size() ? out : std::string(text);
}

/// Kconfig: `CONFIG_X=value`, and `# CONFIG_X is not set` for n; a later line overrides.
Options read_options(std::string_view text) {
  Options out;
  for (const Line& line : lines(text)) {
    constexpr std::string_view kUnset = " is not set";
    const std::string_view body = trim_right(line.text);
    if (body.starts_with("# CONFIG_") && body.ends_with(kUnset)) {
      out.insert_or_assign(body.substr(2, body.size() - 2 - kUnset.size()),
                           Option{"n", line.number});
    } else if (const auto equals = body.find('=');
               body.starts_with("CONFIG_") && equals != std::string_view::npos) {
      out.insert_or_assign(body.substr(0, equals),
                           Option{unquote(body.substr(equals + 1)), line.number});
    }
  }
  return out;
}

/// The options that rules name.
std::vector<std::string> asked_for(const Request& request) {
  std::vector<std::string> out;
  for (const Selection& selection : request.selections)
    for (const Predicate& predicate : selection.where)
      if (predicate.on == Predicate::On::key &&
          (predicate.matcher.op() == Op::equals || predicate.matcher.op() == Op::one_of))
        for (const std::string& key : predicate.matcher.operands()) out.push_back(key);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void add_kernel(const std::string& file, std::string_view text,
                const std::vector<std::string>& asked, Facts& facts) {
  const std::string scope = file.substr(kPrefix.size());
  const Options options = read_options(text);
  if (asked.empty()) {
    for (const auto& [key, option] : options) {
      if (facts.rows.size() >= kRows) {
        facts.gap({ErrorCode::limit, "more than 262144 options in all kernels", {file, 0, 0}},
                  scope);
        return;
      }
      facts.setting(std::string(key), option.value, {file, option.line, 1}, scope);
    }
    return;
  }
  for (const std::string& key : asked) {
    const auto found = options.find(key);
    // An option that is not there at all is one that this kernel does not have: n.
    if (found == options.end()) {
      facts.setting(key, "n", {file, 0, 0}, scope);
    } else {
      facts.setting(key, found->second.value, {file, found->second.line, 1}, scope);
    }
  }
}

Facts read_kernel_build(const Request& request) {
  Facts facts;
  const std::vector<std::string> asked = asked_for(request);
  const Root::Glob found = request.root.glob("/boot/config-*");
  for (const Error& error : found.errors) facts.gap(error);
  for (const std::string& file : found.paths) {
    const auto text = request.root.read(file);
    if (!text) {
      facts.gap(text.error(), file.substr(kPrefix.size()));
    } else {
      add_kernel(file, *text, asked, facts);
    }
  }
  if (found.paths.empty() && facts.gaps.empty())
    facts.not_applicable = "there is no /boot/config-* that says how a kernel was built";
  return facts;
}

}  // namespace

extern const Probe kernel_build_probe;
const Probe kernel_build_probe{
    .name = "kernel-build",
    .group = "os",
    .summary = "options with which the installed kernels were built",
    .semantics = "kernel documentation: Kconfig language",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_kernel_build,
    .files = kFiles,
};

}  // namespace plimsoll
