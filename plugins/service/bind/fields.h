#pragma once

#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll::bind {

// What follows from several statements and defaults begins with `@`. Such a key is not printed
// where nobody can tell.
inline constexpr std::array kFields = {
    Field{"@allow-notify", Type::set, "zones and what is above them: who may announce changes"},
    Field{"@allow-query", Type::set, "views: who may ask"},
    Field{"@allow-query-cache", Type::set, "views: who gets answers from the cache"},
    Field{"@allow-recursion", Type::set, "views: for whom names of others are looked up"},
    Field{"@allow-transfer", Type::set, "zones and what is above them: who gets a whole zone"},
    Field{"@authoritative", Type::text,
          "views: public (a zone that everybody may ask for), private or no"},
    Field{"@chroot", Type::text, "hosts: the directory of -t"},
    Field{"@control-remote", Type::text, "a control channel beyond the loopback"},
    Field{"@dnssec-validation", Type::text,
          "views: auto, yes, no, or unanchored: yes without keys"},
    Field{"@empty-zones-enable", Type::boolean, "views: private reverse zones are answered here"},
    Field{"@file", Type::text, "the files read, in order"},
    Field{"@forward-plain", Type::text, "a forwarder that is asked without TLS"},
    Field{"@hostname", Type::text, "what hostname.bind shows: a text, none, or real"},
    Field{"@listen-on", Type::set, "the IPv4 addresses that are listened on"},
    Field{"@listen-on-v6", Type::set, "the IPv6 addresses that are listened on"},
    Field{"@log-security", Type::set, "where messages of the category security go"},
    Field{"@minimal-responses", Type::text, "views: yes, no, no-auth or no-auth-recursive"},
    Field{"@open-directory", Type::text,
          "hosts: the directory of the configuration, which others may look into"},
    Field{"@rate-limit", Type::text, "views: set, log-only or unset"},
    Field{"@readable-key", Type::text, "hosts: a file with a secret, which others may read"},
    Field{"@recursion", Type::boolean, "views: names of others are looked up"},
    Field{"@refused", Type::text, "the first thing with which named does not start"},
    Field{"@server-id", Type::text, "what id.server shows: a text, none, or real"},
    Field{"@shown-version", Type::text, "what version.bind shows: a text, none, or real"},
    Field{"@statistics-remote", Type::text, "a statistics channel beyond the loopback"},
    Field{"@update", Type::set, "zones and what is above them: who may change records, or policy"},
    Field{"@user", Type::text, "hosts: the account that named runs as"},
    Field{"@version", Type::version, "hosts: of the package that is installed"},
    Field{"@writable-config", Type::text,
          "hosts: a file of the configuration, or its directory, that others may change"},
    Field{"acl", Type::text, "a name and its list"},
    Field{"algorithm", Type::text, "scope `key NAME`: of the signature"},
    Field{"allow-query", Type::text, "a list as it is written; @allow-query says what it means"},
    Field{"allow-recursion", Type::text, "a list as it is written"},
    Field{"allow-transfer", Type::text, "a list as it is written"},
    Field{"allow-update", Type::text, "a list as it is written"},
    Field{"category", Type::text, "scope `logging`: a category and its channels"},
    Field{"directory", Type::text, "where named works; relative paths begin there"},
    Field{"dnssec-enable", Type::boolean, "before 9.15: signatures are handed out"},
    Field{"dnssec-validation", Type::text, "auto, yes or no"},
    Field{"file", Type::text, "of a zone or of a channel"},
    Field{"forwarders", Type::text, "a list as it is written"},
    Field{"inet", Type::text, "scope `controls`, `statistics-channels`: a channel"},
    Field{"listen-on", Type::text, "a list as it is written"},
    Field{"listen-on-v6", Type::text, "a list as it is written"},
    Field{"protocols", Type::text, "scope `tls NAME`: a list of versions"},
    Field{"querylog", Type::boolean, "every query is logged"},
    Field{"recursion", Type::boolean, "names of others are looked up"},
    Field{"secret", Type::text, "scope `key NAME`: in base64"},
    Field{"type", Type::text, "scope `zone NAME`: as it is written"},
    Field{"update-policy", Type::text, "scope `zone NAME`: grants as they are written"},
    Field{"version", Type::text, "what version.bind shows"},
};

}  // namespace plimsoll::bind
