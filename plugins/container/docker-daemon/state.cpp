#include "plugins/container/docker-daemon/state.h"

#include <fmt/format.h>

#include <set>

#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/formats/mount_tables.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll::docker {
namespace {

bool is_missing(const Error& error) { return error.code == ErrorCode::not_found; }

/// Mount points that are configured, and on a live host those that are there.
std::set<std::string, std::less<>> mount_points(const Root& root, const systemd::UnitIndex& index,
                                                Facts& facts) {
  std::set<std::string, std::less<>> out = {"/"};
  const auto add = [&](const char* file, auto parse) {
    const auto text = root.read(file);
    if (text)
      for (const MountEntry& entry : parse(*text)) out.insert(normal_path(entry.mount_point));
    else if (!is_missing(text.error()))
      facts.gap(text.error(), {}, Gap::Effect::may_override,
                {"@data-root-mount", "@data-root-separate"});
  };
  if (root.is_live()) {
    add("/proc/self/mountinfo", parse_mountinfo);
    return out;
  }
  add("/etc/fstab", parse_mntent);
  for (const std::string& unit : index.all())
    if (unit.ends_with(".mount")) out.insert(systemd::unescape_path(systemd::prefix_of(unit)));
  return out;
}

}  // namespace

void write_swarm(const Root& root, const std::string& data_root, Facts& facts) {
  const std::string folder = join_path(data_root, "swarm");
  const std::string state = join_path(folder, "docker-state.json");
  const auto unreadable = [&](const Error& error) {
    facts.gap(error, {}, Gap::Effect::may_override, {"@swarm", "@swarm-role", "@swarm-autolock"});
  };
  const auto found = root.stat(state);
  if (!found) {
    if (is_missing(found.error()))
      facts.setting("@swarm", "inactive", {});
    else
      unreadable(found.error());
    return;
  }
  facts.setting("@swarm", "active", {state, 0, 0});
  const bool is_manager = root.exists(join_path(folder, "raft"));
  facts.setting("@swarm-role", is_manager ? "manager" : "worker", {state, 0, 0});
  if (!is_manager) return;
  // swarmkit writes the key of a locked manager encrypted, as PKCS #8 or with a DEK-Info header.
  const std::string key = join_path(folder, "certificates/swarm-node.key");
  const auto text = root.read(key);
  if (!text) return unreadable(text.error());
  const bool locked = text->find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos ||
                      text->find("DEK-Info:") != std::string_view::npos;
  facts.setting("@swarm-autolock", locked ? "true" : "false", {key, 0, 0});
}

void write_mount(const Root& root, const systemd::UnitIndex& index, const std::string& data_root,
                 Facts& facts) {
  const auto resolved = root.resolve(data_root, true);
  if (!resolved && !is_missing(resolved.error()))
    return facts.gap(resolved.error(), {}, Gap::Effect::may_override,
                     {"@data-root-mount", "@data-root-separate"});
  const auto points = mount_points(root, index, facts);
  std::string path = resolved ? *resolved : normal_path(data_root);
  const bool separate = points.find(path) != points.end();
  while (points.find(path) == points.end()) path = parent_path(path);
  facts.setting("@data-root-mount", path, {});
  facts.setting("@data-root-separate", separate ? "true" : "false", {});
}

void write_file_rights(const Root& root, const std::string& path, std::string_view key,
                       Facts& facts) {
  if (path.empty()) return;
  const auto stat = root.stat(path);
  if (!stat) {
    if (!is_missing(stat.error())) facts.gap(stat.error(), path);
    return;
  }
  const Origin origin{normal_path(path), 0, 0};
  facts.setting(fmt::format("@{}-mode", key), fmt::format("{:04o}", stat->mode), origin, path);
  facts.setting(fmt::format("@{}-owner", key), fmt::format("{}:{}", stat->uid, stat->gid), origin,
                path);
}

void write_content_trust(const Root& root, Facts& facts) {
  constexpr const char* kEnvironment = "/etc/environment";
  const auto text = root.read(kEnvironment);
  if (!text && !is_missing(text.error()))
    return facts.gap(text.error(), {}, Gap::Effect::may_override, {"@content-trust"});
  std::string value;
  Origin origin;
  if (text)
    for (const Line& each : lines(*text)) {
      std::string_view line = trim(each.text);
      if (line.starts_with("export ")) line = trim(line.substr(7));
      constexpr std::string_view kName = "DOCKER_CONTENT_TRUST=";
      if (!line.starts_with(kName)) continue;
      value = trim(line.substr(kName.size()), " \t\"'");
      origin = {kEnvironment, each.number, 0};
    }
  facts.setting("@content-trust", std::move(value), std::move(origin));
}

void write_seccomp(const Root& root, const std::string& profile, const Origin& origin,
                   Facts& facts) {
  if (profile == "unconfined") {
    facts.setting("@seccomp-default-action", "SCMP_ACT_ALLOW", origin);
    return;
  }
  if (profile.empty() || profile == "builtin" || profile == "default") {
    facts.setting("@seccomp-default-action", "SCMP_ACT_ERRNO", {});
    return;
  }
  const auto unknown = [&](Error error) {
    facts.gap(std::move(error), {}, Gap::Effect::may_override, {"@seccomp-default-action"});
  };
  const auto text = root.read(profile);
  if (!text) return unknown(text.error());
  const DataTree tree = read_json(*text, profile, {.depth = 64, .nodes = 1U << 18U});
  if (tree.error) return unknown(*tree.error);
  const DataNode* action = tree.documents.front()->find("defaultAction");
  if (action == nullptr || !action->is_scalar())
    return unknown({ErrorCode::invalid, "the profile has no `defaultAction`", {profile, 0, 0}});
  facts.setting("@seccomp-default-action", std::string(action->text), {profile, action->line, 0});
}

}  // namespace plimsoll::docker
