#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/line_edit.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll {

/// A file, and every rule that asks the one probe which reads it: edits are held against all of
/// them before they are offered.
class EditTrial {
 public:
  /// `rules` ask `probe` alone. Both and the root outlive this.
  EditTrial(const Root& root, const Probe& probe, std::vector<const CompiledRule*> rules,
            std::string file, unsigned jobs);

  /// The file's text; empty when it cannot be read or was not there as the rules saw it.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Whether the rule's finding of that fingerprint is gone, and nothing else has come: no finding,
  /// no doubt, no rule that no longer applies.
  [[nodiscard]] bool mends(const LineEdit& edit, const CompiledRule& rule,
                           const std::string& fingerprint) const;

 private:
  /// What one rule says of the file.
  struct Said {
    Verdict verdict = Verdict::unknown;
    std::vector<std::string> fingerprints;  ///< sorted
    std::size_t found = 0;
  };
  [[nodiscard]] Facts facts_of(const Root& root, std::string_view text) const;
  [[nodiscard]] Said said_by(const CompiledRule& rule, const FactIndexes& facts) const;
  [[nodiscard]] bool is_no_worse(const Said& before, const Said& after) const;

  const Root& root_;
  const Probe& probe_;
  std::vector<const CompiledRule*> rules_;
  std::string file_;
  unsigned jobs_;
  std::vector<Selection> selections_;
  std::string text_;
  std::size_t gaps_ = 0;  ///< of the text as it is
  std::map<const CompiledRule*, Said> before_;
};

/// Works out edits for the findings of these outcomes (in the order of the rules), for at most
/// `most` findings: Finding::edit and Finding::diff. A notice says when there were more.
void propose_edits(const std::vector<CompiledRule>& rules, const Root& root, unsigned jobs,
                   std::size_t most, std::vector<Outcome>& outcomes,
                   std::vector<std::string>& notices);

}  // namespace plimsoll
