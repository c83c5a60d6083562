#include "scanner/baseline/lock.h"

#include <fmt/format.h>

#include <set>

#include "scanner/base/sha256.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kPrefix = "sha256:";
constexpr std::size_t kDigits = 64;

bool is_digest(std::string_view text) {
  return text.starts_with(kPrefix) && text.size() == kPrefix.size() + kDigits &&
         text.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

/// Ids of everything that decides what the plan asks.
std::set<std::string> used_by(const Plan& plan) {
  std::set<std::string> out;
  for (const Baseline* baseline : plan.baselines) out.insert(baseline->id);
  for (const PlannedRule& rule : plan.rules) out.insert(rule.baseline->id);
  return out;
}

void complain(Diagnostics& problems, std::string what, Origin where, std::string help) {
  Diagnostic problem;
  problem.what = std::move(what);
  problem.where = std::move(where);
  problem.help = std::move(help);
  problems.push_back(std::move(problem));
}

}  // namespace

Result<Lock> read_lock(std::string_view text, const std::string& file) {
  Lock out;
  out.file = file;
  for (const Line& line : lines(text)) {
    const auto parts = words(line.text);
    if (parts.empty() || parts.front().starts_with('#')) continue;
    const Origin where{file, line.number, 0};
    if (parts.size() != 3 || !is_digest(parts[2]))
      return fail(ErrorCode::invalid, "a line is `ID VERSION sha256:HEX`", where);
    const Lock::Pin pin{std::string(parts[1]), std::string(parts[2].substr(kPrefix.size())),
                        line.number};
    if (!out.pins.emplace(parts[0], pin).second)
      return fail(ErrorCode::invalid, fmt::format("`{}` is pinned twice", parts[0]), where);
  }
  return out;
}

std::string lock_text(const Plan& plan, const Library& library) {
  std::string out = "# baselines that a scan may use: id, version, SHA-256 of the TOML\n";
  for (const std::string& id : used_by(plan))
    if (const Library::Entry* entry = library.find(id))
      out += fmt::format("{} {} {}{}\n", entry->id, entry->version, kPrefix,
                         sha256_hex(entry->source));
  return out;
}

void apply_lock(const Lock& lock, Library& library, Diagnostics& problems) {
  for (const auto& [id, pin] : lock.pins)
    if (library.find(id) != nullptr && !library.keep_version(id, pin.version))
      complain(problems, fmt::format("`{}` is pinned to {}, which is not at hand", id, pin.version),
               {lock.file, pin.line, 0}, "`plimsoll baseline list` says which versions there are");
}

void check_lock(const Lock& lock, const Plan& plan, const Library& library, Diagnostics& problems) {
  for (const std::string& id : used_by(plan)) {
    const auto pin = lock.pins.find(id);
    const Library::Entry* entry = library.find(id);
    if (entry == nullptr) continue;
    if (pin == lock.pins.end())
      complain(problems, fmt::format("`{}` is used and not pinned", id), {lock.file},
               "`plimsoll baseline lock` writes the file anew");
    else if (sha256_hex(entry->source) != pin->second.sha256)
      complain(problems, fmt::format("`{}` {} is not what was pinned", id, pin->second.version),
               {lock.file, pin->second.line, 0},
               "look at what changed, then write the file anew with `plimsoll baseline lock`");
  }
}

}  // namespace plimsoll
