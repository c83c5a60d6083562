#pragma once

#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll::apache2 {

inline constexpr std::array kFields = {
    Field{"@file", Type::text, "a file, in the order of reading"},
    Field{"@hidden_files", Type::text, "no section denies .htaccess and its kin"},
    Field{"@hsts_age", Type::duration, "of Strict-Transport-Security, 0 without it"},
    Field{"@missing_header", Type::text, "a protective header that a server does not send"},
    Field{"@module", Type::text, "a module that LoadModule brings"},
    Field{"@no_access_log", Type::text, "no log of requests anywhere"},
    Field{"@open_cors", Type::text, "every site may read, with credentials"},
    Field{"@open_status", Type::text, "a handler that tells of the server, for everybody"},
    Field{"@options", Type::set, "the options that a section switches on"},
    Field{"@password_in_clear", Type::text, "AuthType Basic without TLS"},
    Field{"@proxy_plain", Type::text, "plain target that is not on the host"},
    Field{"@proxy_unverified", Type::text, "target over TLS that is not verified"},
    Field{"@readable_key", Type::text, "key file that others may read"},
    Field{"@refused", Type::text, "why httpd would not start with this, the first reason"},
    Field{"@root_access", Type::text, "who gets at files that no other section speaks of"},
    Field{"@tls_cipher_order", Type::boolean, "SSLHonorCipherOrder of a server with TLS"},
    Field{"@tls_ciphers", Type::text, "SSLCipherSuite of a server with TLS"},
    Field{"@tls_compression", Type::boolean, "SSLCompression of a server with TLS"},
    Field{"@tls_renegotiation", Type::boolean, "SSLInsecureRenegotiation of a server with TLS"},
    Field{"@tls_stapling", Type::boolean, "SSLUseStapling of a server with TLS"},
    Field{"@tls_tickets", Type::boolean, "SSLSessionTickets of a server with TLS"},
    Field{"@tls_versions", Type::set, "versions that SSLProtocol leaves a server with TLS"},
    Field{"adddefaultcharset", Type::text, "Off, On or a character set"},
    Field{"fileetag", Type::text, "what goes into the ETag header"},
    Field{"hostnamelookups", Type::text, "On, Off or Double"},
    Field{"httpprotocoloptions", Type::text, "how strictly requests are read"},
    Field{"keepalive", Type::boolean, "On or Off"},
    Field{"keepalivetimeout", Type::duration, "seconds, or with ms"},
    Field{"limitrequestbody", Type::size, "0 takes the bound away"},
    Field{"limitrequestfields", Type::integer, "0 takes the bound away"},
    Field{"limitrequestfieldsize", Type::size, "bytes of one header"},
    Field{"limitrequestline", Type::size, "bytes of the first line of a request"},
    Field{"loglevel", Type::text, "the level, and levels of modules"},
    Field{"maxkeepaliverequests", Type::integer, "0 takes the bound away"},
    Field{"serversignature", Type::text, "On, Off or EMail"},
    Field{"servertokens", Type::text, "how much of the version is told"},
    Field{"timeout", Type::duration, "seconds"},
    Field{"traceenable", Type::text, "on, off or extended"},
    Field{"usecanonicalname", Type::text, "On, Off or DNS"},
};

}  // namespace plimsoll::apache2
