#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "plugins/service/postgres/cluster.h"
#include "plugins/service/postgresql/claim.h"
#include "plugins/service/postgresql/fields.h"
#include "plugins/service/postgresql/modes.h"
#include "plugins/service/postgresql/parameters.h"
#include "scanner/base/text.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace postgres {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/postgresql/15/main/postgresql.conf", "/etc/postgresql/15/main/conf.d/site.conf",
    "/var/lib/postgresql/15/main/postgresql.auto.conf"};
constexpr std::size_t kMostShadowed = 100;  // of one name

/// One row a name: the last one stands (guc-file.l, ProcessConfigFileInternal).
void write_settings(const std::vector<Setting>& settings, const std::string& scope, Facts& facts) {
  std::map<std::string_view, std::size_t> rows;
  std::vector<Fact> found;
  for (auto at = settings.rbegin(); at != settings.rend(); ++at) {
    const auto [row, is_new] = rows.emplace(at->name, found.size());
    if (is_new) {
      Fact& fact = found.emplace_back();
      fact.scope = scope;
      fact.key = at->name;
      fact.value = at->value;
      fact.origin = at->origin;
    } else if (auto& shadowed = found[row->second].shadowed; shadowed.size() < kMostShadowed) {
      shadowed.push_back({at->value, at->origin, "a later line sets it again"});
    }
  }
  std::reverse(found.begin(), found.end());
  for (Fact& fact : found) facts.rows.push_back(std::move(fact));
}

void write_defaults(const Cluster& cluster, Facts& facts) {
  for (const Default& one : kDefaults)
    if (cluster.find(one.key) == nullptr)
      facts.setting(std::string(one.key), std::string(one.value), {}, cluster.scope);
}

/// What of another version may be a mistake here is no parameter of 15.
void refuse_unknown(unsigned version, SettingsFiles& files) {
  if (version != 15) return;
  for (const Setting& one : files.settings) {
    if (one.name.find('.') != std::string::npos || is_parameter(one.name)) continue;
    files.refusals.push_back(
        {ErrorCode::invalid, fmt::format("there is no parameter `{}`", one.name), one.origin});
    return;
  }
}

void write_refusals(const SettingsFiles& files, const std::string& scope, Facts& facts) {
  if (files.refusals.empty()) return;
  const Error& first = files.refusals.front();
  facts.setting("@refused", first.what, first.where, scope);
  facts.gap({first.code, "the server takes none of its files: " + first.what, first.where}, scope,
            Gap::Effect::may_add);
}

void write_cluster(const Root& root, Cluster& cluster, Facts& facts) {
  for (const Origin& file : cluster.files.files)
    facts.setting("@file", file.file, file, cluster.scope);
  for (const Error& error : cluster.files.gaps) facts.gap(error, cluster.scope);
  refuse_unknown(cluster.version, cluster.files);
  write_refusals(cluster.files, cluster.scope, facts);
  std::vector<Setting> settings = cluster.files.settings;
  settings.insert(settings.end(), cluster.command_line.begin(), cluster.command_line.end());
  write_settings(settings, cluster.scope, facts);
  write_defaults(cluster, facts);
  write_modes(root, cluster, facts);
}

Facts not_there(std::string why, bool passed_over) {
  Facts facts;
  facts.not_applicable = std::move(why);
  facts.passed_over = passed_over;
  return facts;
}

/// A text that becomes a configuration when somebody fills it in. `<%` begins many a
/// log_line_prefix.
/// Commands for the shell have variables of their own.
bool is_template(std::string_view text) {
  for (const Line& line : lines(text))
    if (has_template_marks(line.text, line.text.find("_command") == std::string_view::npos))
      return true;
  return false;
}

/// What a document includes from elsewhere may replace what it sets, and nothing else is said of
/// it.
void doubt(const SettingsFiles& files, Facts& facts) {
  std::vector<std::string_view> keys = {"@file"};
  for (const Field& field : kFields)
    if (facts.find(field.name) != nullptr) keys.push_back(field.name);
  for (const Error& error : files.gaps) facts.gap(error, {}, Gap::Effect::may_add, keys);
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (is_template(document.text)) return passed_over_template(document.path);
  SettingsFiles files;
  read_settings_text(request.root, std::string(document.path), document.text, {true}, files);
  Facts facts;
  for (const Origin& file : files.files) facts.setting("@file", file.file, file);
  write_settings(files.settings, {}, facts);
  doubt(files, facts);
  write_refusals(files, {}, facts);
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  std::vector<Cluster> clusters = find_clusters(request.root, facts);
  for (Cluster& cluster : clusters) write_cluster(request.root, cluster, facts);
  if (clusters.empty() && facts.gaps.empty())
    return not_there("no cluster of PostgreSQL is configured", false);
  return facts;
}

}  // namespace
}  // namespace postgres

extern const Probe postgresql_probe;
const Probe postgresql_probe{
    .name = "postgresql",
    .group = "service",
    .summary = "parameters of PostgreSQL, as the server reads its files",
    .semantics = "PostgreSQL 15: 20.1 Setting Parameters; pg_ctlcluster(1)",
    .shape = Shape::settings,
    .fields = postgres::kFields,
    .read = postgres::read,
    .files = postgres::kFiles,
    .documents = {.by_name = postgres::is_named_so,
                  .by_text = postgres::looks_so,
                  .called = "postgresql.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
