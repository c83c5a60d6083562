#include "scanner/evaluate/compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/baseline/parameter.h"

namespace plimsoll {
namespace {

const Field* field_named(const Probe& probe, std::string_view name) {
  const auto found = std::find_if(probe.fields.begin(), probe.fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == probe.fields.end() ? nullptr : &*found;
}

class Compiler {
 public:
  Compiler(const Check& check, const CheckContext& context) : check_(check), context_(context) {
    out_.check = &check;
  }

  Result<CompiledCheck> compile() {
    const bool leaf = check_.kind == Check::Kind::setting || check_.kind == Check::Kind::rows;
    if (!leaf) return composition();
    out_.probe = find_probe(context_.probes, check_.probe);
    if (out_.probe == nullptr)
      return fail(ErrorCode::invalid, fmt::format("there is no probe `{}`", check_.probe));
    // Nothing is known of the schema of a plug-in that did not load; all its rules are unknown.
    if (!out_.probe->broken.empty()) return std::move(out_);
    const Result<bool> made = check_.kind == Check::Kind::setting ? setting() : rows();
    if (!made) return fail(made.error());
    return std::move(out_);
  }

 private:
  Result<CompiledCheck> composition() {
    for (const Check& child : check_.children) {
      auto compiled = compile_check(child, context_);
      if (!compiled) return compiled;
      out_.children.push_back(std::move(*compiled));
    }
    return std::move(out_);
  }

  Result<bool> setting() {
    auto key = Matcher::compile(Op::equals, Type::text, {check_.key});
    if (!key) return fail(key.error());
    out_.selection.where.push_back({Predicate::On::key, 0, std::move(*key)});
    if (const auto made = add_all(check_.where, out_.selection.where); !made) return made;
    auto expect = matcher(*check_.expect, key_type());
    if (!expect) return fail(expect.error());
    out_.expect = std::move(*expect);
    out_.explicit_value = check_.explicit_value;
    return true;
  }

  Result<bool> rows() {
    if (const auto made = add_all(check_.where, out_.selection.where); !made) return made;
    if (const auto made = add_all(check_.expects, out_.expects); !made) return made;
    // With a word on what no row at all means, conforming rows have to be seen.
    if (check_.quantifier == Check::Quantifier::every && !check_.when_absent_given)
      out_.selection.conforming = out_.expects;
    return true;
  }

  Result<bool> add_all(const std::vector<FieldExpectation>& from,
                       std::vector<Predicate>& to) const {
    for (const FieldExpectation& one : from) {
      auto made = predicate(one);
      if (!made) return fail(made.error());
      to.push_back(std::move(*made));
    }
    return true;
  }

  [[nodiscard]] Result<Predicate> predicate(const FieldExpectation& one) const {
    Predicate::On on = Predicate::On::field;
    std::size_t index = 0;
    Type type = Type::text;
    if (out_.probe->shape == Shape::settings) {
      const auto field = setting_field(one.field);
      if (!field) return no_field(one.field);
      on = *field;
      if (on == Predicate::On::value) type = key_type();
    } else {
      const Field* field = field_named(*out_.probe, one.field);
      if (field == nullptr) return no_field(one.field);
      index = static_cast<std::size_t>(field - out_.probe->fields.data());
      type = field->type;
    }
    auto compiled = matcher(one.expect, type);
    if (!compiled) return fail(compiled.error());
    return Predicate{on, index, std::move(*compiled)};
  }

  [[nodiscard]] tl::unexpected<Error> no_field(std::string_view name) const {
    return fail(ErrorCode::invalid,
                fmt::format("probe `{}` has no field `{}`", out_.probe->name, name));
  }

  [[nodiscard]] Result<Matcher> matcher(const Expectation& expect, Type type) const {
    return Matcher::compile(expect.op, expect.type.value_or(type),
                            resolve_operands(expect.operands, context_.parameters));
  }

  [[nodiscard]] Type key_type() const {
    const Field* field = field_named(*out_.probe, check_.key);
    return field == nullptr ? Type::text : field->type;
  }

  const Check& check_;
  const CheckContext& context_;
  CompiledCheck out_;
};

}  // namespace

std::optional<Predicate::On> setting_field(std::string_view name) {
  if (name == "scope") return Predicate::On::scope;
  if (name == "key") return Predicate::On::key;
  if (name == "value") return Predicate::On::value;
  return std::nullopt;
}

Result<CompiledCheck> compile_check(const Check& check, const CheckContext& context) {
  return Compiler(check, context).compile();
}

void gather(const CompiledCheck& check, Wanted& wanted) {
  if (check.probe != nullptr) wanted[check.probe].push_back(check.selection);
  for (const CompiledCheck& child : check.children) gather(child, wanted);
}

}  // namespace plimsoll
