#include "scanner/cli/checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/nearest.h"
#include "scanner/base/text.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/formats.h"

namespace plimsoll {
namespace {

constexpr std::int64_t kMostJobs = 256;

std::string listed(std::span<const std::string_view> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += i + 1 == names.size() ? " or " : ", ";
    out += fmt::format("`{}`", names[i]);
  }
  return out;
}

std::size_t index_of(std::string_view name, std::span<const std::string_view> names) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

void Checks::problem(std::string what, std::string help) {
  if (!problem_) problem_ = Problem{std::move(what), std::move(help)};
}

std::string Checks::one_of(std::string_view option, const std::string& value,
                           std::span<const std::string_view> allowed) {
  if (index_of(value, allowed) == allowed.size()) {
    const std::string near = nearest_name(value, allowed);
    problem(fmt::format("`{}` does not know `{}`", option, value),
            near.empty() ? fmt::format("use {}", listed(allowed))
                         : fmt::format("did you mean `{}`? it takes {}", near, listed(allowed)));
  }
  return value;
}

Severity Checks::severity(std::string_view option, const std::string& value) {
  one_of(option, value, kSeverities);
  const std::size_t index = index_of(value, kSeverities);
  return index < std::size(kSeverities) ? static_cast<Severity>(index) : Severity::low;
}

Color Checks::color(const std::string& value) {
  one_of("--color", value, kColors);
  const std::size_t index = index_of(value, kColors);
  return index < std::size(kColors) ? static_cast<Color>(index) : Color::automatic;
}

unsigned Checks::jobs(const std::string& value) {
  if (value.empty()) return 0;
  const auto number = to_integer(value);
  if (number && *number >= 1 && *number <= kMostJobs) return static_cast<unsigned>(*number);
  problem(fmt::format("`--jobs` does not know `{}`", value),
          fmt::format("use a number from 1 to {}", kMostJobs));
  return 0;
}

std::vector<std::string_view> scan_formats() {
  std::vector<std::string_view> out = {"text"};
  for (const ReportFormat& format : report_formats()) out.push_back(format.name);
  return out;
}

std::vector<std::pair<std::string, std::string>> Checks::pairs(
    std::string_view option, const std::vector<std::string>& values, std::string_view shape) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& value : values) {
    const auto equals = value.find('=');
    if (equals == 0 || equals == std::string::npos) {
      problem(fmt::format("`{} {}` has no `=`, or nothing before it", option, value),
              fmt::format("use `{} {}`", option, shape));
    } else {
      out.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Checks::outputs(
    const std::vector<std::string>& values) {
  auto out = pairs("--output", values, "FORMAT=FILE");
  for (std::size_t i = 0; i < out.size(); ++i) {
    one_of("--output", out[i].first, scan_formats());
    if (out[i].second.empty())
      problem(fmt::format("`--output {}=` names no file", out[i].first),
              "use `--output FORMAT=FILE`");
    for (std::size_t j = 0; j < i; ++j)
      if (out[j].second == out[i].second)
        problem(fmt::format("two reports would go to `{}`", out[i].second),
                "give each report a file of its own");
  }
  return out;
}

std::map<std::string, std::string, std::less<>> Checks::context(
    const std::vector<std::string>& values) {
  std::map<std::string, std::string, std::less<>> out;
  for (auto& [name, value] : pairs("--context", list(values), "user=bob,addr=10.0.0.5"))
    out.insert_or_assign(name, value);
  return out;
}

std::vector<std::string> Checks::list(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values)
    for (const std::string_view piece : split(value, ','))
      if (!trim(piece).empty()) out.emplace_back(trim(piece));
  return out;
}

void Checks::unexpected(const std::string& argument, std::span<const std::string> options) {
  if (!argument.starts_with('-')) return problem(fmt::format("unexpected argument `{}`", argument));
  const std::string name = argument.substr(0, argument.find('='));
  problem(fmt::format("unknown option `{}`", name), did_you_mean(nearest_name(name, options)));
}

}  // namespace plimsoll
