#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"name", Type::text, "binary package: `openssh-server`"},
    Field{"version", Type::version, "the version that is there, as dpkg-query prints it"},
    Field{"architecture", Type::text, "`amd64`, `all`"},
    Field{"status", Type::text,
          "installed, config-files (removed, but configuration is left), unpacked, "
          "half-configured, half-installed, triggers-pending, triggers-awaited"},
    Field{"want", Type::text, "what was asked for: install, hold, deinstall, purge"},
    Field{"essential", Type::boolean, "dpkg refuses to remove it without being forced"},
    Field{"source", Type::text, "the source package it was built from"},
    Field{"source_version", Type::version, "the version of the source package"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/var/lib/dpkg/status",
                                                    "/var/lib/dpkg/updates/0000"};

/// A half-installed package may have no version yet: the field then does not apply.
Value version_value(std::string_view version) {
  return version.empty() ? Value{} : Value{std::string(version)};
}

void add_row(const DpkgPackage& package, Facts& facts) {
  const std::string_view source = package.source.empty() ? package.name : package.source;
  const std::string_view source_version =
      package.source_version.empty() ? package.version : package.source_version;
  std::vector<Value> fields;
  fields.reserve(kFields.size());
  fields.emplace_back(lower(package.name));  // dpkg takes names without regard to case
  fields.push_back(version_value(package.version));
  fields.emplace_back(std::string(package.architecture));
  fields.emplace_back(std::string(package.status));
  fields.emplace_back(std::string(package.want));
  fields.emplace_back(package.essential);
  fields.emplace_back(lower(source));
  fields.push_back(version_value(source_version));
  facts.row(std::move(fields), {std::string(package.file), package.line, 1});
}

Facts read_package(const Request& request) {
  Facts facts;
  DpkgStatus status = read_dpkg_status(request.root);
  facts.rows.reserve(status.packages.size());
  for (const DpkgPackage& package : status.packages)
    if (package.status != "not-installed") add_row(package, facts);
  for (Error& error : status.errors) facts.gap(std::move(error));
  if (!status.present) facts.not_applicable = "there is no dpkg database below /var/lib/dpkg";
  return facts;
}

}  // namespace

extern const Probe package_probe;
const Probe package_probe{
    .name = "package",
    .group = "os",
    .summary = "Debian packages with their versions and states",
    .semantics = "dpkg(1), dpkg-query(1), deb-version(7)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_package,
    .files = kFiles,
};

}  // namespace plimsoll
