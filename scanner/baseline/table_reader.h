#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/diagnostic.h"
#include "scanner/baseline/toml_reader.h"

namespace plimsoll {

/// Reads one table strictly: what is missing, unknown or of the wrong type is complained about,
/// with the nearest valid name. `subject` says whose table it is: "rule `sshd.x`".
class TableReader {
 public:
  TableReader(const TomlNode& table, std::string subject, Complaints& complaints)
      : table_(table), subject_(std::move(subject)), complaints_(complaints) {}

  /// Complains about every key that is not among these.
  void allow_only(std::span<const std::string_view> keys) const;

  /// A text that must be there and not be blank; empty when it is not (and that was said).
  std::string required_text(std::string_view key) const;
  std::string optional_text(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
  /// A date without time, as YYYY-MM-DD.
  std::string required_date(std::string_view key) const;
  /// A text or an array of texts.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  /// One of the names; its index.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view key,
                                                  std::span<const std::string_view> names) const;
  /// The value when it is there and a table (an array); otherwise null, and said when it is of
  /// another kind.
  [[nodiscard]] const TomlNode* table(std::string_view key) const;
  [[nodiscard]] const TomlNode* array(std::string_view key) const;
  [[nodiscard]] const TomlNode* find(std::string_view key) const { return table_.find(key); }

  void wrong_kind(std::string_view key, const TomlNode& value, std::string_view wanted) const;
  void missing(std::string_view key) const;
  Diagnostic& error(const TomlNode& at, std::string what, std::string help = {}) const;

  [[nodiscard]] const TomlNode& node() const { return table_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }
  [[nodiscard]] Complaints& complaints() const { return complaints_; }

 private:
  const TomlNode& table_;
  std::string subject_;
  Complaints& complaints_;
};

/// "use `NEAREST`", or "one of `a`, `b`" when nothing is near and there are few; else empty.
std::string suggestion(std::string_view name, std::span<const std::string_view> valid);
std::string suggestion(std::string_view name, std::span<const std::string> valid);

}  // namespace plimsoll
