#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/service/redis/user.h"
#include "scanner/root/root.h"

namespace plimsoll::redis {

/// The users of a server, and what is not known of them.
struct Users {
  std::map<std::string, User> all;  ///< by name
  std::string acl_file;             ///< read; empty: none
  std::vector<Error> gaps;          ///< which could change any user
  std::optional<Error> refused;     ///< the server does not start
};

/// acl.c, ACLLoadUsersAtStartup: the default user with `requirepass`, `user` lines, or the file
/// that `aclfile` names, which makes a default user of its own.
Users load_users(const Root& root, const Configuration& configuration);
/// The same of a document, whose ACL file lies elsewhere: the default user is there only where the
/// document says something of it.
Users document_users(const Configuration& configuration);

}  // namespace plimsoll::redis
