#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/probe/matcher.h"

namespace plimsoll {

enum class Severity : std::uint8_t { info, low, medium, high, critical };
std::string_view name_of(Severity severity);
std::optional<Severity> severity_named(std::string_view name);

/// One operator with its operands as the baseline spells them; `$name` stands for a parameter until
/// a scan resolves it.
struct Expectation {
  Op op = Op::present;
  std::vector<std::string> operands;
  std::optional<Type> type;  ///< `type = "duration"`: compares otherwise than the schema says
};

/// A condition on a named field (or `scope`, `key`, `value`) of a fact.
struct FieldExpectation {
  std::string field;
  Expectation expect;
};

/// What a rule asks: a question about one setting, a question about rows, or a composition of
/// checks.
struct Check {
  enum class Kind : std::uint8_t { setting, rows, all, any, negation, implies };
  enum class Quantifier : std::uint8_t { every, some, none, exactly };
  enum class WhenAbsent : std::uint8_t { unknown, drift, pass, not_applicable };

  Kind kind = Kind::setting;
  std::string probe;
  std::vector<FieldExpectation> where;    ///< which facts; conditions on scope for settings
  std::string key;                        ///< setting: the key
  std::optional<Expectation> expect;      ///< setting: what the value should be
  std::vector<FieldExpectation> expects;  ///< rows: what each selected row should be (every, some)
  Quantifier quantifier = Quantifier::every;
  std::int64_t count = 0;       ///< exactly
  bool explicit_value = false;  ///< setting: the default does not count, it must be written down
  WhenAbsent when_absent = WhenAbsent::unknown;  ///< setting: nothing gives a value, not even a
                                                 ///< default; rows: there is none
  bool when_absent_given = false;                ///< the baseline says so itself
  std::string called;  ///< rows: what such a row is, for people: "a rule on chmod"; may be empty
  std::vector<Check> children;  ///< all, any; negation: one; implies: condition, then conclusion
  std::uint32_t line = 0;       ///< in the baseline file
};

struct Remediation {
  std::string set;  ///< the value to write; empty when the fix is not one value
  std::string summary;
  std::string verify;
  std::string risk;
};

/// An edit that would mend a finding in a file. A report offers it only when the file, read again
/// with it, has lost the finding and has no new one.
struct EditHint {
  std::vector<std::string> set;  ///< keys below a YAML or JSON mapping around the finding,
  std::string to;                ///< and what is written there; empty: the wanted value
  std::string replace;           ///< or an RE2 expression for a part of the finding's line,
  bool drop = false;             ///< or the item of a list at the finding goes
  std::string with;  ///< and what stands there instead (`\1` is its first group); a line that is
                     ///< left blank goes
};

struct References {
  std::map<std::string, std::vector<std::string>, std::less<>> by_name;  ///< `ssg` → ids
};

struct Parameter {
  std::string name;  ///< bare: `max_auth_tries`; `--set` also takes it as `sshd.max_auth_tries`
  Type type = Type::text;
  std::vector<std::string>
      value;  ///< the default, or what a benchmark, the configuration or --set made of it
  bool is_list = false;
  std::optional<std::int64_t> least, most;
  std::vector<std::string> choices;
  std::string doc;
  References references;
};

struct Rule {
  std::string id;
  std::string title;
  Severity severity = Severity::medium;
  Check check;
  std::optional<Check> when;  ///< not_applicable unless it passes
  std::string rationale;
  References references;
  Remediation remediation;
  std::vector<EditHint> edits;  ///< in the order in which they are tried
  std::vector<std::string> tags;
  bool deep = false;  ///< reads many files whole: only a scan that is asked to (`--deep`) runs it
  std::uint32_t line = 0;
};

/// A configuration that shows the rule's verdict; kept beside the baseline in
/// `<version>.examples.toml`.
struct Example {
  std::string rule;
  std::string verdict;  ///< pass, drift, unknown, not_applicable
  std::string at;       ///< `file:line` of the finding, optional
  std::string why;      ///< what it shows
  struct File {
    std::string path;
    std::string text;
    std::uint32_t mode = 0644;
    std::string owner = "root", group = "root";  ///< names or numbers
    std::string type = "file";  ///< file, directory, link (text is the target), fifo
  };
  std::vector<File> files;
  std::map<std::string, std::string> set;  ///< parameters for this example
  std::string source;                      ///< the file it is written in
  std::uint32_t line = 0;
};

struct Baseline {
  std::string file;  ///< where it was read from, for messages
  int schema = 1;
  std::string id;
  std::string version;                 ///< semantic
  std::string title, owner, reviewed;  ///< reviewed: YYYY-MM-DD
  int review_days = 365;
  std::string element;  ///< os, service, container, framework, library, appliance
  std::vector<Parameter> parameters;
  std::vector<Rule> rules;  ///< component baselines

  /// Benchmark baselines: which rules of which components, at which level, with which section
  /// number.
  struct Selected {
    std::string rule;                 ///< id or a glob
    std::vector<std::string> except;  ///< ids and globs of those that are left out
    std::vector<std::string> levels;
    std::string section;
    std::optional<Severity> severity;
    std::optional<bool> explicit_value;
    std::uint32_t line = 0;

    [[nodiscard]] bool takes(std::string_view id) const;
  };
  /// A value for a parameter of some component.
  struct Assigned {
    std::string parameter;  ///< `sshd.max_auth_tries`
    std::vector<std::string> value;
    std::string level;  ///< of the benchmark; empty: all of them
    std::uint32_t line = 0;
  };
  bool is_benchmark = false;
  std::vector<std::string> levels;
  std::vector<Selected> selects;
  std::vector<std::string> components;  ///< `ID@VERSION` where not the latest is meant
  std::vector<Assigned> set;
};

}  // namespace plimsoll
