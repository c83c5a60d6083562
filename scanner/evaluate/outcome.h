#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/line_edit.h"
#include "scanner/baseline/model.h"

namespace plimsoll {

enum class Verdict : std::uint8_t { pass, drift, unknown, not_applicable, waived };
std::string_view name_of(Verdict verdict);

/// One fact that a verdict rests on: what is, what should be, and where.
struct Finding {
  std::string scope, key;
  std::string actual;    ///< effective value, or what was seen
  std::string expected;  ///< for people: "`no` or `prohibit-password`"
  std::string message;   ///< one sentence, values in backquotes
  Origin origin;
  std::vector<Shadowed> shadowed;
  std::optional<ShownEdit> edit;  ///< of the origin's file: seen to mend this, and to break nothing
  std::string made_by;  ///< of an image: the layer and the instruction that made the file; of a part
                        ///< of a document: the document that puts it to use
  std::string fingerprint;  ///< 32 hex digits; the same drift keeps it from scan to scan and across
                            ///< line shifts
};

/// The verdict on one rule.
struct Outcome {
  const Rule* rule = nullptr;
  const Baseline* baseline = nullptr;    ///< the component the rule is from
  Severity severity = Severity::medium;  ///< after benchmark and site overrides
  std::string section;                   ///< of the benchmark, where one selected it
  Verdict verdict = Verdict::unknown;
  std::string reason;  ///< why unknown, not applicable or waived
  std::vector<Finding> findings;
  std::string waiver;  ///< what the waiver says, when waived or when it has expired
};

/// All of one scan, ready to be reported.
struct ScanResult {
  std::string tool_version;
  std::string target;       ///< "/", the path of the root directory
  std::string target_kind;  ///< host, root, tree, image
  std::string tree_top;     ///< of a tree: its directory, as the user named it
  std::string started;      ///< RFC 3339, UTC
  std::vector<std::pair<std::string, std::string>> baselines;  ///< id, version
  std::vector<Outcome> outcomes;                               ///< sorted by rule id
  std::vector<std::string>
      notices;  ///< expired or unused waivers, overdue reviews: said once, on stderr and in reports
  std::vector<std::pair<std::string, std::string>> evidence;  ///< path, SHA-256 of what was read
  std::size_t deep_rules_left_out = 0;  ///< would have been among them had the scan been deep
  std::uint64_t deep_files = 0, deep_bytes = 0;  ///< files that were read whole and not kept
  std::array<std::size_t, 5> by_verdict{};
  std::array<std::size_t, 5> drift_by_severity{};
};

}  // namespace plimsoll
