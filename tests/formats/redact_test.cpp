#include "scanner/formats/redact.h"

#include <doctest/doctest.h>

#include <string>

using namespace plimsoll;

TEST_CASE("redacted: what stands in files of many kinds") {
  struct Case {
    const char* line;
    const char* shown;
  };
  const Case cases[] = {
      // settings
      {"password=hunter2", "password=***"},
      {"  db.password = two words ", "  db.password = *** "},
      {"spring.datasource.password: 'a b'", "spring.datasource.password: '***'"},
      {"requirepass hunter2", "requirepass ***"},
      {"masterauth \"a\\\"b\" # x", "masterauth \"***\" # x"},
      {"user default on >hunter2 ~* +@all", "user default on >*** ~* +@all"},
      {"\tsecret \"aHVudGVyMg==\";", "\tsecret \"***\";"},
      {"key k { algorithm hmac-sha256; secret aHVudGVyMg==; };",
       "key k { algorithm hmac-sha256; secret ***; };"},
      {"mysqli.default_pw = hunter2", "mysqli.default_pw = ***"},
      {"/mnt cifs username=u,password=hunter2,rw 0 0", "/mnt cifs username=u,password=***,rw 0 0"},
      {"url=jdbc:x://db/x?user=u&password=hunter2&a=b",
       "url=jdbc:x://db/x?user=u&password=***&a=b"},
      // documents
      {"      MYSQL_ROOT_PASSWORD: hunter2", "      MYSQL_ROOT_PASSWORD: ***"},
      {"      - DB_PASSWORD=hunter2", "      - DB_PASSWORD=***"},
      {"auth: {rootPassword: hunter2, user: u}", "auth: {rootPassword: ***, user: u}"},
      {"- {name: OTHER_TOKEN, value: hunter2}", "- {name: OTHER_TOKEN, value: ***}"},
      {R"({"name": "DB_PASSWORD", "value": "hunter2"})",
       R"({"name": "DB_PASSWORD", "value": "***"})"},
      {R"({"auths": {"x": {"auth": "dXNlcjpwYXNz"}}})", R"({"auths": {"x": {"auth": "***"}}})"},
      // commands
      {"ENV DB_PASSWORD=hunter2 X=y", "ENV DB_PASSWORD=*** X=y"},
      {"ENV DB_PASSWORD two words", "ENV DB_PASSWORD ***"},
      {"RUN curl -u admin:hunter2 https://x/", "RUN curl -u admin:*** https://x/"},
      {"RUN wget https://u:hunter2@x/f", "RUN wget https://u:***@x/f"},
      {"RUN export GITHUB_TOKEN=hunter2; make", "RUN export GITHUB_TOKEN=***; make"},
      {"mysql -phunter2 -u root", "mysql -p*** -u root"},
      {"docker login -u me -p hunter2", "docker login -u me -p ***"},
      {"args: [\"--token=hunter2\", \"--x\"]", "args: [\"--token=***\", \"--x\"]"},
      {"x --password hunter2 --y", "x --password *** --y"},
      {"`curl --user=admin:hunter2 x`: no", "`curl --user=admin:*** x`: no"},
      // by their form alone
      {"x: ghp_0123456789abcdefghijABCDEFGHIJ012345", "x: ***"},
      {"Authorization: Bearer abcdefghijkl", "Authorization: Bearer ***"},
  };
  for (const Case& c : cases) CHECK(redacted(c.line) == c.shown);
  CHECK(redacted("          value: hunter2", "        - name: DB_PASSWORD") ==
        "          value: ***");
  CHECK(redacted("  \"value\": \"hunter2\"", "  \"name\": \"DB_PASSWORD\",") ==
        "  \"value\": \"***\"");
}

TEST_CASE("redacted: lines about passwords, and without one") {
  const char* const lines[] = {
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication yes",
      "PermitEmptyPasswords no",
      "password requisite pam_pwquality.so retry=3",
      "password [success=1 default=ignore] pam_unix.so obscure yescrypt",
      "passwd: files systemd",
      "password_encryption = scram-sha-256",
      "default_password_lifetime = 0",
      "server_tokens off;",
      "automountServiceAccountToken: false  # no need",
      "  \"automountServiceAccountToken\": false,",
      "ssl_password_file /etc/nginx/pw",
      "password = ${DB_PASSWORD}",
      "password: $DB_PASSWORD",
      "password: {{ .Values.password }}",
      "password=",
      "password: <password>",
      "token: |",
      "secretKeyRef: {name: a, key: password}",
      "valueFrom:",
      "value: hunter2",
      "user www-data;",
      "user alice on nopass ~*",
      "docker run -p 8080:80 x",
      "https://example.org:8080/a@b",
      "",
  };
  for (const std::string line : lines) CHECK(redacted(line) == line);
}

TEST_CASE("redacted: long lines take no longer than they are long") {
  for (const char* piece : {"password=", "://", "\"", "-p", "user >", "a", "name: ", "Bearer "}) {
    std::string line;
    while (line.size() < (1U << 22U)) line += piece;
    CHECK(redacted(line).size() <= 2 * line.size());
  }
}
