#pragma once

#include <string>
#include <string_view>

#include "scanner/base/fact.h"
#include "scanner/formats/systemd/unit_index.h"
#include "scanner/root/root.h"

namespace plimsoll::docker {

/// `@swarm`, `@swarm-role`, `@swarm-autolock`: what the node's state says, below data-root.
void write_swarm(const Root& root, const std::string& data_root, Facts& facts);

/// `@data-root-mount`, `@data-root-separate`: where the file system that holds data-root is mounted,
/// and whether that is there.
void write_mount(const Root& root, const systemd::UnitIndex& index, const std::string& data_root,
                 Facts& facts);

/// `@KEY-mode` and `@KEY-owner` of the file that an option names, in the scope of its path.
void write_file_rights(const Root& root, const std::string& path, std::string_view key,
                       Facts& facts);

/// `@content-trust`: DOCKER_CONTENT_TRUST in /etc/environment, which pam_env(8) gives to everybody.
void write_content_trust(const Root& root, Facts& facts);

/// `@seccomp-default-action`: what a system call meets that the profile does not name.
void write_seccomp(const Root& root, const std::string& profile, const Origin& origin,
                   Facts& facts);

}  // namespace plimsoll::docker
