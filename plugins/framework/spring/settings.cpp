#include "plugins/framework/spring/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "plugins/framework/spring/fields.h"
#include "plugins/framework/spring/names.h"
#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

constexpr std::size_t kMostShadowed = 16;

const Field* field_named(std::string_view name) {
  static const auto sorted = [] {
    std::vector<const Field*> out;
    for (const Field& field : kFields) out.push_back(&field);
    std::sort(out.begin(), out.end(),
              [](const Field* a, const Field* b) { return a->name < b->name; });
    return out;
  }();
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), name,
                       [](const Field* field, std::string_view one) { return field->name < one; });
  return found != sorted.end() && (*found)->name == name ? *found : nullptr;
}

// --- values in one spelling

/// Properties that are enumerations of Java: case, dashes and underscores do not count.
constexpr std::string_view kEnumerations =
    "management.endpoint.configprops.show-values management.endpoint.env.show-values "
    "management.endpoint.health.show-details management.endpoint.shutdown.access "
    "server.error.include-binding-errors server.error.include-message "
    "server.error.include-stacktrace server.forward-headers-strategy "
    "server.servlet.session.cookie.same-site server.ssl.client-auth";

std::string enumeration(std::string_view value) {
  std::string out = lower(value);
  std::replace(out.begin(), out.end(), '_', '-');
  // Named so before 3.0.
  return out == "on-trace-param" || out == "on-param" ? "on-param" : out;
}

struct Unit {
  std::string_view name;
  double seconds;
};
constexpr std::array kUnits = {Unit{"ns", 1e-9}, Unit{"us", 1e-6}, Unit{"ms", 1e-3}, Unit{"s", 1},
                               Unit{"m", 60},    Unit{"h", 3600},  Unit{"d", 86400}};

/// `PT1H30M` (ISO-8601), in seconds.
std::optional<double> iso_duration(std::string_view text) {
  double sum = 0, sign = 1;
  if (text.starts_with('-')) sign = -1, text.remove_prefix(1);
  if (!istarts_with(text, "p") || text.size() < 3) return std::nullopt;
  const std::string rest = lower(text.substr(1));
  std::string digits;
  for (const char c : rest) {
    if (c == 't') continue;
    if ((c >= '0' && c <= '9') || c == '-') {
      digits += c;
      continue;
    }
    const auto number = to_integer(digits);
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) {
      return one.name.size() == 1 && one.name[0] == c;
    });
    if (!number || unit == kUnits.end()) return std::nullopt;
    sum += static_cast<double>(*number) * unit->seconds;
    digits.clear();
  }
  return digits.empty() ? std::optional(sign * sum) : std::nullopt;
}

/// `30m` and the like; a bare number is of seconds (@DurationUnit of the property).
std::optional<double> simple_duration(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("+-0123456789"), text.size());
  const auto number = to_integer(text.substr(0, end));
  const std::string_view name = text.substr(end);
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& one) { return iequals(one.name, name); });
  if (!number || (!name.empty() && unit == kUnits.end())) return std::nullopt;
  return static_cast<double>(*number) * (name.empty() ? 1 : unit->seconds);
}

std::string duration(std::string_view value) {
  const auto iso = iso_duration(value);
  const auto seconds = iso ? iso : simple_duration(value);
  if (!seconds || *seconds > 1e15) return std::string(value);
  // Servlet: a session without a timeout, or with one below zero, does not end.
  return *seconds <= 0 ? "0" : fmt::format("{}", static_cast<long>(*seconds + 0.999));
}

std::string in_one_spelling(std::string_view name, const Field* field, const std::string& value) {
  if (name.starts_with("logging.level.")) return lower(value);
  if (field == nullptr) return value;
  if (field->type == Type::boolean) return lower(value);
  if (field->type == Type::duration) return duration(value);
  return is_one_of(name, kEnumerations) ? enumeration(value) : value;
}

// --- rows

class Properties {
 public:
  explicit Properties(const Telling& telling)
      : telling_(telling), environment_(telling.environment) {
    for (const Selection& selection : telling.selections) note(selection);
  }

  void tell() {
    for (const auto& [key, hits] : environment_.properties()) tell(hits);
  }

 private:
  void note(const Selection& selection) {
    const auto key = std::find_if(selection.where.begin(), selection.where.end(),
                                  [](const auto& one) { return one.on == Predicate::On::key; });
    if (key == selection.where.end())
      wants_all_ = true;
    else if (key->matcher.op() == Op::equals)
      named_.insert(key->matcher.operands().begin(), key->matcher.operands().end());
    else
      wanted_.push_back(&key->matcher);
  }

  /// A file has hundreds of properties, and rules ask for those of the schema, and a few by what
  /// their names look like.
  [[nodiscard]] bool is_wanted(const std::string& name, const Field* field) const {
    if (field != nullptr || wants_all_ || telling_.selections.empty()) return true;
    if (named_.contains(name)) return true;
    return std::any_of(wanted_.begin(), wanted_.end(),
                       [&](const Matcher* matcher) { return matcher->test(name).value_or(true); });
  }

  void tell(const Environment::Hits& hits) {
    std::vector<std::uint32_t> scopes;
    for (const Hit& hit : hits) scopes.push_back(hit.scope);
    std::sort(scopes.begin(), scopes.end());
    scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
    for (const std::uint32_t scope : scopes) {
      const Hit* winner = environment_.effective(hits, scope);
      if (winner->scope == scope) write(*winner, hits);
    }
  }

  void write(const Hit& hit, const Environment::Hits& hits) {
    Facts& facts = telling_.facts[hit.home];
    const std::string scope = telling_.scope_name(hit.scope);
    const std::string& first = hit.elements.front()->name;
    const std::string name(is_list(relaxed(indexed(first).list)) ? indexed(first).list
                                                                 : std::string_view(first));
    const Field* field = field_named(name);
    if (!is_wanted(name, field)) return;
    for (const Entry* entry : hit.elements) {
      const Value value = environment_.value(*entry, hit.scope);
      // A placeholder stays as it is written.
      Fact& fact =
          facts.setting(name, value.open ? value.text : in_one_spelling(name, field, value.text),
                        entry->origin, scope);
      if (entry == hit.elements.front()) add_shadowed(hit, hits, fact);
      if (value.open && field != nullptr) doubt(*field, value.text, *entry, scope, facts);
    }
  }

  /// Text before a placeholder says enough of an address; of all else nothing is known.
  static void doubt(const Field& field, const std::string& text, const Entry& entry,
                    const std::string& scope, Facts& facts) {
    if (field.type == Type::text && text.starts_with("http")) return;
    facts.gap({ErrorCode::unsupported,
               fmt::format("`{}` is `{}`, which nothing in the files gives a value", entry.name,
                           printable(text)),
               entry.origin},
              scope, Gap::Effect::may_override, {field.name});
  }

  void add_shadowed(const Hit& winner, const Environment::Hits& hits, Fact& fact) const {
    const auto add = [&](const Entry& entry, std::string why) {
      // A document with several conditions says it once.
      const bool is_said = !fact.shadowed.empty() && fact.shadowed.back().origin == entry.origin;
      if (!is_said && fact.shadowed.size() < kMostShadowed)
        fact.shadowed.push_back({entry.value, entry.origin, std::move(why)});
    };
    for (const Entry* entry : winner.overwritten) add(*entry, "the document sets it again");
    for (const Hit& hit : hits) {
      if (hit.order >= winner.order || environment_.effective(hits, hit.scope) != &winner) continue;
      for (const Entry* entry : hit.elements)
        add(*entry, hit.scope == winner.scope ? "what is read later sets it again"
                                              : "what is read later sets it for all profiles");
    }
  }

  const Telling& telling_;
  const Environment& environment_;
  bool wants_all_ = false;
  std::set<std::string, std::less<>> named_;
  std::vector<const Matcher*> wanted_;
};

// --- defaults

struct Default {
  std::string_view name, value;
};
// Spring Boot 2.7 to 3.x, "Common Application Properties".
constexpr std::array kDefaults = {
    Default{"debug", "false"},
    Default{"trace", "false"},
    Default{"logging.level.root", "info"},
    Default{"management.endpoint.configprops.show-values", "never"},
    Default{"management.endpoint.env.show-values", "never"},
    Default{"management.endpoint.health.show-details", "never"},
    Default{"management.endpoint.shutdown.enabled", "false"},
    Default{"management.endpoints.web.exposure.include", "health"},
    Default{"server.error.include-binding-errors", "never"},
    Default{"server.error.include-message", "never"},
    Default{"server.error.include-stacktrace", "never"},
    Default{"spring.h2.console.enabled", "false"},
    Default{"spring.h2.console.settings.web-allow-others", "false"},
    Default{"spring.jpa.show-sql", "false"},
    Default{"spring.mvc.log-request-details", "false"},
    Default{"spring.thymeleaf.cache", "true"},
};
constexpr std::array kOfWebServers = {
    Default{"server.error.whitelabel.enabled", "true"},
    Default{"server.tomcat.accesslog.enabled", "false"},
    Default{"server.servlet.session.cookie.http-only", "true"},
    Default{"server.servlet.session.cookie.same-site", "unset"},
    Default{"server.servlet.session.cookie.secure", "false"},
    Default{"server.servlet.session.timeout", "1800"},
};
constexpr std::array kOfSpringdoc = {Default{"springdoc.api-docs.enabled", "true"},
                                     Default{"springdoc.swagger-ui.enabled", "true"}};

bool uses(const Environment& environment, std::string_view prefix) {
  const auto found = environment.properties().lower_bound(prefix);
  return found != environment.properties().end() && found->first.starts_with(prefix);
}

bool has_value(const Environment& environment, std::string_view key, std::string_view wanted) {
  const auto value = environment.value_of(key, 0);
  return value && iequals(value->text, wanted);
}

}  // namespace

bool is_web(const Environment& environment) {
  return uses(environment, "server.") && !has_value(environment, "server.port", "-1") &&
         !has_value(environment, "spring.main.webapplicationtype", "none");
}

bool has_servlets(const Environment& environment) {
  return is_web(environment) && !uses(environment, "spring.webflux.") &&
         !uses(environment, "server.reactive.") && !uses(environment, "server.netty.") &&
         !uses(environment, "spring.cloud.gateway.") &&
         !has_value(environment, "spring.main.webapplicationtype", "reactive");
}

void tell_properties(const Telling& telling) {
  Properties(telling).tell();
  if (!telling.main) return;
  const Environment& environment = telling.environment;
  const auto add = [&](std::span<const Default> defaults) {
    for (const Default& one : defaults)
      if (environment.effective(relaxed(one.name), 0) == nullptr)
        telling.facts[*telling.main].setting(std::string(one.name), std::string(one.value), {});
  };
  add(kDefaults);
  if (has_servlets(environment)) add(kOfWebServers);
  if (uses(environment, "springdoc.")) add(kOfSpringdoc);
}

}  // namespace plimsoll::spring
