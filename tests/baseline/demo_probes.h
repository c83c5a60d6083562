#pragma once

#include <array>

#include "scanner/baseline/read_check.h"

namespace plimsoll::demo {

// Two probes that nobody else has, so that these tests do not hang on a real schema.

inline constexpr std::array kKeys = {
    Field{"maxauthtries", Type::integer, "guesses a connection"},
    Field{"permitrootlogin", Type::text, "how root may log in"},
    Field{"ciphers", Type::list, "in order of preference"},
    Field{"grace", Type::duration, "seconds"},
    Field{"groups", Type::set, "who may log in"},
};
inline constexpr std::array kColumns = {
    Field{"path", Type::text, "where it is"},
    Field{"mode", Type::mode, "permission bits"},
    Field{"owner", Type::text, "name of the owner"},
    Field{"directory", Type::text, "what it lies in"},
};

inline const Probe kOpen{.name = "demo",
                         .group = "os",
                         .summary = "settings",
                         .semantics = "demo(5)",
                         .shape = Shape::settings,
                         .fields = kKeys,
                         .files = {}};
inline const Probe kClosed{.name = "closed",
                           .group = "os",
                           .summary = "settings, and no others",
                           .semantics = "demo(5)",
                           .shape = Shape::settings,
                           .fields = kKeys,
                           .open_keys = false,
                           .files = {}};
inline const Probe kTable{.name = "things",
                          .group = "os",
                          .summary = "rows",
                          .semantics = "demo(5)",
                          .shape = Shape::rows,
                          .fields = kColumns,
                          .files = {}};
inline const Probe kBroken{.name = "broken",
                           .group = "os",
                           .summary = "a plug-in that did not load",
                           .semantics = "demo(5)",
                           .fields = {},
                           .files = {},
                           .broken = "broken.so: no entry point"};

inline const std::array<const Probe*, 4> kProbes = {&kOpen, &kClosed, &kTable, &kBroken};

}  // namespace plimsoll::demo
