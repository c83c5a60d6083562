#pragma once

#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll::apache2 {

inline constexpr std::array kFields = {
    Field{"@file", Type::text, "a file, in the order of reading"},
    Field{"@module", Type::text, "a module that LoadModule brings"},
    Field{"@refused", Type::text, "why httpd would not start with this, the first reason"},
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
