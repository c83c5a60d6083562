#include <algorithm>
#include <array>

#include "plugins/service/postgres/cluster.h"
#include "plugins/service/postgres/hba_file.h"
#include "plugins/service/postgres/hba_options.h"
#include "plugins/service/postgres/hba_record.h"
#include "scanner/base/text.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace postgres {
namespace {

constexpr std::array<std::string_view, 2> kFiles = {"/etc/postgresql/15/main/pg_hba.conf",
                                                    "/etc/postgresql/15/main/postgresql.conf"};
constexpr std::size_t kMostCompared = 200;  // records that may hide later ones

constexpr std::array kFields = {
    Field{"cluster", Type::text, "`15/main`, where a host has several"},
    Field{"type", Type::text, "local, host, hostssl, hostnossl, hostgssenc or hostnogssenc"},
    Field{"database", Type::list, "names and keywords; a keyword in quotes is a name"},
    Field{"user", Type::list, "names and keywords; a keyword in quotes is a name"},
    Field{"address", Type::text, "without its mask, as written; none of type local"},
    Field{"mask", Type::text, "bits or an address; none of names and keywords"},
    Field{"method", Type::text, "trust, scram-sha-256, ..."},
    Field{"options", Type::list, "`name=value`, as written; of a secret the name alone"},
    Field{"reach", Type::text, "where clients are: local, loopback, network or everywhere"},
    Field{"ldap", Type::text, "of the method ldap: how passwords go to that server, tls or plain"},
    Field{"error", Type::text, "why the server takes nothing of the file"},
};

Value text_or_none(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

/// A keyword in quotes keeps them: it is the name of something.
Value words_of(const HbaField& field) {
  if (field.empty()) return {};
  std::vector<std::string> out;
  for (const HbaToken& token : field) {
    const bool is_name =
        token.quoted && (is_one_of(token.text, "all replication sameuser samerole samegroup") ||
                         token.text.starts_with('+'));
    out.push_back(is_name ? "\"" + token.text + "\"" : token.text);
  }
  return out;
}

Value options_of(const HbaRecord& record) {
  std::vector<std::string> out;
  for (const auto& [name, value] : record.options)
    out.push_back(is_one_of(name, "ldapbindpasswd radiussecrets") ? name : name + "=" + value);
  return out;
}

/// 21.10: TLS from the start, or before the password goes.
Value ldap_of(const HbaRecord& record) {
  if (record.method != "ldap") return {};
  const auto value_of = [&](std::string_view name) -> std::string_view {
    const std::string* value = option_of(record, name);
    return value == nullptr ? std::string_view() : *value;
  };
  const bool is_safe = value_of("ldaptls") == "1" || value_of("ldapscheme") == "ldaps" ||
                       istarts_with(value_of("ldapurl"), "ldaps:");
  return std::string(is_safe ? "tls" : "plain");
}

void write_record(const HbaRecord& record, const std::string& cluster, Facts& facts) {
  const bool is_known = record.error.empty();
  facts.row(
      {text_or_none(cluster), text_or_none(record.type), words_of(record.database),
       words_of(record.user), text_or_none(record.address.text), text_or_none(record.address.mask),
       text_or_none(record.method), options_of(record),
       is_known ? Value{reach_of(record)} : Value{}, ldap_of(record), text_or_none(record.error)},
      record.origin);
}

/// The record as one line.
std::string shown(const HbaRecord& record) {
  std::string out = record.type;
  for (const HbaField* field : {&record.database, &record.user}) {
    std::vector<std::string_view> words;
    for (const HbaToken& token : *field) words.push_back(token.text);
    out += " " + join(words, ",");
  }
  if (!record.address.text.empty()) out += " " + record.address.text;
  if (!record.address.mask.empty()) out += "/" + record.address.mask;
  return out + " " + record.method;
}

/// 21.1: the first record that matches decides, so one that an earlier one covers never does.
void write(const HbaFile& file, unsigned version, const std::string& cluster, Facts& facts) {
  std::vector<std::pair<HbaRecord, std::size_t>> standing;
  for (const HbaLine& line : file.lines) {
    HbaRecord record = read_hba_record(line, version);
    const auto winner = std::find_if(standing.begin(), standing.end(),
                                     [&](const auto& one) { return covers(one.first, record); });
    if (winner != standing.end()) {
      facts.rows[winner->second].shadowed.push_back(
          {shown(record), record.origin, "an earlier record has all that it matches"});
      continue;
    }
    if (!record.error.empty())
      facts.gap({ErrorCode::invalid, "the server takes nothing of the file: " + record.error,
                 record.origin},
                {}, Gap::Effect::may_add);
    write_record(record, cluster, facts);
    if (standing.size() < kMostCompared && record.error.empty())
      standing.emplace_back(std::move(record), facts.rows.size() - 1);
  }
  for (const Error& error : file.gaps) facts.gap(error, {}, Gap::Effect::may_add);
}

Facts not_there(std::string why, bool passed_over) {
  Facts facts;
  facts.not_applicable = std::move(why);
  facts.passed_over = passed_over;
  return facts;
}

bool is_named_so(std::string_view path) {
  return path.ends_with(".conf") && base_name(path).find("hba") != std::string_view::npos;
}

/// Called so, or its first record begins with a type and goes on long enough.
bool looks_so(const Document& document) {
  if (base_name(document.path) == "pg_hba.conf") return true;
  for (const Line& line : lines(document.text)) {
    const auto parts = words(line.text.substr(0, line.text.find('#')));
    if (parts.empty()) continue;
    return parts.size() >= 4 &&
           is_one_of(parts[0], "local host hostssl hostnossl hostgssenc hostnogssenc");
  }
  return false;
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (has_template_marks(document.text, true)) return passed_over_template(document.path);
  HbaFile file;
  read_hba_text(request.root, std::string(document.path), document.text, {0, true}, file);
  Facts facts;
  write(file, 0, {}, facts);
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const std::vector<Cluster> clusters = find_clusters(request.root, facts);
  for (const Cluster& cluster : clusters) {
    // Which file it is hangs on what could not be read.
    for (const Error& error : cluster.files.gaps) facts.gap(error);
    HbaFile file;
    const std::string path = cluster.place("hba_file", "pg_hba.conf");
    read_hba_file(request.root, path, {cluster.version, false}, file);
    write(file, cluster.version, cluster.scope, facts);
  }
  if (clusters.empty() && facts.gaps.empty())
    return not_there("no cluster of PostgreSQL is configured", false);
  return facts;
}

}  // namespace
}  // namespace postgres

extern const Probe postgresql_hba_probe;
const Probe postgresql_hba_probe{
    .name = "postgresql-hba",
    .group = "service",
    .summary = "who may connect to PostgreSQL, from where and how: records of pg_hba.conf",
    .semantics = "PostgreSQL 15: 21.1 The pg_hba.conf File",
    .shape = Shape::rows,
    .fields = postgres::kFields,
    .read = postgres::read,
    .files = postgres::kFiles,
    .documents = {.by_name = postgres::is_named_so,
                  .by_text = postgres::looks_so,
                  .called = "pg_hba.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
