#pragma once

#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll::mysql {

inline constexpr std::array kFields = {
    Field{"@file", Type::text, "the option files read, in order"},
    Field{"@password", Type::text,
          "scope: a group that is not the server's; a password is written there"},
    Field{"@refused", Type::text, "the first thing that the server would not start with"},
    Field{"allow-suspicious-udfs", Type::boolean, "functions of any library may be loaded"},
    Field{"bind-address", Type::list, "addresses on which connections are taken; empty: all"},
    Field{"general-log", Type::boolean, "every statement is logged"},
    Field{"local-infile", Type::boolean, "the server may ask clients for their files"},
    Field{"max-connections", Type::integer, "clients at once"},
    Field{"port", Type::integer, "of TCP; 0 where there is none"},
    Field{"require-secure-transport", Type::boolean, "TCP without TLS is refused"},
    Field{"secure-file-priv", Type::text, "where statements may read and write files; empty: anywhere"},
    Field{"skip-grant-tables", Type::boolean, "everybody may do everything"},
    Field{"skip-name-resolve", Type::boolean, "clients are known by their addresses alone"},
    Field{"skip-networking", Type::boolean, "no TCP"},
    Field{"skip-show-database", Type::boolean, "SHOW DATABASES only with the privilege"},
    Field{"user", Type::text, "whom the server becomes when root starts it"},
};

/// A built-in default of MariaDB 10.11.
struct Default {
  std::string_view key, value;
};

inline constexpr std::array kDefaults = {
    Default{"allow-suspicious-udfs", "FALSE"},
    Default{"bind-address", ""},
    Default{"general-log", "FALSE"},
    Default{"local-infile", "TRUE"},
    Default{"max-connections", "151"},
    Default{"port", "3306"},
    Default{"require-secure-transport", "FALSE"},
    Default{"secure-file-priv", ""},
    Default{"skip-grant-tables", "FALSE"},
    Default{"skip-name-resolve", "FALSE"},
    Default{"skip-networking", "FALSE"},
    Default{"skip-show-database", "FALSE"},
};

}  // namespace plimsoll::mysql
