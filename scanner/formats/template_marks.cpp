#include "scanner/formats/template_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "scanner/base/text.h"

namespace plimsoll {

bool has_template_marks(std::string_view text, bool variables) {
  // A prefix of PostgreSQL's log may be `<%t> {%p}`.
  constexpr std::array<std::string_view, 7> kMarks = {
      "{{", "{% ", "{%-", "<%=", "<%-", "<% ", "${"};
  const auto marks = std::span(kMarks).first(kMarks.size() - (variables ? 0 : 1));
  for (const Line& line : lines(text)) {
    if (trim_left(line.text).starts_with('#')) continue;
    const auto is_there = [&](std::string_view mark) { return contains(line.text, mark); };
    if (std::any_of(marks.begin(), marks.end(), is_there)) return true;
  }
  return false;
}

Facts passed_over_template(std::string_view path) {
  Facts facts;
  facts.not_applicable = fmt::format("{} is a template, which becomes a configuration later", path);
  facts.passed_over = true;
  return facts;
}

}  // namespace plimsoll
