#include "scanner/formats/os_release.h"

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

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

OsRelease parse(std::string_view text, std::string_view file) {
  OsRelease last;  // a shell keeps the last assignment
  for (const Line& line : lines(text)) {
    const std::string_view body = trim(line.text);
    const auto equals = body.find('=');
    if (body.starts_with('#') || equals == std::string_view::npos || equals == 0 ||
        body.substr(0, equals).find_first_of(kBlanks) != std::string_view::npos)
      continue;
    last[lower(body.substr(0, equals))] = {unquote(body.substr(equals + 1)),
                                           {std::string(file), line.number, 1}};
  }
  return last;
}

}  // namespace

Result<OsRelease> read_os_release(const Root& root) {
  for (const std::string_view file : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = root.read(file);
    if (text) return parse(*text, file);
    if (text.error().code != ErrorCode::not_found) return fail(text.error());
  }
  return fail(ErrorCode::not_found, "neither /etc/os-release nor /usr/lib/os-release is there");
}

}  // namespace plimsoll
