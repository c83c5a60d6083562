#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/line_edit.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll {

/// A probe, and the rules that ask it alone.
struct Panel {
  const Probe* probe = nullptr;
  std::vector<const CompiledRule*> rules;
};

/// A file, and the rules that edits of it are held against before they are offered: of a document
/// of a source tree those of every probe that claims it, on a host those of one probe.
class EditTrial {
 public:
  /// What `panels` points at and the root outlive this.
  EditTrial(const Root& root, std::string file, std::vector<Panel> panels, unsigned jobs);

  /// The file's text; empty when it cannot be read.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Whether the rule's finding of that fingerprint is gone, and nothing else has come: no finding,
  /// no doubt.
  [[nodiscard]] bool mends(const LineEdit& edit, const CompiledRule& rule,
                           const std::string& fingerprint) const;

 private:
  /// What one rule says of the file.
  struct Said {
    Verdict verdict = Verdict::unknown;
    std::vector<std::string> fingerprints;  ///< sorted
    std::size_t found = 0;
  };
  struct Seat {
    Panel panel;
    std::vector<Selection> selections;
    std::uint64_t gaps = 0;  ///< of the text as it is
    std::map<const CompiledRule*, Said> before;
  };
  [[nodiscard]] bool claims(const Probe& probe) const;
  void seat(Panel panel);
  [[nodiscard]] Facts facts_of(const Seat& seat, const Root& root, std::string_view text) const;
  [[nodiscard]] Said said_by(const CompiledRule& rule, const Probe& probe,
                             const FactIndexes& facts) const;
  [[nodiscard]] bool is_no_worse(const Seat& seat, const Root& root, std::string_view text) const;

  const Root& root_;
  std::string file_;
  unsigned jobs_;
  std::string text_;
  std::vector<Seat> seats_;
};

/// Works out edits for the findings of these outcomes (in the order of the rules), for at most
/// `most` findings: Finding::edit. A notice says when there were more.
void propose_edits(const std::vector<CompiledRule>& rules, const Root& root, unsigned jobs,
                   std::size_t most, std::vector<Outcome>& outcomes,
                   std::vector<std::string>& notices);

}  // namespace plimsoll
