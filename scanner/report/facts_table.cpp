#include "scanner/report/facts_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/report/layout.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

using Cells = std::vector<std::string>;

constexpr std::size_t kWidestColumn = 40;  // a wider cell pushes its own row only

std::string origin_text(const Origin& origin) {
  return printable(place_text({origin.file, origin.line, 0}, "default"));
}

std::string cell_text(const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) return "-";
  const std::string text = printable(to_text(value, type));
  return text.empty() ? "\"\"" : text;
}

std::string quoted_if_empty(std::string_view value) {
  return value.empty() ? "\"\"" : printable(value);
}

std::vector<std::size_t> column_widths(const std::vector<Cells>& table) {
  std::vector<std::size_t> widths;
  for (const Cells& cells : table) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], std::min(columns(cells[i]), kWidestColumn));
  }
  return widths;
}

std::string row_text(const Cells& cells, const std::vector<std::size_t>& widths) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += cells[i];
    if (i + 1 == cells.size()) break;
    const std::size_t used = columns(cells[i]);
    out.append((used < widths[i] ? widths[i] - used : 0) + 2, ' ');
  }
  return out;
}

std::string settings_table(const Facts& facts, bool with_shadowed, const Layout& layout) {
  std::vector<Cells> table;
  for (const Fact& fact : facts.rows)
    table.push_back({printable(fact.key), quoted_if_empty(fact.value), origin_text(fact.origin)});
  const auto widths = column_widths(table);
  std::string out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Fact& fact = facts.rows[i];
    if (!fact.scope.empty() && (i == 0 || fact.scope != facts.rows[i - 1].scope))
      out += fmt::format("\n{}\n", layout.ink(Ink::bold, printable(fact.scope)));
    else if (fact.scope.empty() && i != 0 && !facts.rows[i - 1].scope.empty())
      out += '\n';
    out += row_text(table[i], widths) + "\n";
    if (!with_shadowed) continue;
    for (const Shadowed& lost : fact.shadowed) {
      const Cells cells = {"", quoted_if_empty(lost.value), origin_text(lost.origin),
                           fmt::format("no effect: {}", printable(lost.why))};
      auto lost_widths = widths;
      lost_widths.push_back(0);
      out += layout.ink(Ink::dim, row_text(cells, lost_widths)) + "\n";
    }
  }
  return out;
}

std::vector<Cells> cells_of(const Probe& probe, const Facts& facts) {
  std::vector<Cells> table(1);
  for (const Field& field : probe.fields) table.front().push_back(upper(field.name));
  table.front().emplace_back("ORIGIN");
  for (const Fact& fact : facts.rows) {
    Cells& cells = table.emplace_back();
    for (std::size_t i = 0; i < probe.fields.size() && i < fact.fields.size(); ++i)
      cells.push_back(cell_text(fact.fields[i], probe.fields[i].type));
    cells.push_back(origin_text(fact.origin));
  }
  return table;
}

/// One paragraph a row: the first field and the origin, then what else has a value.
std::string paragraphs(const Probe& probe, const std::vector<Cells>& table, const Layout& layout) {
  std::string out;
  for (std::size_t row = 1; row < table.size(); ++row) {
    const Cells& cells = table[row];
    out += fmt::format("{}  {}\n", layout.ink(Ink::bold, cells.front()), cells.back());
    std::string text;
    for (std::size_t i = 1; i + 1 < cells.size(); ++i)
      if (cells[i] != "-") text += fmt::format("{}={} ", probe.fields[i].name, cells[i]);
    out += layout.wrap("    ", text);
  }
  return out;
}

std::string rows_table(const Probe& probe, const Facts& facts, const Layout& layout) {
  const std::vector<Cells> table = cells_of(probe, facts);
  const auto widths = column_widths(table);
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width + 2;
  if (total > layout.width() + 2) return paragraphs(probe, table, layout);
  std::string out = layout.ink(Ink::bold, row_text(table.front(), widths)) + "\n";
  for (std::size_t i = 1; i < table.size(); ++i) out += row_text(table[i], widths) + "\n";
  return out;
}

}  // namespace

std::string facts_table(const Probe& probe, const Facts& facts, const TableOptions& options) {
  const Layout layout(options.color, options.width);
  return probe.shape == Shape::settings ? settings_table(facts, options.with_shadowed, layout)
                                        : rows_table(probe, facts, layout);
}

}  // namespace plimsoll
