#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"id", Type::text, "the distribution, lower case: `debian`"},
    Field{"version_id", Type::version, "the release: `12`"},
    Field{"version_codename", Type::text, "`bookworm`"},
    Field{"pretty_name", Type::text, "the name for people"},
    Field{"support_end", Type::text, "YYYY-MM-DD, when the vendor says so"},
};

// os-release(5): /etc/os-release takes precedence over /usr/lib/os-release.
constexpr std::array<std::string_view, 2> kFiles = {"/etc/os-release", "/usr/lib/os-release"};

/// os-release(5): shell-compatible assignments; double quotes know \" \$ \\ \` and leave other
/// backslashes alone, single quotes know nothing.
std::string unquote(std::string_view text) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote == 0 && i + 1 < text.size()) {
      out += text[++i];
    } else if (c == '\\' && quote == '"' && i + 1 < text.size() &&
               std::string_view("\"$\\`").find(text[i + 1]) != std::string_view::npos) {
      out += text[++i];
    } else {
      out += c;
    }
  }
  return out;
}

Facts read_os_release(const Request& request) {
  Facts facts;
  for (const std::string_view file : kFiles) {
    const auto text = request.root.read(file);
    if (!text) {
      if (text.error().code == ErrorCode::not_found) continue;
      facts.gap(text.error());
      return facts;
    }
    std::map<std::string, std::pair<std::string, Origin>>
        last;  // a shell keeps the last assignment
    for (const Line& line : lines(*text)) {
      const std::string_view body = trim(line.text);
      const auto equals = body.find('=');
      if (body.starts_with('#') || equals == std::string_view::npos || equals == 0 ||
          body.substr(0, equals).find_first_of(kBlanks) != std::string_view::npos)
        continue;
      last[lower(body.substr(0, equals))] = {unquote(body.substr(equals + 1)),
                                             {std::string(file), line.number, 1}};
    }
    for (auto& [key, found] : last) facts.setting(key, found.first, found.second);
    return facts;
  }
  facts.not_applicable = "neither /etc/os-release nor /usr/lib/os-release is there";
  return facts;
}

}  // namespace

extern const Probe os_release_probe;
const Probe os_release_probe{
    .name = "os-release",
    .group = "os",
    .summary = "which operating system and release this is",
    .semantics = "os-release(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_os_release,
    .files = kFiles,
};

}  // namespace plimsoll
