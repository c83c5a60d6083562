#include "plugins/service/mysql/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "plugins/service/mysql/values.h"
#include "scanner/base/text.h"

namespace plimsoll::mysql {
namespace {

constexpr std::array<std::string_view, 6> kPrefixes = {"skip",    "disable", "enable",
                                                       "maximum", "loose",   "autoset"};
enum Prefix : std::uint8_t { skip, disable, enable, maximum, loose, autoset };

/// An argument that waits for a stage that knows it.
struct Pending {
  const Argument* argument;
  std::string name;  ///< what option is meant: dashes, without the name of a structure before a dot
  bool of_structure = false;
};

/// Names are the same in any case and with either dash.
std::string dashed(std::string_view name) {
  std::string out = lower(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

/// What became of an argument in one stage.
enum class Outcome : std::uint8_t { unknown, done, refused };

/// A name taken apart: `loose-skip-x`.
struct Meaning {
  Match match;
  std::string_view name;
  std::optional<Prefix> prefix;  ///< the one before the name that was found
  bool is_loose = false, is_automatic = false;
};

class Session {
 public:
  explicit Session(Variables& out) : out_(out) {}
  void run(const std::vector<Argument>& arguments);

 private:
  [[nodiscard]] Meaning meaning(std::size_t stage, std::string_view name) const;
  Outcome take(std::size_t stage, const Pending& pending);
  Outcome assign(const Meaning& meaning, const Pending& pending);
  Outcome assign_automatic(const Meaning& meaning, const Argument& argument);
  [[nodiscard]] Result<std::optional<std::string>> taken(
      const Meaning& meaning, const std::optional<std::string>& value) const;
  Outcome assign_flag(const Option& option, const std::optional<std::string>& value,
                      const Origin& origin);
  void left_over(const Pending& pending);
  void keep_unknown(std::string_view name, const Argument& argument);
  Outcome refuse(std::string why, const Origin& where);
  void write_bits(std::string_view name, const std::string& value, const Origin& origin);
  void side_effects(const Option& option, const std::string& value, const Origin& origin);

  Variables& out_;
  bool abbreviations_ = true;
};

Outcome Session::refuse(std::string why, const Origin& where) {
  out_.refused.push_back({ErrorCode::invalid, std::move(why), where});
  return Outcome::refused;
}

/// my_getopt.c: the name as it stands, else without a prefix, again and again.
Meaning Session::meaning(std::size_t stage, std::string_view name) const {
  const OptionTable& table = OptionTable::get();
  Meaning out;
  out.name = name;
  out.match = table.find(stage, name, !abbreviations_);
  for (std::size_t i = 0; out.match.count == 0 && i < kPrefixes.size(); ++i) {
    const std::string_view prefix = kPrefixes[i];
    if (out.name.size() <= prefix.size() || !out.name.starts_with(prefix) ||
        out.name[prefix.size()] != '-')
      continue;
    out.name.remove_prefix(prefix.size() + 1);
    out.is_loose = out.is_loose || i == loose;
    out.is_automatic = out.is_automatic || i == autoset;
    out.prefix = static_cast<Prefix>(i);
    out.match = table.find(stage, out.name, !abbreviations_);
    i = static_cast<std::size_t>(-1);
  }
  return out;
}

/// An option that takes no value; one that is on or off takes one all the same.
Outcome Session::assign_flag(const Option& option, const std::optional<std::string>& value,
                             const Origin& origin) {
  const bool on =
      !value || value->starts_with('1') || iequals(*value, "true") || iequals(*value, "on");
  const bool off =
      !on && (value->starts_with('0') || iequals(*value, "false") || iequals(*value, "off"));
  if (!on && !off) return Outcome::done;  // ignored with a warning
  out_.put(option.slot(), on ? "TRUE" : "FALSE", origin);
  side_effects(option, on ? "TRUE" : "FALSE", origin);
  return Outcome::done;
}

/// mysqld.cc: without a value it is one more than before, and letters after the number mean
/// nothing.
std::string warnings(const std::optional<std::string>& value, const Variable* before) {
  const auto number = [](std::string_view text) {
    return to_integer(text.substr(0, text.find_first_not_of("0123456789"))).value_or(0);
  };
  if (!value) return before == nullptr ? "2" : fmt::format("{}", number(before->value) + 1);
  return fmt::format("{}", static_cast<std::uint32_t>(number(*value)));
}

/// The value that is meant, prefixes worked in.
std::optional<std::string> argument_of(const Meaning& meaning, std::optional<std::string> value) {
  const Option& option = *meaning.match.option;
  if (!meaning.prefix || *meaning.prefix > enable) return value;
  // `skip-x=0` turns on again.
  const bool on = (*meaning.prefix == enable) != (value == "0");
  // my_getopt.c, setval: a text that is only enabled is empty; mysqld.cc: some that are off, too.
  const bool is_empty =
      on ? option.name != "datadir" : is_one_of(option.name, "log-error secure-file-priv");
  if (option.kind == Kind::text && is_empty) return "";
  return on ? "1" : "0";
}

/// `autoset-x`: as if it had not been set.
Outcome Session::assign_automatic(const Meaning& meaning, const Argument& argument) {
  const Option& option = *meaning.match.option;
  if (!argument.value && option.sets_itself) out_.set.erase(std::string(option.slot()));
  if (!argument.value && (option.sets_itself || meaning.is_loose)) return Outcome::done;
  return refuse(fmt::format("`{}` is not set automatically", option.name), argument.origin);
}

/// What my_getopt.c, setval makes of the value; with an error that is forgiven, what it has written
/// before it noticed. Nothing: the variable stays as it is.
Result<std::optional<std::string>> Session::taken(const Meaning& meaning,
                                                  const std::optional<std::string>& value) const {
  const Option& option = *meaning.match.option;
  const std::string_view otherwise = option.kind == Kind::text ? "" : "1";
  const Variable* before = out_.find(option.slot());
  if (option.name == "log-warnings" && !value) return warnings(value, before);
  auto result = take_value(option, value ? std::string_view(*value) : otherwise,
                           before == nullptr ? std::string_view() : before->value);
  if (result && option.name == "log-warnings") return warnings(value, before);
  if (result) return *std::move(result);
  if (!meaning.is_loose) return fail(result.error());
  if (option.kind == Kind::choice || option.kind == Kind::flags) return std::nullopt;
  return option.kind == Kind::set ? "" : "0";
}

Outcome Session::assign(const Meaning& meaning, const Pending& pending) {
  const Option& option = *meaning.match.option;
  const Origin& origin = pending.argument->origin;
  const auto value = argument_of(meaning, pending.argument->value);
  if (option.kind == Kind::removed) {
    keep_unknown(option.name, *pending.argument);
    return Outcome::done;
  }
  if (option.takes == Takes::nothing) return assign_flag(option, value, origin);
  if (meaning.is_automatic) return assign_automatic(meaning, *pending.argument);
  if (option.takes == Takes::value && !value)
    return refuse(fmt::format("`{}` has no value", option.name), origin);
  if (meaning.prefix == maximum && option.maximum != Option::Maximum::sets)
    return option.maximum == Option::Maximum::none && !meaning.is_loose && option.is_variable
               ? refuse(fmt::format("`{}` has no maximum", option.name), origin)
               : Outcome::done;
  const auto result = taken(meaning, value);
  if (!result) return refuse(result.error().what, origin);
  if (!*result || (pending.of_structure && option.name.starts_with("key-"))) return Outcome::done;
  out_.put(option.slot(), **result, origin);
  side_effects(option, **result, origin);
  return Outcome::done;
}

Outcome Session::take(std::size_t stage, const Pending& pending) {
  Meaning found = meaning(stage, pending.name);
  // The options of a plug-in may be written with `plugin-` before them.
  if (found.match.count == 0 && stage > 1 && found.name.starts_with("plugin-")) {
    found = meaning(stage, pending.name.substr(7));
  }
  if (found.match.count == 0) return Outcome::unknown;
  if (found.match.count > 1)
    return refuse(fmt::format("`{}` may be several options", pending.name),
                  pending.argument->origin);
  return assign(found, pending);
}

/// The name without its prefixes, and whether one of them was `loose-`.
std::pair<std::string_view, bool> without_prefixes(std::string_view name) {
  bool is_loose = false;
  for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
    const std::string_view prefix = kPrefixes[i];
    if (!name.starts_with(prefix) || name.size() <= prefix.size() || name[prefix.size()] != '-')
      continue;
    is_loose = is_loose || i == loose;
    name.remove_prefix(prefix.size() + 1);
    i = static_cast<std::size_t>(-1);
  }
  return {name, is_loose};
}

/// An option without effect on MariaDB, or one of a plug-in or of MySQL: kept as it is written.
void Session::keep_unknown(std::string_view name, const Argument& argument) {
  Variable& variable = out_.unknown[std::string(name)];
  if (!variable.origin.is_default())
    variable.earlier.push_back({variable.value, variable.origin, "a later line sets it again"});
  variable.value = argument.value.value_or("");
  variable.origin = argument.origin;
}

/// What no stage knows: the server refuses it, unless it is written loosely.
void Session::left_over(const Pending& pending) {
  const std::string whole = dashed(pending.argument->name);
  const auto [name, is_loose] = without_prefixes(whole);
  keep_unknown(is_loose ? name : std::string_view(whole), *pending.argument);
  if (!is_loose) {
    out_.refused.push_back({ErrorCode::unsupported, fmt::format("it has no option `{}`", whole),
                            pending.argument->origin});
  }
}

/// my_getopt.c, check_struct_option: `name.option` is an option of a structure.
Pending pending(const Argument& argument) {
  Pending out{&argument, argument.name, false};
  const std::size_t dot = argument.name.find('.', 1);
  if (dot != std::string::npos && argument.name.size() - dot > 1) {
    out.of_structure = !iequals(argument.name.substr(0, dot), "default");
    out.name = argument.name.substr(dot + 1);
  }
  out.name = dashed(out.name);
  return out;
}

void Session::run(const std::vector<Argument>& arguments) {
  std::vector<Pending> waiting;
  for (const Argument& argument : arguments) waiting.push_back(pending(argument));
  for (std::size_t stage = 0; stage < OptionTable::get().stages() && !waiting.empty(); ++stage) {
    std::vector<Pending> rest;
    for (Pending& one : waiting)
      if (take(stage, one) == Outcome::unknown) rest.push_back(std::move(one));
    waiting = std::move(rest);
  }
  for (const Pending& one : waiting) left_over(one);
}

/// A variable that is one bit of a set, and which word of it.
struct Bit {
  std::string_view name, set, word;
  bool inverted;
  std::string_view otherwise;  ///< what the set holds by default
};

constexpr std::array<Bit, 3> kBits = {{
    {"log-slow-admin-statements", "log-slow-disabled-statements", "admin", true, "sp"},
    {"log-slow-slave-statements", "log-slow-disabled-statements", "slave", true, "sp"},
    {"log-queries-not-using-indexes", "log-slow-filter", "not_using_index", false,
     "admin,filesort,filesort_on_disk,filesort_priority_queue,full_join,full_scan,query_cache,"
     "query_cache_miss,tmp_table,tmp_table_on_disk"},
}};

/// Keeps a set and its bits alike when `name` has been written.
void Session::write_bits(std::string_view name, const std::string& value, const Origin& origin) {
  for (const Bit& bit : kBits) {
    if (name == bit.name) {
      const Variable* set = out_.find(bit.set);
      std::vector<std::string_view> in = words(set == nullptr ? bit.otherwise : set->value, ",");
      std::erase(in, bit.word);
      if ((value == "TRUE") != bit.inverted) in.push_back(bit.word);
      out_.put(bit.set, in_order(*OptionTable::get().named(bit.set), join(in, ",")), origin);
    } else if (name == bit.set) {
      const auto in = words(value, ",");
      // An empty filter holds nothing back.
      const bool has = std::find(in.begin(), in.end(), bit.word) != in.end() ||
                       (in.empty() && bit.set == "log-slow-filter");
      out_.put(bit.name, has != bit.inverted ? "TRUE" : "FALSE", origin);
    }
  }
}

/// mysqld.cc, mysqld_get_one_option: options that set other variables as well.
void Session::side_effects(const Option& option, const std::string& value, const Origin& origin) {
  const std::string_view name = option.name;
  write_bits(name, value, origin);
  if (name == "ansi") {
    out_.put("sql-mode", "ANSI", origin);
    out_.put("transaction-isolation", "SERIALIZABLE", origin);
  } else if (name == "safe-mode") {
    out_.put("delay-key-write", "OFF", origin);
    out_.put("query-cache-size", "0", origin);
  } else if (name == "getopt-prefix-matching") {
    abbreviations_ = value == "TRUE";
  } else if (is_one_of(name, "ssl-ca ssl-capath ssl-cert ssl-cipher ssl-crl ssl-crlpath ssl-key")) {
    out_.put("ssl", "TRUE", origin);
  } else if (name == "bootstrap") {
    out_.put("skip-grant-tables", "TRUE", origin);
  }
}

}  // namespace

const Variable* Variables::find(std::string_view slot) const {
  const auto found = set.find(slot);
  return found == set.end() ? nullptr : &found->second;
}

void Variables::put(std::string_view slot, std::string value, const Origin& origin) {
  Variable& variable = set[std::string(slot)];
  if (!variable.origin.is_default())
    variable.earlier.push_back(
        {std::move(variable.value), variable.origin, "a later line sets it again"});
  variable.value = std::move(value);
  variable.origin = origin;
}

Variables take_arguments(const std::vector<Argument>& arguments) {
  Variables out;
  Session(out).run(arguments);
  return out;
}

}  // namespace plimsoll::mysql
