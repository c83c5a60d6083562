#include "plugins/service/samba/claim.h"

#include "plugins/service/samba/parameters.h"
#include "plugins/service/samba/text_lines.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {

bool is_named_so(std::string_view path) {
  if (!path.ends_with(".conf")) return false;
  const std::string whole = lower(path);
  return base_name(whole).find("smb") != std::string_view::npos ||
         whole.find("samba") != std::string::npos;
}

bool looks_so(const Document& document) {
  constexpr std::size_t kMostLines = 200;
  std::size_t known = 0;
  std::size_t strange = 0;
  TextLines lines(document.text);
  while (const auto line = lines.next()) {
    if (line->text.starts_with('[')) continue;
    if (known + strange >= kMostLines) break;
    const auto given = assignment(line->text);
    // Parametric options have names that nobody can know.
    if (given && given->name.find(':') != std::string::npos) continue;
    const bool is_known = given && ParameterTable::get().named(given->name).has_value();
    ++(is_known ? known : strange);
  }
  return known > strange;
}

}  // namespace plimsoll::samba
