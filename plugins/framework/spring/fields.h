#pragma once

#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll::spring {

/// Properties that rules ask for, as Spring Boot documents them, and what follows from several
/// (`@`). Every other property of a file is given as well, as text.
inline constexpr std::array kFields = {
    Field{"@database-tls", Type::text,
          "of each JDBC and R2DBC address: required, off, default (the driver decides), local"},
    Field{"@exposed", Type::set,
          "actuator endpoints that answer over HTTP: included, not excluded, not disabled"},
    Field{"@forwarded", Type::text,
          "open: headers of proxies are believed although everybody can send them"},
    Field{"@literal-secret", Type::text, "a property whose value is a credential in plain text"},
    Field{
        "@management", Type::text,
        "where more than health and info answers: shared (the port of the application), own-port, "
        "loopback"},
    Field{"@tls", Type::text, "of the web server: on, proxy (headers of one are believed), off"},
    Field{"@url-credentials", Type::text, "a property whose address has a password in it"},
    Field{"debug", Type::boolean, "messages of the framework at DEBUG; false by default"},
    Field{"trace", Type::boolean, "messages of the framework at TRACE; false by default"},
    Field{"endpoints.sensitive", Type::boolean, "before 2.0: endpoints want a login"},
    Field{"eureka.client.service-url.default-zone", Type::text, "addresses, commas between"},
    Field{"logging.level.root", Type::text, "lower case; info by default"},
    Field{"management.endpoint.configprops.show-values", Type::text, "never by default"},
    Field{"management.endpoint.env.show-values", Type::text, "never by default"},
    Field{"management.endpoint.health.show-details", Type::text, "never by default"},
    Field{"management.endpoint.shutdown.access", Type::text, "since 3.4: none, unrestricted"},
    Field{"management.endpoint.shutdown.enabled", Type::boolean, "false by default"},
    Field{"management.endpoints.web.exposure.exclude", Type::set, "goes before include"},
    Field{"management.endpoints.web.exposure.include", Type::set, "health by default"},
    Field{"management.security.enabled", Type::boolean, "before 2.0: true by default"},
    Field{"management.server.address", Type::text, "of the endpoints alone"},
    Field{"management.server.port", Type::text, "of the endpoints alone; -1 is none"},
    Field{"server.error.include-binding-errors", Type::text, "never by default"},
    Field{"server.error.include-message", Type::text, "never by default"},
    Field{"server.error.include-stacktrace", Type::text, "never by default"},
    Field{"server.error.whitelabel.enabled", Type::boolean, "true by default"},
    Field{"server.forward-headers-strategy", Type::text, "none, native, framework"},
    Field{"server.jetty.accesslog.enabled", Type::boolean, "false by default"},
    Field{"server.server-header", Type::text, "what answers say the server is"},
    Field{"server.servlet.session.cookie.http-only", Type::boolean, "true by default"},
    Field{"server.servlet.session.cookie.same-site", Type::text, "unset by default"},
    Field{"server.servlet.session.cookie.secure", Type::boolean, "false by default"},
    Field{"server.servlet.session.timeout", Type::duration,
          "in seconds; 0 is without end; 30 minutes by default"},
    Field{"server.ssl.client-auth", Type::text, "none, want, need"},
    Field{"server.ssl.enabled-protocols", Type::set, "the JDK decides by default"},
    Field{"server.tomcat.accesslog.enabled", Type::boolean, "false by default"},
    Field{"server.tomcat.max-http-form-post-size", Type::text, "negative: without bound"},
    Field{"server.undertow.accesslog.enabled", Type::boolean, "false by default"},
    Field{"spring.cloud.config.uri", Type::text, "addresses of configuration servers"},
    Field{"spring.devtools.remote.secret", Type::text, "turns remote updates on"},
    Field{"spring.h2.console.enabled", Type::boolean, "false by default"},
    Field{"spring.h2.console.settings.web-allow-others", Type::boolean, "false by default"},
    Field{"spring.jpa.hibernate.ddl-auto", Type::text, "as it is written"},
    Field{"spring.jpa.show-sql", Type::boolean, "false by default"},
    Field{"spring.mvc.log-request-details", Type::boolean, "false by default"},
    Field{"spring.profiles.active", Type::set, "profiles that are on without anybody's asking"},
    Field{"spring.servlet.multipart.max-file-size", Type::text, "negative: without bound"},
    Field{"spring.thymeleaf.cache", Type::boolean, "true by default"},
    Field{"springdoc.api-docs.enabled", Type::boolean, "true where springdoc is used"},
    Field{"springdoc.swagger-ui.enabled", Type::boolean, "true where springdoc is used"},
};

}  // namespace plimsoll::spring
