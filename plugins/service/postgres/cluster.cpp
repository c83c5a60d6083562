#include "plugins/service/postgres/cluster.h"

#include <array>

#include "plugins/service/postgres/command_line.h"
#include "scanner/base/text.h"

namespace plimsoll::postgres {
namespace {

constexpr std::size_t kMostClusters = 64;
constexpr std::string_view kDebian = "/etc/postgresql";
// Of the RPM packages, of the container images and of the sources: beside the data.
constexpr std::array<std::string_view, 6> kOthers = {
    "/var/lib/pgsql/data/postgresql.conf",        "/var/lib/pgsql/*/data/postgresql.conf",
    "/var/lib/postgresql/data/postgresql.conf",   "/var/lib/postgresql/*/docker/postgresql.conf",
    "/var/lib/postgresql/*/data/postgresql.conf", "/usr/local/pgsql/data/postgresql.conf"};

unsigned major_of(std::string_view version) {
  const auto number = to_integer(version.substr(0, version.find_first_of(".\n")));
  return number && *number > 0 && *number < 1000 ? static_cast<unsigned>(*number) : 0;
}

/// The names in a directory; one that is there and cannot be listed is a gap.
std::vector<DirEntry> names_in(const Root& root, const std::string& path, Facts& facts) {
  auto entries = root.list(path);
  if (entries) return std::move(*entries);
  if (entries.error().code != ErrorCode::not_found && entries.error().code != ErrorCode::wrong_type)
    facts.gap(entries.error());
  return {};
}

/// Something of that name is there, readable or not.
bool has_entry(const Root& root, const std::string& path) {
  const auto stat = root.lstat(path);
  return stat || stat.error().code != ErrorCode::not_found;
}

/// Directories with postgresql.conf or pg_hba.conf in them.
std::vector<std::string> debian_clusters(const Root& root, Facts& facts) {
  std::vector<std::string> out;
  for (const DirEntry& version : names_in(root, std::string(kDebian), facts)) {
    const std::string outer = join_path(kDebian, version.name);
    for (const DirEntry& cluster : names_in(root, outer, facts)) {
      const std::string directory = join_path(outer, cluster.name);
      if (!has_entry(root, join_path(directory, "postgresql.conf")) &&
          !has_entry(root, join_path(directory, "pg_hba.conf")))
        continue;
      if (out.size() == kMostClusters) return out;
      out.push_back(directory);
    }
  }
  return out;
}

/// pg_ctlcluster(1): VERSION and CLUSTER are the last two directories.
void name_debian(Cluster& cluster) {
  const std::string_view directory = parent_path(cluster.file);
  const std::string_view version = base_name(parent_path(directory));
  cluster.version = major_of(version);
  cluster.scope = std::string(version) + "/" + std::string(base_name(directory));
  cluster.data_directory = "/var/lib/postgresql/" + cluster.scope;
}

void name_other(const Root& root, Cluster& cluster) {
  cluster.data_directory = parent_path(cluster.file);
  cluster.scope = cluster.data_directory;
  const auto version = root.read(join_path(cluster.data_directory, "PG_VERSION"));
  if (version) cluster.version = major_of(*version);
}

void find_others(const Root& root, std::vector<Cluster>& out, Facts& facts) {
  for (const std::string_view pattern : kOthers) {
    Root::Glob found = root.glob(pattern);
    for (const Error& error : found.errors) facts.gap(error);
    for (std::string& file : found.paths) {
      if (out.size() == kMostClusters) return;
      Cluster& cluster = out.emplace_back();
      cluster.file = std::move(file);
      name_other(root, cluster);
    }
  }
}

void read_cluster(const Root& root, Cluster& cluster) {
  read_settings_file(root, cluster.file, true, {}, cluster.files);
  // pg_ctlcluster starts the server in the top directory.
  const Setting* data = last_of(cluster.files.settings, "data_directory");
  if (data != nullptr && !data->value.empty()) cluster.data_directory = normal_path(data->value);
  const std::string automatic = join_path(cluster.data_directory, "postgresql.auto.conf");
  read_settings_file(root, automatic, false, {}, cluster.files);
}

}  // namespace

const Setting* Cluster::find(std::string_view name) const {
  const Setting* given = last_of(command_line, name);
  return given != nullptr ? given : last_of(files.settings, name);
}

std::string Cluster::place(std::string_view setting, std::string_view name) const {
  const Setting* set = find(setting);
  if (set != nullptr && !set->value.empty()) return normal_path(set->value);
  // Nothing was read: Debian keeps them together.
  return join_path(files.files.empty() ? parent_path(file) : data_directory, name);
}

std::vector<Cluster> find_clusters(const Root& root, Facts& facts) {
  std::vector<Cluster> out;
  for (const std::string& directory : debian_clusters(root, facts)) {
    Cluster& cluster = out.emplace_back();
    cluster.file = join_path(directory, "postgresql.conf");
    name_debian(cluster);
  }
  if (out.empty()) find_others(root, out, facts);
  if (out.size() == kMostClusters)
    facts.gap({ErrorCode::limit, "64 clusters or more; the others are not read", {}});
  for (Cluster& cluster : out) {
    read_cluster(root, cluster);
    read_command_line(root, cluster);
    if (out.size() == 1) cluster.scope.clear();
  }
  return out;
}

}  // namespace plimsoll::postgres
