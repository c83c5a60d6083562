#include "scanner/baseline/read_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/nearest.h"
#include "scanner/base/text.h"
#include "scanner/baseline/parameter.h"

namespace plimsoll {
namespace {

using Kind = TomlNode::Kind;

constexpr std::array<std::string_view, 17> kKeys = {
    "probe", "key",  "expect",  "scope", "type", "when_absent", "explicit", "where", "every",
    "some",  "none", "exactly", "all",   "any",  "not",         "when",     "called"};
constexpr std::array<std::string_view, 4> kQuantifiers = {"every", "some", "none", "exactly"};
constexpr std::array<std::string_view, 3> kCompositions = {"all", "any", "not"};
constexpr std::array<std::string_view, 4> kWhenAbsent = {"unknown", "drift", "pass",
                                                         "not_applicable"};
constexpr std::array<std::string_view, 9> kTypes = {
    "text", "boolean", "integer", "mode", "duration", "size", "version", "list", "set"};
constexpr std::array<Field, 3> kSettingFields = {
    Field{"scope", Type::text, "section or context"},
    Field{"key", Type::text, "name of the setting"},
    Field{"value", Type::text, "its effective value"},
};

/// A key of the schema that this one is all but equal to: other case, or one letter off. Digits are
/// not letters (`ipv4` is not a mistake for `ipv6`), and short names are near too much.
std::string near_miss(const Probe& probe, const std::string& key) {
  std::vector<std::string_view> names;
  for (const Field& field : probe.fields) {
    if (iequals(field.name, key)) return std::string(field.name);
    names.push_back(field.name);
  }
  constexpr std::size_t kShortest = 6;
  const std::string near = key.size() >= kShortest ? nearest_name(key, names) : std::string();
  const auto apart = static_cast<std::size_t>(
      std::mismatch(key.begin(), key.end(), near.begin(), near.end()).first - key.begin());
  if (near.size() > key.size() + 1 || near.size() + 1 < key.size()) return {};
  const auto tail = [&](std::string_view text, std::size_t from) {
    return from <= text.size() ? text.substr(from) : std::string_view{};
  };
  const auto is_digit = [](std::string_view text) {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
  };
  const std::string_view left = tail(key, apart), right = tail(near, apart);
  if (is_digit(left) || is_digit(right)) return {};
  const bool one_off = tail(left, 1) == tail(right, 1) || tail(left, 1) == right ||
                       left == tail(right, 1) ||
                       (left.size() > 1 && right.size() > 1 && left[0] == right[1] &&
                        left[1] == right[0] && tail(left, 2) == tail(right, 2));
  return one_off ? near : std::string();
}

class CheckReader {
 public:
  CheckReader(const TableReader& table, const std::string& probe, const CheckContext& context)
      : table_(table), context_(context) {
    check_.line = table.node().line;
    check_.probe = probe;
  }

  Check read() {
    read_probe();
    if (const auto absent = table_.choice("when_absent", kWhenAbsent)) {
      check_.when_absent = static_cast<Check::WhenAbsent>(*absent);
      check_.when_absent_given = true;
    }
    check_.called = table_.optional_text("called");
    if (const auto written = table_.boolean("explicit")) check_.explicit_value = *written;
    switch (forms()) {
      case 0:
        complain("asks nothing",
                 "give it `expect`, `every`, `some`, `none`, `exactly`, `all`, `any` or `not`");
        break;
      case 1:
        read_form();
        break;
      default:
        complain("asks in more than one way", "put the parts into `all = [{…}, {…}]`");
    }
    return std::move(check_);
  }

 private:
  [[nodiscard]] bool has(std::string_view key) const { return table_.find(key) != nullptr; }

  /// How many of the forms of the page are there.
  [[nodiscard]] std::size_t forms() const {
    std::size_t count = has("expect") ? 1 : 0;
    for (const std::string_view key : kQuantifiers) count += has(key) ? 1 : 0;
    for (const std::string_view key : kCompositions) count += has(key) ? 1 : 0;
    return count;
  }

  void complain(std::string_view what, std::string help = {}) const {
    table_.error(table_.node(), fmt::format("{} {}", table_.subject(), what), std::move(help));
  }

  /// Complains about keys that mean nothing in this form.
  void refuse(std::initializer_list<std::string_view> keys, std::string_view form) const {
    for (const TomlMember& member : table_.node().members)
      if (std::find(keys.begin(), keys.end(), member.name) != keys.end())
        table_.complaints().error(member.line, member.column,
                                  fmt::format("`{}` means nothing beside `{}` in {}", member.name,
                                              form, table_.subject()));
  }

  void read_probe() {
    if (has("probe")) check_.probe = table_.required_text("probe");
    probe_ = find_probe(context_.probes, check_.probe);
    if (probe_ != nullptr || !has("probe") || check_.probe.empty()) return;
    std::vector<std::string_view> names;
    for (const Probe* probe : context_.probes) names.push_back(probe->name);
    const std::string near = nearest_name(check_.probe, names);
    table_.error(*table_.find("probe"),
                 fmt::format("unknown probe `{}` in {}", check_.probe, table_.subject()),
                 near.empty() ? "`plimsoll probes` lists them; a plug-in needs `--plugin-dir`"
                              : fmt::format("use `{}`", near));
  }

  void read_form() {
    for (const std::string_view key : kCompositions)
      if (has(key)) return read_composition(key);
    if (check_.probe.empty()) return table_.missing("probe");
    if (probe_ == nullptr) return;  // said already
    if (has("expect")) return read_setting();
    read_rows();
  }

  /// A plug-in that did not load: what the rule asks of it cannot be held against a schema.
  [[nodiscard]] bool schema_unknown() const { return !probe_->broken.empty(); }

  // --- all, any, not

  void read_composition(std::string_view form) {
    refuse({"key", "expect", "scope", "type", "when_absent", "explicit", "where", "called"}, form);
    check_.kind = form == "all"   ? Check::Kind::all
                  : form == "any" ? Check::Kind::any
                                  : Check::Kind::negation;
    if (form == "not") {
      if (const TomlNode* child = table_.table("not")) read_child(*child);
      return;
    }
    const TomlNode* children = table_.array(form);
    if (children == nullptr) return;
    if (children->items.empty())
      table_.error(*children, fmt::format("`{}` in {} has no parts", form, table_.subject()));
    for (const TomlNode& child : children->items) {
      if (child.kind == Kind::table)
        read_child(child);
      else
        table_.wrong_kind(form, child, "an array of tables");
    }
  }

  void read_child(const TomlNode& node) {
    const TableReader child(node, "a part of " + table_.subject(), table_.complaints());
    child.allow_only(kKeys);
    Check read = read_check(child, check_.probe, context_);
    if (node.find("when") != nullptr) read = conditional(child, std::move(read));
    check_.children.push_back(std::move(read));
  }

  [[nodiscard]] Check conditional(const TableReader& child, Check conclusion) const {
    Check out;
    out.kind = Check::Kind::implies;
    out.line = conclusion.line;
    if (const TomlNode* when = child.table("when")) {
      const TableReader condition(*when, "`when` in " + child.subject(), child.complaints());
      condition.allow_only(kKeys);
      out.children.push_back(read_check(condition, conclusion.probe, context_));
    }
    out.children.push_back(std::move(conclusion));
    return out;
  }

  // --- key, expect

  void read_setting() {
    refuse({"where", "called"}, "expect");
    check_.kind = Check::Kind::setting;
    if (probe_->shape != Shape::settings && !schema_unknown()) {
      table_.error(*table_.find("expect"),
                   fmt::format("probe `{}` yields rows, not settings, in {}", probe_->name,
                               table_.subject()),
                   "ask with `where` and `every`, `some`, `none` or `exactly`");
      return;
    }
    check_.key = table_.required_text("key");
    check_key();
    read_scope();
    check_.expect = read_expectation(*table_.find("expect"), "expect", value_type());
  }

  void check_key() const {
    if (check_.key.empty() || schema_unknown()) return;
    std::vector<std::string_view> names;
    for (const Field& field : probe_->fields) names.push_back(field.name);
    if (std::find(names.begin(), names.end(), check_.key) != names.end()) return;
    const std::string near = probe_->open_keys ? near_miss(*probe_, check_.key) : std::string();
    if (probe_->open_keys && near.empty()) return;
    table_.error(
        *table_.find("key"),
        fmt::format("probe `{}` has no key `{}` in {}", probe_->name, check_.key, table_.subject()),
        near.empty() ? suggestion(check_.key, names) : fmt::format("use `{}`", near));
  }

  void read_scope() {
    const TomlNode* scope = table_.find("scope");
    if (scope == nullptr) return;
    if (auto expect = read_expectation(*scope, "scope", Type::text))
      check_.where.push_back({"scope", std::move(*expect)});
  }

  /// What the schema says of the key, unless `type` says otherwise.
  [[nodiscard]] Type value_type() const {
    if (const auto type = table_.choice("type", kTypes)) return static_cast<Type>(*type);
    const auto found = std::find_if(probe_->fields.begin(), probe_->fields.end(),
                                    [&](const Field& field) { return field.name == check_.key; });
    const bool known = probe_->shape == Shape::settings && found != probe_->fields.end();
    return known ? found->type : Type::text;
  }

  // --- where, every, some, none, exactly

  void read_rows() {
    check_.kind = Check::Kind::rows;
    if (has("explicit")) refuse({"explicit"}, "where");
    if (probe_->shape == Shape::settings) {
      read_scope();
      if (has("key")) {
        check_.key = table_.required_text("key");
        check_key();
        check_.where.push_back({"key", {Op::equals, {check_.key}, std::nullopt}});
      }
    } else if (!schema_unknown()) {
      refuse({"key", "scope", "type"}, "where");
    }
    if (const TomlNode* where = table_.table("where")) read_fields(*where, "where", check_.where);
    if (has("every")) return read_quantified("every", Check::Quantifier::every);
    if (has("some")) return read_quantified("some", Check::Quantifier::some);
    if (has("none")) {
      check_.quantifier = Check::Quantifier::none;
      if (const auto none = table_.boolean("none"); none && !*none)
        table_.error(*table_.find("none"),
                     fmt::format("`none` in {} can only be true", table_.subject()));
      return;
    }
    check_.quantifier = Check::Quantifier::exactly;
    check_.count = table_.integer("exactly").value_or(0);
    if (check_.count < 0)
      table_.error(*table_.find("exactly"),
                   fmt::format("`exactly` in {} is below zero", table_.subject()));
  }

  void read_quantified(std::string_view key, Check::Quantifier quantifier) {
    check_.quantifier = quantifier;
    if (const TomlNode* fields = table_.table(key)) read_fields(*fields, key, check_.expects);
  }

  void read_fields(const TomlNode& fields, std::string_view part,
                   std::vector<FieldExpectation>& out) const {
    const std::span<const Field> schema =
        probe_->shape == Shape::settings ? std::span<const Field>(kSettingFields) : probe_->fields;
    for (const TomlMember& member : fields.members) {
      const auto field = std::find_if(schema.begin(), schema.end(),
                                      [&](const Field& one) { return one.name == member.name; });
      if (schema_unknown()) continue;
      if (field == schema.end()) {
        unknown_field(member, schema);
        continue;
      }
      const bool is_value = probe_->shape == Shape::settings && member.name == "value";
      if (auto expect = read_expectation(member.value, part, is_value ? value_type() : field->type))
        out.push_back({member.name, std::move(*expect)});
    }
  }

  void unknown_field(const TomlMember& member, std::span<const Field> schema) const {
    std::vector<std::string_view> names;
    for (const Field& field : schema) names.push_back(field.name);
    table_.complaints().error(member.line, member.column,
                              fmt::format("probe `{}` has no field `{}` in {}", probe_->name,
                                          member.name, table_.subject()),
                              suggestion(member.name, names));
  }

  // --- one operator and its operands

  [[nodiscard]] std::optional<Expectation> read_expectation(const TomlNode& node,
                                                            std::string_view key, Type type) const {
    Expectation out;
    const TomlNode* operands = &node;
    if (node.kind == Kind::table) {
      operands = read_operator(node, key, out);
      if (operands == nullptr) return std::nullopt;
    } else {
      out.op = node.kind == Kind::array ? Op::one_of : Op::equals;
    }
    if (!read_operands(*operands, out)) return std::nullopt;
    if (schema_unknown()) return out;
    if (!out.type && table_.find("type") != nullptr) out.type = type;
    const auto compiled = Matcher::compile(out.op, out.type.value_or(type),
                                           resolve_operands(out.operands, context_.parameters));
    if (compiled) return out;
    table_.error(*operands, fmt::format("{} in {}", compiled.error().what, table_.subject()));
    return std::nullopt;
  }

  const TomlNode* read_operator(const TomlNode& node, std::string_view key,
                                Expectation& out) const {
    const TomlNode* operands = nullptr;
    bool sound = true;
    for (const TomlMember& member : node.members) {
      if (member.name == "type") {
        const TableReader inner(node, table_.subject(), table_.complaints());
        if (const auto type = inner.choice("type", kTypes)) out.type = static_cast<Type>(*type);
        continue;
      }
      const auto op = op_named(member.name);
      if (!op) unknown_operator(member);
      if (op && operands != nullptr)
        table_.complaints().error(
            member.line, member.column,
            fmt::format("a second operator `{}` in `{}` of {}", member.name, key, table_.subject()),
            "one operator each; put two into `all = [{…}, {…}]`");
      sound = sound && op && operands == nullptr;
      if (op) out.op = *op;
      operands = &member.value;
    }
    if (operands == nullptr)
      table_.error(node, fmt::format("`{}` in {} has no operator", key, table_.subject()));
    return sound ? operands : nullptr;
  }

  void unknown_operator(const TomlMember& member) const {
    std::vector<std::string_view> names;
    for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Op::absent); ++i)
      names.push_back(name_of(static_cast<Op>(i)));
    table_.complaints().error(
        member.line, member.column,
        fmt::format("unknown operator `{}` in {}", member.name, table_.subject()),
        suggestion(member.name, names));
  }

  [[nodiscard]] bool read_operands(const TomlNode& node, Expectation& out) const {
    if (node.kind != Kind::array) return read_operand(node, out);
    bool sound = true;
    for (const TomlNode& item : node.items) sound = read_operand(item, out) && sound;
    return sound;
  }

  [[nodiscard]] bool read_operand(const TomlNode& node, Expectation& out) const {
    if (node.kind != Kind::text && node.kind != Kind::integer && node.kind != Kind::boolean) {
      const bool quotable = node.is_scalar();
      table_.error(node,
                   fmt::format("an operand in {} is {}", table_.subject(), name_of(node.kind)),
                   quotable ? "write it in quotes" : "");
      return false;
    }
    const std::string_view name =
        node.kind == Kind::text ? parameter_reference(node.text) : std::string_view{};
    out.operands.push_back(node.text);
    if (name.empty()) return true;
    std::vector<std::string> names;
    for (const Parameter& parameter : context_.parameters) {
      if (parameter.name == name) return true;
      names.push_back("$" + parameter.name);
    }
    table_.error(node, fmt::format("unknown parameter `{}` in {}", node.text, table_.subject()),
                 names.empty() ? "declare it: `[parameter." + std::string(name) + "]`"
                               : suggestion(node.text, names));
    return false;
  }

  const TableReader& table_;
  const CheckContext& context_;
  const Probe* probe_ = nullptr;
  Check check_;
};

}  // namespace

const std::span<const std::string_view> kCheckKeys = kKeys;

Check read_check(const TableReader& table, const std::string& probe, const CheckContext& context) {
  return CheckReader(table, probe, context).read();
}

const Probe* find_probe(Probes probes, std::string_view name) {
  const auto found = std::find_if(probes.begin(), probes.end(),
                                  [&](const Probe* probe) { return probe->name == name; });
  return found == probes.end() ? nullptr : *found;
}

}  // namespace plimsoll
