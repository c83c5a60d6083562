#include "scanner/evaluate/candidate_edits.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "scanner/base/text.h"
#include "scanner/formats/data/data_edit.h"
#include "scanner/probe/substitution.h"

namespace plimsoll {
namespace {

/// Of one finding; a long list of candidates would cost more than it helps.
constexpr std::size_t kMostCandidates = 16;

struct Spelling {
  std::string_view yes, no;
};
constexpr std::array kSpellings = {Spelling{"true", "false"},       Spelling{"yes", "no"},
                                   Spelling{"on", "off"},           Spelling{"1", "0"},
                                   Spelling{"enabled", "disabled"}, Spelling{"enable", "disable"}};

std::optional<bool> truth_of(std::string_view word) {
  for (const Spelling& one : kSpellings) {
    if (iequals(word, one.yes)) return true;
    if (iequals(word, one.no)) return false;
  }
  return std::nullopt;
}

/// A boolean as the file spells them: `Yes` becomes `No`, not `false`.
std::string spelled_like(std::string_view old, std::string_view wanted) {
  const auto value = truth_of(wanted);
  const auto family = std::find_if(kSpellings.begin(), kSpellings.end(), [&](const Spelling& one) {
    return iequals(old, one.yes) || iequals(old, one.no);
  });
  if (!value || family == kSpellings.end()) return std::string(wanted);
  std::string out(*value ? family->yes : family->no);
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (old.empty() || !is_upper(old.front())) return out;
  const auto up = [](char& c) { c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  up(out.front());
  if (old.size() > 1 && is_upper(old[1])) std::for_each(out.begin(), out.end(), up);
  return out;
}

/// What the part of the rule that speaks of this key wants.
const Matcher* wanted_by(const CompiledCheck& check, const Finding& finding) {
  for (const CompiledCheck& child : check.children)
    if (const Matcher* found = wanted_by(child, finding)) return found;
  if (check.check == nullptr || !check.children.empty()) return nullptr;
  if (check.check->kind == Check::Kind::setting)
    return check.expect && check.check->key == finding.key ? &*check.expect : nullptr;
  return check.expects.size() == 1 ? &check.expects.front().matcher : nullptr;
}

/// Words that stand for "nothing is written" in facts: no program reads them.
bool is_written(std::string_view value) {
  return !value.empty() && value != "none" && value != "unset";
}

/// Values that would do, the one that the rule names itself first.
std::vector<std::string> wanted_values(const CompiledRule& rule, const Finding& finding) {
  std::vector<std::string> out;
  const std::string& set = rule.planned->rule->remediation.set;
  if (!set.empty()) out.push_back(set);
  const Matcher* wanted = wanted_by(rule.check, finding);
  if (wanted == nullptr) return out;
  const Op op = wanted->op();
  if (op != Op::equals && op != Op::one_of && op != Op::at_least && op != Op::at_most) return out;
  std::vector<std::string> written = wanted->operands();
  std::erase_if(written, [](const std::string& value) { return !is_written(value); });
  // Of several good values people choose.
  if (written.size() == 1) out.push_back(std::move(written.front()));
  return out;
}

struct Span {
  std::size_t begin = 0, size = 0;
};

/// The word at the beginning of a text, without the quotes around it.
Span word_at(std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'')) {
    const std::size_t end = text.find(text.front(), 1);
    if (end != std::string_view::npos) return {1, end - 1};
  }
  return {0, std::min(text.find_first_of(" \t,;\"')]}#"), text.size())};
}

/// The first place where the text is a word of its own.
std::size_t find_word(std::string_view line, std::string_view text, std::size_t from) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  };
  for (std::size_t at = from; !text.empty() && at + text.size() <= line.size(); ++at) {
    const std::size_t end = at + text.size();
    if (iequals(line.substr(at, text.size()), text) && (at == 0 || !is_part(line[at - 1])) &&
        (end == line.size() || !is_part(line[end])))
      return at;
  }
  return std::string_view::npos;
}

/// Where the value stands in its line, if the file spells it as the fact does: what a fact merely
/// concludes is not written anywhere.
std::optional<Span> value_in(std::string_view line, const Finding& finding) {
  const std::string& actual = finding.actual;
  const std::size_t begin = std::max(finding.origin.column, 1U) - 1;
  if (begin >= line.size()) return std::nullopt;
  if (const std::size_t found = find_word(line, actual, begin); found != std::string_view::npos)
    return Span{found, actual.size()};
  const Span word = word_at(line.substr(begin));
  const auto truth = truth_of(line.substr(begin + word.begin, word.size));
  if (!truth || truth != truth_of(actual)) return std::nullopt;
  return Span{begin + word.begin, word.size};
}

class Candidates {
 public:
  Candidates(const CompiledRule& rule, const Finding& finding, std::string_view text)
      : rule_(rule), finding_(finding), text_(text), line_(line_of(text, finding.origin.line)) {}

  std::vector<LineEdit> gather() {
    if (finding_.origin.line == 0) return {};
    for (const EditHint& hint : rule_.planned->rule->edits)
      if (hint.drop)
        drop_item();
      else
        hint.set.empty() ? replace(hint) : set(hint);
    write_values();
    return std::move(out_);
  }

 private:
  void add(LineEdit edit) {
    const bool changes = edit.removed != 1 || edit.added.size() != 1 ||
                         edit.added.front() != line_of(text_, edit.line);
    if (changes && out_.size() < kMostCandidates &&
        std::find(out_.begin(), out_.end(), edit) == out_.end())
      out_.push_back(std::move(edit));
  }

  void add_line(std::string line) { add({finding_.origin.line, 1, {std::move(line)}}); }

  void replace(const EditHint& hint) {
    const auto substitution = Substitution::compile(hint.replace, hint.with);
    if (!substitution) return;
    auto changed = substitution->apply(line_);
    if (changed && trim(*changed).empty())
      add({finding_.origin.line, 1, {}});
    else if (changed)
      add_line(std::move(*changed));
  }

  /// The file is read once more for it: only the few findings that are listed come here.
  void set(const EditHint& hint) {
    // JSON as well: the reader of JSON does not tell where a token begins.
    const DataTree tree = read_yaml(text_, {});
    const DataNode* around = nullptr;
    for (const DataNode* document : tree.documents)
      if (document != nullptr && document->line <= finding_.origin.line) around = document;
    if (around == nullptr) return;
    std::vector<std::string> values;
    if (hint.to.empty())
      values = wanted_values(rule_, finding_);
    else
      values.push_back(hint.to);
    // Of JSON the line alone is known: what its end lies in is as near as it gets.
    const std::uint32_t column = finding_.origin.column != 0
                                     ? finding_.origin.column
                                     : static_cast<std::uint32_t>(line_.size());
    for (const DataNode* mapping : mappings_around(*around, finding_.origin.line, column))
      for (const std::string& value : values)
        for (LineEdit& way : ways_to_set(text_, *mapping, hint.set, value)) add(std::move(way));
  }

  void write_values() {
    const auto span = value_in(line_, finding_);
    if (!span) return;
    const std::string_view old = line_.substr(span->begin, span->size);
    for (const std::string& value : wanted_values(rule_, finding_))
      add_line(std::string(line_.substr(0, span->begin)) + spelled_like(old, value) +
               std::string(line_.substr(span->begin + span->size)));
    take_out(*span);
  }

  /// The item of a list at the finding: a line of its own, or one among others.
  void drop_item() {
    const std::size_t begin = finding_.origin.column - 1;
    if (finding_.origin.column == 0 || begin >= line_.size()) return;
    const Span word = word_at(line_.substr(begin));
    const std::string_view before = trim_right(trim_right(line_.substr(0, begin), "\"'"));
    std::string_view after = line_.substr(begin + word.begin + word.size);
    after = trim_left(trim_left(after, "\"'"));
    if (trim(before) == "-" && after.empty()) return add({finding_.origin.line, 1, {}});
    if (before.ends_with(',') && (after.starts_with(',') || after.starts_with(']')))
      add_line(std::string(before.substr(0, before.size() - 1)) + std::string(after));
    else if (before.ends_with('[') && after.starts_with(','))
      add_line(std::string(before) + std::string(trim(after.substr(1))));
    else if (before.ends_with('[') && after.starts_with(']'))
      add_line(std::string(before) + std::string(after));
  }

  /// Of a list, the elements that should not be there, each with the separator before or after it.
  void take_out(const Span& span) {
    const Matcher* wanted = wanted_by(rule_.check, finding_);
    if (wanted == nullptr) return;
    std::string rest(line_.substr(span.begin));
    for (const std::string& element : wanted->unwanted(finding_.actual)) {
      const std::size_t found = rest.find(element);
      if (found == std::string::npos) return;
      const std::size_t end = found + element.size();
      if (end < rest.size() && rest[end] == ',')
        rest.erase(found, element.size() + 1);
      else if (found > 0 && (rest[found - 1] == ',' || rest[found - 1] == ' '))
        rest.erase(found - 1, element.size() + 1);
      else
        return;
    }
    add_line(std::string(line_.substr(0, span.begin)) + rest);
  }

  const CompiledRule& rule_;
  const Finding& finding_;
  std::string_view text_, line_;
  std::vector<LineEdit> out_;
};

}  // namespace

std::vector<LineEdit> candidate_edits(const CompiledRule& rule, const Finding& finding,
                                      std::string_view text) {
  return Candidates(rule, finding, text).gather();
}

}  // namespace plimsoll
