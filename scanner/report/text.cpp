#include "scanner/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "scanner/base/bytes.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/report/layout.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

constexpr std::size_t kPlacesShown = 3, kShadowedShown = 2, kRulesShown = 8, kOthersShown = 4;
constexpr std::size_t kLongestValue = 200;  // bytes of a value in prose

Ink ink_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high:
      return Ink::red;
    case Severity::medium:
      return Ink::yellow;
    case Severity::low:
      return Ink::cyan;
    case Severity::info:
      return Ink::bold;
  }
  return Ink::plain;
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string shortened(std::string_view text) {
  if (text.size() <= kLongestValue) return std::string(text);
  std::size_t end = kLongestValue;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

/// The parts between commas, each with its own: where a line of counts may be broken.
std::vector<std::string_view> phrases(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(", "), text.size() - 1) + 1;
    out.push_back(trim(text.substr(0, end)));
    text.remove_prefix(end);
  }
  return out;
}

/// `sshd` 1.0.0 wants at most `4`.
std::string wanted(const Outcome& outcome, const Finding& finding) {
  return fmt::format("`{}` {} wants {}", outcome.baseline->id, outcome.baseline->version,
                     shortened(finding.expected));
}

/// The message, without the path that stands above it already.
std::string observation(const Finding& finding) {
  const std::string text = seen_and_wanted(finding);
  const std::string path = fmt::format("`{}`", finding.origin.file);
  return text.starts_with(path) ? std::string(trim_left(text.substr(path.size()), ": ")) : text;
}

/// What may stand behind the carets, the longest first; escaped. Carets below the value itself say
/// what it is; otherwise the label has to.
std::vector<std::string> labels_of(const Outcome& outcome, const Finding& finding, bool is_value) {
  if (finding.expected.empty() || !is_value) return {printable(shortened(observation(finding)))};
  const std::string wants = printable(fmt::format("wants {}", shortened(finding.expected)));
  return {fmt::format("effective value; {}", printable(wanted(outcome, finding))),
          fmt::format("effective value; {}", wants), wants};
}

/// True when two findings differ in their place only, and neither has a line to show.
bool is_same_but_place(const Finding& a, const Finding& b) {
  const auto is_plain = [](const Finding& finding) {
    return finding.origin.line == 0 && finding.shadowed.empty();
  };
  return is_plain(a) && is_plain(b) && observation(a) == observation(b) && a.scope == b.scope;
}

/// One line of a file, or one finding without a line, and what else was found there.
struct Place {
  const Finding* first = nullptr;
  std::vector<std::string_view> others;  ///< scopes, or keys where there is no scope
};

std::vector<Place> places_of(const Outcome& outcome) {
  using Line = std::tuple<std::string_view, std::uint32_t, std::string_view, std::string_view>;
  std::vector<Place> out;
  std::map<Line, std::size_t> seen;
  for (const Finding& finding : outcome.findings) {
    const Line line = {finding.origin.file, finding.origin.line, finding.actual, finding.expected};
    const auto known = finding.origin.line == 0 ? seen.end() : seen.find(line);
    if (known == seen.end()) {
      seen.emplace(line, out.size());
      out.push_back({&finding, {}});
    } else {
      out[known->second].others.push_back(finding.scope.empty() ? finding.key : finding.scope);
    }
  }
  return out;
}

/// Builds the report part by part, top to bottom.
class Page {
 public:
  Page(const ScanResult& scan, const TextOptions& options)
      : scan_(scan), options_(options), layout_(options.color, options.width) {}

  std::string render() {
    if (!options_.quiet) {
      header();
      drifted();
      unknown();
      waived();
      if (options_.verbose) others();
      notices();
    }
    summary();
    return std::move(out_);
  }

 private:
  void header();
  void drifted();
  void drift(const Outcome& outcome);
  void title(const Outcome& outcome);
  void others_there(const Place& place);
  void place(const Outcome& outcome, const Finding& finding, std::size_t column);
  void finding(const Outcome& outcome, const Finding& finding, bool says_details);
  void at_line(const Outcome& outcome, const Finding& finding, const SourceLine& line);
  void shadowed(const Finding& finding);
  void diff(const Finding& finding);
  void advice(const Outcome& outcome);
  void unknown();
  void waived();
  void others();
  void notices();
  void summary();
  void rule_list(const Outcomes& outcomes);
  void note(std::string_view kind, std::string_view text) {
    out_ += layout_.wrap(fmt::format("   = {}: ", kind), text, Ink::bold);
  }

  const ScanResult& scan_;
  const TextOptions& options_;
  Layout layout_;
  std::string out_;
};

void Page::header() {
  std::string baselines;
  for (const auto& [id, version] : scan_.baselines)
    baselines += fmt::format("{}{} {}", baselines.empty() ? "" : ", ", id, version);
  const std::string target =
      scan_.target_kind == "host" ? "this host" : fmt::format("{}", scan_.target);
  out_ += layout_.wrap(fmt::format("plimsoll {}: ", scan_.tool_version),
                       fmt::format("{} against {}", target, baselines), Ink::bold);
}

void Page::drifted() {
  const Outcomes all = with_verdict(scan_, Verdict::drift);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 0 || all[i]->severity != all[i - 1]->severity) {
      const auto count =
          static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Outcome* other) {
            return other->severity == all[i]->severity;
          }));
      out_ += '\n';
      out_ += layout_.heading(
          fmt::format("{}: {}", name_of(all[i]->severity), plural(count, "rule", "rules")),
          ink_of(all[i]->severity));
    }
    out_ += '\n';
    drift(*all[i]);
  }
}

void Page::drift(const Outcome& outcome) {
  title(outcome);
  const std::vector<Place> places = places_of(outcome);
  const std::size_t all = places.size();
  const std::size_t shown = options_.verbose ? all : std::min(all, kPlacesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& one = *places[i].first;
    // Places of which the same is to be said stand together, and it is said once.
    const bool is_said_below = i + 1 < shown && is_same_but_place(one, *places[i + 1].first);
    finding(outcome, one, !is_said_below);
    others_there(places[i]);
  }
  if (shown < all)
    out_ += layout_.ink(Ink::dim, fmt::format("  … and {} more (--verbose)", all - shown)) + "\n";
  advice(outcome);
  for (std::size_t i = 0; i < shown; ++i) diff(*places[i].first);
}

/// What else one line makes drift: an included file, read for many scopes.
void Page::others_there(const Place& place) {
  const std::size_t all = place.others.size();
  if (all == 0) return;
  const std::size_t shown = options_.verbose ? all : std::min(all, kOthersShown);
  std::string names;
  for (std::size_t i = 0; i < shown; ++i)
    names += fmt::format("{}`{}`", i == 0 ? "" : ", ", shortened(place.others[i]));
  if (shown < all) names += fmt::format(" … and {} more (--verbose)", all - shown);
  note("note", fmt::format("the same line counts for {}", names));
}

void Page::title(const Outcome& outcome) {
  const std::string section =
      outcome.section.empty() ? "" : ", section " + printable(outcome.section);
  const std::string label =
      fmt::format("drift[{}] {}{}:", outcome.rule->id, name_of(outcome.severity), section);
  const std::string safe = printable(outcome.rule->title);
  std::vector<std::string_view> pieces = words(safe);
  pieces.insert(pieces.begin(), label);
  std::string text = layout_.wrap_pieces("", pieces);
  text.pop_back();
  out_ += layout_.ink(ink_of(outcome.severity), label);
  out_ += layout_.ink(Ink::bold, std::string_view(text).substr(label.size())) + "\n";
}

/// Nothing where no place is to blame: something is missing.
void Page::place(const Outcome& outcome, const Finding& finding, std::size_t column) {
  const Probe* probe = find_probe(outcome.rule->check.probe);
  const bool may_be_default =
      !finding.actual.empty() && probe != nullptr && probe->shape == Shape::settings;
  if (finding.origin.is_default() && !may_be_default) return;
  const std::string otherwise =
      probe == nullptr ? std::string() : fmt::format("built-in default of {}", probe->name);
  const Origin origin = {finding.origin.file, finding.origin.line,
                         static_cast<std::uint32_t>(column)};
  out_ += fmt::format("  {} {}\n", layout_.ink(Ink::blue, "-->"),
                      printable(place_text(origin, otherwise)));
}

void Page::finding(const Outcome& outcome, const Finding& finding, bool says_details) {
  std::optional<SourceLine> line;
  if (options_.source_line && finding.origin.line != 0) line = options_.source_line(finding.origin);
  if (line) {
    at_line(outcome, finding, *line);
  } else {
    place(outcome, finding, 0);
    if (says_details) note("found", shortened(observation(finding)));
  }
  shadowed(finding);
}

/// The line itself, with carets below the value and the longest label behind them that fits.
void Page::at_line(const Outcome& outcome, const Finding& finding, const SourceLine& line) {
  const std::string number = std::to_string(finding.origin.line);
  const std::string gutter(number.size() + 2, ' ');
  const std::string bar = layout_.ink(Ink::blue, "|");
  const std::size_t room = layout_.width() - gutter.size() - 2;
  const Excerpt shown = excerpt(line.text, line.column, finding.actual, room);
  place(outcome, finding, line.is_redacted ? finding.origin.column : shown.byte);
  out_ += fmt::format("{}{}\n", gutter, bar);
  out_ += fmt::format(" {} {} {}\n", layout_.ink(Ink::blue, number), bar, shown.text);
  out_ += fmt::format("{}{} {:{}}{}", gutter, bar, "", shown.at,
                      layout_.ink(Ink::red, std::string(shown.width, '^')));
  const std::vector<std::string> labels = labels_of(outcome, finding, shown.is_value);
  const std::size_t taken = shown.at + shown.width + 1;
  const auto fits = std::find_if(labels.begin(), labels.end(), [&](const std::string& label) {
    return taken + columns(label) <= room;
  });
  if (fits == labels.end()) {
    out_ += '\n';
    note("found", shortened(observation(finding)));
  } else {
    out_ += fmt::format(" {}\n{}{}\n", layout_.ink(Ink::red, *fits), gutter, bar);
    if (!finding.scope.empty()) note("note", fmt::format("in `{}`", shortened(finding.scope)));
  }
}

/// As it is, to be handed to `patch -p1`: no indentation, no wrapping, tabs as tabs. With anything
/// else that a terminal obeys it would be another diff.
void Page::diff(const Finding& finding) {
  if (!options_.diffs || !finding.edit) return;
  std::string page;
  for (const std::string_view line : split(trim_right(finding.edit->diff, "\n"), '\n')) {
    const Ink ink = line.starts_with('+')   ? Ink::green
                    : line.starts_with('-') ? Ink::red
                    : line.starts_with(' ') ? Ink::plain
                                            : Ink::blue;
    const char* before = "";
    for (const std::string_view piece : split(line, '\t')) {
      if (printable(piece) != piece)
        return note("edit", "there is one, but not for a terminal: `--format json` has it");
      page += std::exchange(before, "\t") + layout_.ink(ink, piece);
    }
    page += '\n';
  }
  out_ += page;
}

void Page::shadowed(const Finding& finding) {
  if (!finding.made_by.empty()) note("from", shortened(finding.made_by));
  const std::size_t all = finding.shadowed.size();
  const std::size_t shown = options_.verbose ? all : std::min(all, kShadowedShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Shadowed& lost = finding.shadowed[i];
    note("note", fmt::format("{} sets `{}`, but {}",
                             place_text({lost.origin.file, lost.origin.line, 0}, "the default"),
                             shortened(lost.value), lost.why));
  }
  if (shown < all)
    note("note",
         fmt::format("{} more without effect (--verbose)", plural(all - shown, "line", "lines")));
}

void Page::advice(const Outcome& outcome) {
  const Rule& rule = *outcome.rule;
  if (!outcome.reason.empty()) note("note", outcome.reason);
  if (!outcome.waiver.empty()) note("note", outcome.waiver);
  if (options_.verbose && !rule.rationale.empty()) note("why", rule.rationale);
  if (!rule.remediation.summary.empty()) note("help", rule.remediation.summary);
  if (!options_.verbose) return;
  if (!rule.remediation.verify.empty())
    note("verify", fmt::format("`{}`", rule.remediation.verify));
  if (!rule.remediation.risk.empty()) note("risk", rule.remediation.risk);
}

/// The ids of rules, a few of them unless everything was asked for.
void Page::rule_list(const Outcomes& outcomes) {
  const std::size_t all = outcomes.size();
  const std::size_t shown = options_.verbose ? all : std::min(all, kRulesShown);
  std::string ids;
  for (std::size_t i = 0; i < shown; ++i)
    ids += fmt::format("{}{}", i == 0 ? "" : ", ", outcomes[i]->rule->id);
  if (shown < all) ids += fmt::format(" … and {} more (--verbose)", all - shown);
  out_ += layout_.wrap("      ", ids);
}

void Page::unknown() {
  const Outcomes all = with_verdict(scan_, Verdict::unknown);
  if (all.empty()) return;
  out_ += '\n';
  out_ += layout_.heading(
      fmt::format("unknown: {} could not be judged", plural(all.size(), "rule", "rules")),
      Ink::yellow);
  bool is_denied = false;
  for (const SameReason& group : by_reason(all)) {
    out_ += layout_.wrap("  ", group.reason.empty() ? "no reason is known" : group.reason);
    rule_list(group.outcomes);
    is_denied = is_denied || group.reason.find("ermission denied") != std::string::npos;
  }
  if (is_denied && options_.is_root)
    note("help", "root may not read it here: scan from outside this container or its confinement");
  else if (is_denied)
    note("help", "run it as root: what may not be read cannot be judged");
}

void Page::waived() {
  const Outcomes all = with_verdict(scan_, Verdict::waived);
  if (all.empty()) return;
  out_ += '\n';
  out_ += layout_.heading(fmt::format("waived: {}", plural(all.size(), "rule", "rules")), Ink::dim);
  for (const Outcome* outcome : all)
    out_ += layout_.wrap("  ", fmt::format("{} ({}): {}", outcome->rule->id,
                                           name_of(outcome->severity), outcome->waiver));
}

void Page::others() {
  const Outcomes idle = with_verdict(scan_, Verdict::not_applicable);
  if (!idle.empty()) {
    out_ += '\n';
    out_ += layout_.heading(fmt::format("not applicable: {}", plural(idle.size(), "rule", "rules")),
                            Ink::dim);
    for (const SameReason& group : by_reason(idle)) {
      if (!group.reason.empty()) out_ += layout_.wrap("  ", group.reason);
      rule_list(group.outcomes);
    }
  }
  const Outcomes good = with_verdict(scan_, Verdict::pass);
  if (good.empty()) return;
  out_ += '\n';
  out_ +=
      layout_.heading(fmt::format("pass: {}", plural(good.size(), "rule", "rules")), Ink::green);
  rule_list(good);
}

void Page::notices() {
  if (scan_.notices.empty()) return;
  out_ += '\n';
  for (const std::string& notice : scan_.notices)
    out_ += layout_.wrap("notice: ", notice, Ink::yellow);
}

void Page::summary() {
  std::string tail;
  if (options_.seconds) tail = fmt::format(", in {:.2f} s", *options_.seconds);
  tail += fmt::format(", {} read", plural(scan_.evidence.size(), "file", "files"));
  if (scan_.deep_files != 0)
    tail += fmt::format(", {} of packages checked ({})", plural(scan_.deep_files, "file", "files"),
                        size_text(scan_.deep_bytes));
  if (!options_.quiet) out_ += '\n';
  const std::string text = summary_text(scan_) + tail;
  out_ += layout_.wrap_pieces("", phrases(text));
  if (scan_.deep_rules_left_out != 0 && !options_.quiet)
    out_ += layout_.wrap(
        "", fmt::format("{} not run: `--deep` adds what reads whole files",
                        plural(scan_.deep_rules_left_out, "deep rule was", "deep rules were")));
  const bool has_drift = scan_.by_verdict[static_cast<std::size_t>(Verdict::drift)] != 0;
  if (has_drift && !options_.quiet)
    out_ += layout_.wrap(
        "", "`plimsoll explain RULE` gives the reasons and the risk; --verbose shows it all");
}

}  // namespace

std::string summary_text(const ScanResult& scan) {
  const auto count = [&](Verdict verdict) {
    return scan.by_verdict[static_cast<std::size_t>(verdict)];
  };
  std::string severities;
  for (std::size_t i = scan.drift_by_severity.size(); i-- > 0;)
    if (scan.drift_by_severity[i] != 0)
      severities += fmt::format("{}{} {}", severities.empty() ? "" : ", ",
                                scan.drift_by_severity[i], name_of(static_cast<Severity>(i)));
  std::string out =
      fmt::format("{}: {} pass, {} drift", plural(scan.outcomes.size(), "rule", "rules"),
                  count(Verdict::pass), count(Verdict::drift));
  if (!severities.empty()) out += fmt::format(" ({})", severities);
  out += fmt::format(", {} unknown", count(Verdict::unknown));
  if (count(Verdict::waived) != 0) out += fmt::format(", {} waived", count(Verdict::waived));
  return out + fmt::format(", {} not applicable", count(Verdict::not_applicable));
}

std::string text_report(const ScanResult& scan, const TextOptions& options) {
  return Page(scan, options).render();
}

}  // namespace plimsoll
