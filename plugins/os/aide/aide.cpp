#include <array>

#include "plugins/os/aide/reader.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using aide::Item;

constexpr std::string_view kMain = "/etc/aide/aide.conf";
constexpr std::array<std::string_view, 2> kFiles = {kMain, "/etc/aide/aide.conf.d/10_local"};

constexpr std::array kFields = {
    Field{"kind", Type::text, "option, group or rule"},
    Field{"name", Type::text, "of an option or group; a rule's regular expression, `^` implied"},
    Field{"value", Type::text, "of an option, variables filled in"},
    Field{"sign", Type::text, "of a rule: empty, `!` (leave out) or `=` (this one alone)"},
    Field{"types", Type::list, "file types a rule is restricted to, as in aide.conf(5)"},
    Field{"attributes", Type::set, "what is compared, groups worked out"},
    Field{"exists", Type::boolean, "of an option that names a file: it is there"},
};

/// Options that name a database do it as `file:/path`.
Value exists(const Root& root, const Item& item, Facts& facts) {
  constexpr std::string_view kScheme = "file:";
  if (item.kind != Item::Kind::option || !item.value.starts_with(kScheme)) return {};
  const auto stat = root.stat(std::string_view(item.value).substr(kScheme.size()));
  if (stat) return stat->type == FileType::regular;
  if (stat.error().code == ErrorCode::not_found) return false;
  facts.gap(stat.error(), "option");
  return {};
}

Facts read_aide(const Request& request) {
  Facts facts;
  const auto stat = request.root.stat(kMain);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    facts.not_applicable = "there is no /etc/aide/aide.conf";
    return facts;
  }
  constexpr std::array<const char*, 3> kKinds = {"option", "group", "rule"};
  aide::Configuration configuration = aide::read_configuration(request.root, std::string(kMain));
  for (const Item& item : configuration.items) {
    const bool is_rule = item.kind == Item::Kind::rule;
    const bool is_option = item.kind == Item::Kind::option;
    const auto text = [](bool applies, std::string value) {
      return applies ? Value{std::move(value)} : Value{};
    };
    facts.row(
        {kKinds.at(static_cast<std::size_t>(item.kind)), item.name, text(is_option, item.value),
         text(is_rule, item.sign == ' ' ? "" : std::string(1, item.sign)),
         is_rule ? Value{item.types} : Value{},
         is_option
             ? Value{}
             : Value{std::vector<std::string>(item.attributes.begin(), item.attributes.end())},
         exists(request.root, item, facts)},
        item.origin);
  }
  for (Gap& gap : configuration.gaps) facts.gaps.push_back(std::move(gap));
  return facts;
}

}  // namespace

extern const Probe aide_probe;
const Probe aide_probe{
    .name = "aide",
    .group = "os",
    .summary = "what AIDE compares, and with which database",
    .semantics = "aide.conf(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_aide,
    .files = kFiles,
};

}  // namespace plimsoll
