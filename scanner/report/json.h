#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"

namespace plimsoll {

/// Writes JSON texts, one after the other. Strings become valid UTF-8, and whatever a terminal
/// could obey or hide (C0 and C1 controls, DEL, bidirectional marks) is written as \uXXXX: the same
/// string to a parser, harmless to look at.
class Json {
 public:
  enum class Style : std::uint8_t {
    pretty,  ///< indented by two blanks, for a document
    compact  ///< on one line
  };
  explicit Json(Style style = Style::pretty);
  ~Json();
  Json(const Json&) = delete;
  Json& operator=(const Json&) = delete;

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void text(std::string_view value);
  void number(std::int64_t value);
  void boolean(bool value);
  void null();

  // A member of an object: its name and its value.
  void member(std::string_view name, std::string_view value);
  void member(std::string_view name, const char* value);
  void member(std::string_view name, bool value);
  void member(std::string_view name, std::int64_t value);
  void member(std::string_view name, std::size_t value);
  void member(std::string_view name, const std::vector<std::string>& values);
  /// Nothing at all when the value is empty.
  void member_unless_empty(std::string_view name, std::string_view value);
  void begin_object(std::string_view name);
  void begin_array(std::string_view name);

  /// What was written, with a newline at the end. The next one may be begun then.
  [[nodiscard]] std::string take();

 private:
  struct Writers;
  std::unique_ptr<Writers> writers_;
};

/// `"origin": {"file", "line"}` or `{"default": true}`.
void write_origin(Json& json, const Origin& origin);

}  // namespace plimsoll
