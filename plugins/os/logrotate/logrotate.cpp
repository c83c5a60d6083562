#include <array>

#include "plugins/os/logrotate/reader.h"
#include "plugins/os/logrotate/values.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"kind", Type::text,
          "log (a definition), include, end (of /etc/logrotate.conf), or error: a line that "
          "logrotate complains about"},
    Field{"file", Type::text, "the file it stands in"},
    Field{"names", Type::list, "of logs, with their wildcards; what an include names"},
    Field{"frequency", Type::text, "hourly, daily, weekly, monthly, yearly, or size"},
    Field{"rotate", Type::integer, "old versions that are kept; -1 is all of them"},
    Field{"size", Type::integer, "bytes at which it is rotated when frequency is size"},
    Field{"minsize", Type::integer, "bytes below which it is not rotated; 0 is none"},
    Field{"maxsize", Type::integer, "bytes at which it is rotated early; 0 is none"},
    Field{"minage", Type::integer, "days before which it is not rotated; 0 is none"},
    Field{"maxage", Type::integer, "days after which old versions are removed; 0 is none"},
    Field{"ifempty", Type::boolean, "an empty log is rotated, too"},
    Field{"missingok", Type::boolean, "a log that is not there is no error"},
    Field{"compress", Type::boolean, "old versions are compressed"},
    Field{"copytruncate", Type::boolean, "the log is copied and emptied in place"},
    Field{"shred", Type::boolean, "old versions are overwritten when they are removed"},
    Field{"create", Type::text, "mode, owner and group of the new log, as far as they are said"},
    Field{"su", Type::text, "user and group it is done as"},
    Field{"olddir", Type::text, "where old versions go"},
    Field{"mail", Type::text, "whom old versions are sent to"},
    Field{"error", Type::text, "what is wrong"},
};

constexpr std::array<std::string_view, 4> kFiles = {"/etc/logrotate.conf", "/etc/logrotate.d/local",
                                                    "/etc/passwd", "/etc/group"};

void add_row(const logrotate::Entry& entry, Facts& facts) {
  std::vector<Value> row{entry.kind, entry.at.file};
  if (entry.kind == "error") {
    row.resize(kFields.size() - 1);
    row.emplace_back(entry.error);
    facts.row(std::move(row), entry.at);
    return;
  }
  const logrotate::Settings& settings = entry.settings;
  row.push_back(entry.names.empty() ? Value{} : Value{entry.names});
  row.emplace_back(settings.frequency);
  for (const std::int64_t number : {settings.rotate, settings.size, settings.minsize,
                                    settings.maxsize, settings.minage, settings.maxage})
    row.emplace_back(number);
  for (const bool is_on : {settings.ifempty, settings.missingok, settings.compress,
                           settings.copytruncate, settings.shred})
    row.emplace_back(is_on);
  for (const logrotate::Ownership& ownership : {settings.create, settings.su})
    row.push_back(ownership.is_on ? Value{logrotate::to_text(ownership)} : Value{});
  for (const auto& text : {settings.olddir, settings.mail})
    row.push_back(text ? Value{*text} : Value{});
  row.emplace_back();
  facts.row(std::move(row), entry.at);
}

Facts read_logrotate(const Request& request) {
  Facts facts;
  if (const auto stat = request.root.lstat("/etc/logrotate.conf");
      !stat && stat.error().code == ErrorCode::not_found) {
    facts.not_applicable = "there is no /etc/logrotate.conf";
    return facts;
  }
  for (const logrotate::Entry& entry : logrotate::read_configuration(request.root, facts))
    add_row(entry, facts);
  return facts;
}

}  // namespace

extern const Probe logrotate_probe;
const Probe logrotate_probe{
    .name = "logrotate",
    .group = "os",
    .summary = "how often each log is rotated, and what becomes of the old ones",
    .semantics = "logrotate(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_logrotate,
    .files = kFiles,
};

}  // namespace plimsoll
