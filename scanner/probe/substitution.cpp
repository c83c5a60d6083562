#include "scanner/probe/substitution.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

#include "scanner/probe/expression.h"

namespace plimsoll {

Result<std::shared_ptr<const re2::RE2>> compile_expression(const std::string& text) {
  re2::RE2::Options options;
  // Values are bytes: in UTF-8 mode an invalid byte in a scanned file would escape `.*`.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  auto expression = std::make_shared<const re2::RE2>(text, options);
  if (!expression->ok())
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is not a regular expression: {}", text, expression->error()));
  return expression;
}

Result<Substitution> Substitution::compile(const std::string& expression, std::string with) {
  auto compiled = compile_expression(expression);
  if (!compiled) return fail(compiled.error());
  std::string why;
  if (!(*compiled)->CheckRewriteString(with, &why))
    return fail(ErrorCode::invalid, fmt::format("`{}` cannot be written: {}", with, why));
  Substitution out;
  out.expression_ = std::move(*compiled);
  out.with_ = std::move(with);
  return out;
}

std::optional<std::string> Substitution::apply(std::string_view line) const {
  std::string out(line);
  if (!re2::RE2::Replace(&out, *expression_, with_)) return std::nullopt;
  return out;
}

}  // namespace plimsoll
