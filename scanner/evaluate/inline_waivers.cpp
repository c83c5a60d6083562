#include "scanner/evaluate/inline_waivers.h"

#include <fmt/format.h>

#include <optional>

#include "scanner/base/date.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kMarker = "plimsoll: waive";
constexpr std::size_t kMostWaivers = 1000;  ///< of one document

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool is_comment(std::string_view line) {
  const std::string_view text = trim_left(line);
  return text.starts_with('#') || text.starts_with("//");
}

bool is_blank(std::string_view line) { return trim(line).empty(); }

/// The words of a waiver: blanks between them, a value in double quotes may hold blanks.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

std::string problem_of(const InlineWaiver& waiver) {
  if (waiver.rule.empty()) return "it names no rule";
  if (waiver.until.empty()) return "it has no date: add `until=YYYY-MM-DD`";
  if (!day_number(waiver.until)) return fmt::format("`{}` is no date", waiver.until);
  if (waiver.reason.empty()) return "it has no reason: add `reason=\"...\"`";
  return {};
}

class Reader {
 public:
  explicit Reader(std::string_view text) {
    for (const Line& line : lines(text)) lines_.push_back(line.text);
  }

  std::vector<InlineWaiver> read() {
    for (std::size_t i = 0; i < lines_.size() && out_.size() < kMostWaivers; ++i) look_at(i);
    return std::move(out_);
  }

 private:
  void look_at(std::size_t index) {
    const std::string_view line = lines_[index];
    const auto marker = line.find(kMarker);
    if (marker == std::string_view::npos) return;
    const std::string_view before = trim_right(line.substr(0, marker));
    if (!before.ends_with('#') && !before.ends_with("//")) return;
    InlineWaiver waiver;
    waiver.line = static_cast<std::uint32_t>(index + 1);
    std::string_view rest = line.substr(marker + kMarker.size());
    const bool whole_file = rest.starts_with("-file");
    if (whole_file) rest.remove_prefix(5);
    if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') return;
    fill(waiver, rest);
    if (whole_file)
      waiver.last = static_cast<std::uint32_t>(lines_.size());
    else
      cover(waiver, index, is_comment(line));
    waiver.problem = problem_of(waiver);
    out_.push_back(std::move(waiver));
  }

  static void fill(InlineWaiver& waiver, std::string_view text) {
    for (std::string& word : words_of(text)) {
      if (word.starts_with("until="))
        waiver.until = word.substr(6);
      else if (word.starts_with("reason="))
        waiver.reason = word.substr(7);
      else if (waiver.rule.empty())
        waiver.rule = std::move(word);
    }
  }

  void cover(InlineWaiver& waiver, std::size_t index, bool stands_alone) {
    if (stands_alone) {
      ++index;
      while (index < lines_.size() && (is_blank(lines_[index]) || is_comment(lines_[index])))
        ++index;
    }
    if (index >= lines_.size()) return;
    const std::size_t depth = indentation(lines_[index]);
    std::size_t last = index;
    for (std::size_t i = index + 1; i < lines_.size(); ++i) {
      const bool continued = trim_right(lines_[i - 1]).ends_with('\\');
      if (!continued && is_blank(lines_[i])) continue;
      if (!continued && indentation(lines_[i]) <= depth) break;
      last = i;
    }
    waiver.first = static_cast<std::uint32_t>(index + 1);
    waiver.last = static_cast<std::uint32_t>(last + 1);
  }

  std::vector<std::string_view> lines_;
  std::vector<InlineWaiver> out_;
};

}  // namespace

std::vector<InlineWaiver> inline_waivers(std::string_view text) {
  if (text.find(kMarker) == std::string_view::npos) return {};
  return Reader(text).read();
}

}  // namespace plimsoll
