#pragma once

// The builder behind build.h; nobody else includes this.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/dockerfile/copy.h"
#include "plugins/container/dockerfile/row.h"
#include "plugins/container/dockerfile/run.h"
#include "plugins/container/dockerfile/stage.h"
#include "plugins/container/dockerfile/syntax.h"
#include "scanner/probe/probe.h"

namespace plimsoll::dockerfile {

/// Carries out the instructions of one file: what becomes commands in build_commands.cpp, the rest
/// in build.cpp.
class Builder {
 public:
  Builder(const Syntax& syntax, const Request& request)
      : syntax_(syntax),
        request_(request),
        wanted_(request.selections),
        path_(request.document->path) {}
  Facts build();

 private:
  // --- rows

  std::size_t add(Row& row) { return add(std::move(row)); }
  std::size_t add(Row&& row);
  /// A row that nothing later adds a trait to.
  void add_final(Row& row);
  [[nodiscard]] std::string subject(const Instruction& one) const;

  // --- dispatch
  void comment(const Comment& one);
  void instruction(const Instruction& one);
  void dispatch(const Instruction& one, std::size_t row);

  /// The stage whose state an instruction reads: of what stands before FROM, one that nothing
  /// knows.
  Stage& stage() { return stages_.empty() ? outside_ : stages_.back(); }
  Scope& scope() { return stages_.empty() ? global_ : stages_.back().scope; }

  Expanded expanded(std::string_view word) { return expand(word, scope(), syntax_.escape); }

  // --- FROM
  void from(const Instruction& one);
  Row stage_row(const Instruction& one, const Stage& now);
  static void inherit(const Stage& base, Stage& made);
  void image(const Instruction& one, const Expanded& reference);

  // --- ENV, ARG
  void variables(const Instruction& one, std::size_t row);
  void assign(const std::string& name, Expanded value, bool is_env);
  void argument(const Instruction& one, const std::string& name, const Expanded& value,
                bool has_value);
  bool refers_to_itself(const std::vector<std::pair<std::string, std::string>>& pairs);
  void variable(const Instruction& one, const std::string& name, const Expanded& value,
                bool has_value);

  /// Variables that switch off the verification of certificates, wherever they are set.
  static Traits variable_traits(std::string_view name, std::string_view value, bool has_value);

  // --- RUN, CMD, ENTRYPOINT, HEALTHCHECK
  void run(const Instruction& one, std::size_t row);
  void run_flag(std::string_view flag, const Instruction& one, std::size_t row,
                RunContext& context);
  static bool is_engine_socket(std::string_view path);
  static MappedText script_of(const Instruction& one);
  static bool is_shell_line(std::string_view script);

  /// The commands of an instruction as rows; how many there are.
  std::size_t script(const Instruction& one, const MappedText& text, const ExecForm& exec,
                     const RunContext& context);
  void command_rows(const Instruction& one, const shell::Command& command, std::uint32_t line,
                    CommandFacts& facts);
  void package_row(const Package& package, std::string_view manager, std::uint32_t line);
  static std::vector<std::pair<std::string, shell::Word>> assignments_of(
      const shell::Command& command);
  void script_variable(const std::string& name, const shell::Word& value, std::uint32_t line);
  void downloads(const shell::Command& command, Traits& traits);
  void unpacks(const shell::Command& command);

  /// RUN after RUN, where both are short and run alike.
  void consecutive(const Instruction& one, std::size_t row, std::size_t count);
  void program(const Instruction& one, std::size_t row);

  /// Only the last of its kind in a stage counts.
  void override(std::optional<std::size_t>& last, std::size_t row);
  void run_time_command(const Instruction& one, const MappedText& text, const ExecForm& exec);
  void healthcheck(const Instruction& one, std::size_t row);
  void shell_instruction(const Instruction& one);

  // --- COPY, ADD
  void copy(const Instruction& one);

  // --- the rest
  void labels(const Instruction& one, std::size_t row_index);
  void ports(const Instruction& one);
  void port(const Instruction& one, std::string_view word, bool open);
  void user(const Instruction& one);
  void directory(const Instruction& one);

  // --- the end
  Facts finish();
  static std::string scope_name(const Stage& stage);
  void finish_stage(Stage& stage, bool last);

  /// The USER that stands in the end: of the last stage, or of the nearest one it is built from.
  void mark_user(const Stage& last);
  const Syntax& syntax_;
  const Request& request_;
  Wanted wanted_;
  std::string path_;
  Facts facts_;
  std::vector<Row> rows_;
  std::vector<Stage> stages_;
  Stage outside_;
  Scope global_;
  StageNames by_name_;
  std::optional<Instruction> previous_run_;
  std::size_t previous_count_ = 0;
  bool full_ = false;
};

}  // namespace plimsoll::dockerfile
