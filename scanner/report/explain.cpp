#include "scanner/report/explain.h"

#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/report/check_text.h"
#include "scanner/report/layout.h"

namespace plimsoll {
namespace {

constexpr std::size_t kLabel = 13;

/// Builds the page; every part that has nothing to say is left out.
class ExplainPage {
 public:
  ExplainPage(const Explained& explained, bool color, std::size_t width)
      : explained_(explained), layout_(color, width) {}

  std::string render() {
    const Rule& rule = *explained_.planned->rule;
    out_ += fmt::format("{}  {}\n", layout_.ink(Ink::bold, rule.id),
                        name_of(explained_.planned->severity));
    out_ += layout_.wrap("", rule.title) + "\n";
    part("why", rule.rationale);
    part("fix", rule.remediation.summary);
    part("verify", rule.remediation.verify);
    part("risk", rule.remediation.risk);
    checks();
    if (rule.deep) part("deep", "reads whole files: only `plimsoll scan --deep` runs it");
    parameters();
    references();
    origins();
    waivers();
    return std::move(out_);
  }

 private:
  void part(std::string_view label, std::string_view text) {
    if (!text.empty()) out_ += layout_.wrap(fmt::format("{:<{}}", label, kLabel), text, Ink::bold);
  }
  void check(std::string_view label, const Check& check);
  void checks();
  void parameters();
  void references();
  void origins();
  void waivers();

  const Explained& explained_;
  Layout layout_;
  std::string out_;
};

void ExplainPage::check(std::string_view label, const Check& check) {
  bool is_first = true;
  for (const std::string& line : check_lines(check)) {
    const std::size_t indent = line.find_first_not_of(' ');
    const std::string start = fmt::format("{:<{}}{:{}}", is_first ? label : "", kLabel, "", indent);
    out_ += layout_.wrap(start, line, Ink::bold);
    is_first = false;
  }
}

void ExplainPage::checks() {
  const Rule& rule = *explained_.planned->rule;
  if (rule.when) check("applies when", *rule.when);
  check("checks", rule.check);
}

void ExplainPage::parameters() {
  const std::string& component = explained_.planned->baseline->id;
  for (const Parameter* parameter : explained_.parameters)
    part("parameter",
         fmt::format("{}.{} = {}{}{}", component, parameter->name, join(parameter->value, ", "),
                     parameter->doc.empty() ? "" : ": ", parameter->doc));
}

void ExplainPage::references() {
  for (const auto& [name, ids] : explained_.planned->rule->references.by_name)
    part(name, join(ids, ", "));
}

void ExplainPage::origins() {
  const Baseline& baseline = *explained_.planned->baseline;
  part("baseline", fmt::format("{} {}, reviewed {} by {}", baseline.id, baseline.version,
                               baseline.reviewed, baseline.owner));
  for (const auto& [benchmark, selected] : explained_.benchmarks) {
    std::string text = fmt::format("{} {}", benchmark->id, benchmark->version);
    if (!selected->section.empty()) text += fmt::format(", section {}", selected->section);
    if (!selected->levels.empty()) text += fmt::format(", level {}", join(selected->levels, ", "));
    if (selected->severity) text += fmt::format(", as {}", name_of(*selected->severity));
    part("benchmark", text);
  }
}

void ExplainPage::waivers() {
  for (const Waiver* waiver : explained_.waivers) {
    std::string narrowed;
    const auto narrow = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) narrowed += fmt::format(", only {} `{}`", name, value);
    };
    narrow("scope", waiver->scope);
    narrow("key", waiver->key);
    narrow("path", waiver->path);
    narrow("value", waiver->value);
    narrow("host", waiver->host);
    part("waived", fmt::format("until {}{}: {} (owner {}; {}:{})", waiver->expires, narrowed,
                               waiver->reason, waiver->owner, explained_.site->file, waiver->line));
  }
}

}  // namespace

std::string explain_text(const Explained& explained, bool color, std::size_t width) {
  return ExplainPage(explained, color, width).render();
}

}  // namespace plimsoll
