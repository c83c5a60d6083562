#include <doctest/doctest.h>

#include "plugins/framework/spring/names.h"
#include "plugins/framework/spring/place.h"
#include "plugins/framework/spring/profiles.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;
using Files = std::map<std::string, std::string>;

namespace {

Facts read(const Files& files) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(files);
  return find_builtin_probe("spring")->run({*root, context, {}, 1});
}

/// The values of that key in that scope, blanks between.
std::string all(const Facts& facts, std::string_view scope, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.scope == scope && fact.key == key) out += (out.empty() ? "" : " ") + fact.value;
  return out;
}

const std::string kDir = "/src/main/resources/";
const std::string kYaml = kDir + "application.yml";
const std::string kProperties = kDir + "application.properties";
const std::string kInclude = "management.endpoints.web.exposure.include";

}  // namespace

TEST_CASE("spring: names") {
  struct Case {
    const char* why;
    const char* written;
    const char* canonical;
  };
  const Case cases[] = {
      {"camel case", "spring.jpa.showSql", "spring.jpa.show-sql"},
      {"underscores and capitals", "SPRING.JPA.SHOW_SQL", "spring.jpa.show-sql"},
      {"no dash at all", "spring.jpa.showsql", "spring.jpa.show-sql"},
      {"one that the schema does not know", "app.jwtSecretKey", "app.jwt-secret-key"},
      {"an abbreviation at the end", "app.baseURL", "app.base-url"},
      {"an abbreviation before a word", "app.XMLFile", "app.xml-file"},
      {"what stands in brackets is left alone", "a[X_y.Z].bC", "a[X_y.Z].b-c"},
      {"an open bracket", "a[X", "a[X"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(spring::canonical(c.written) == c.canonical);
  }
  CHECK(spring::last_part("a.b.password[0]") == "password");
  CHECK(spring::last_part("a.map[api-key]") == "api-key");
}

TEST_CASE("spring: profile expressions") {
  struct Case {
    const char* why;
    const char* text;
    const char* scopes;
    bool malformed;
  };
  const Case cases[] = {
      {"one", "prod", "prod", false},
      {"commas are or", "a,b", "a|b", false},
      {"or inside of and", "prod & (eu | us)", "eu & prod|prod & us", false},
      {"not of or is and of not", "!(a | b)", "!a & !b", false},
      {"not of and is or of not", "!(a & b)", "!a|!b", false},
      {"twice not", "!!a", "a", false},
      {"what can never hold", "a & !a", "", false},
      {"both signs without brackets", "a & b | c", "", true},
      {"an open bracket", "(a", "", true},
      {"nothing behind a sign", "a &", "", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const spring::Conditions found = spring::read_profiles(c.text);
    std::vector<std::string> names;
    for (const spring::Condition& one : found.any) names.push_back(spring::name_of(one));
    CHECK(found.malformed == c.malformed);
    if (!c.malformed) CHECK(join(names, "|") == c.scopes);
  }
}

TEST_CASE("spring: which value holds") {
  struct Case {
    const char* why;
    Files files;
    const char* scope;
    const char* key;
    const char* values;
  };
  const std::string on = "spring.config.activate.on-profile: ";
  const Case cases[] = {
      {".properties goes before YAML", {{kYaml, "a: 1\n"}, {kProperties, "a=2\n"}}, "", "a", "2"},
      {".yml goes before .yaml",
       {{kYaml, "a: 1\n"}, {kDir + "application.yaml", "a: 2\n"}},
       "",
       "a",
       "1"},
      {"config/ goes before its place, whatever the form",
       {{kProperties, "a=1\n"}, {kDir + "config/application.yaml", "a: 2\n"}},
       "",
       "a",
       "2"},
      {"bootstrap is below application",
       {{kDir + "bootstrap.properties", "a=1\n"}, {kYaml, "a: 2\n"}},
       "",
       "a",
       "2"},
      {"a later document wins", {{kYaml, "a: 1\n---\na: 2\n"}}, "", "a", "2"},
      {"a profile has a scope of its own",
       {{kYaml, "a: 1\n---\n" + on + "p\na: 2\n"}},
       "p",
       "a",
       "2"},
      {"what is read later holds for every profile",
       {{kYaml, on + "p\na: 2\n---\na: 1\n"}},
       "p",
       "a",
       ""},
      {"a file of a profile is read after all others",
       {{kDir + "application-p.yml", "a: 2\n"}, {kProperties, "a=1\n"}},
       "p",
       "a",
       "2"},
      {"a document in a file of a profile wants both",
       {{kDir + "application-p.yml", on + "q\na: 2\n"}},
       "p & q",
       "a",
       "2"},
      {"the spelling before 2.4", {{kYaml, "spring.profiles: p\na: 2\n"}}, "p", "a", "2"},
      {"on a platform",
       {{kYaml, "spring.config.activate.on-cloud-platform: Kubernetes\na: 1\n"}},
       "on kubernetes",
       "a",
       "1"},
      {"a list is replaced as a whole",
       {{kYaml, kInclude + ": [a, b, c]\n"}, {kProperties, kInclude + "[0]=d\n"}},
       "",
       kInclude.c_str(),
       "d"},
      {"of a .properties file the last key counts", {{kProperties, "a=1\na=2\n"}}, "", "a", "2"},
      {"a separator needs the left edge", {{kProperties, "a=1\n #---\na=2\n"}}, "", "a", "2"},
      {"an import wins over who imports",
       {{kYaml, "a: 1\nspring.config.import: x.yml\n"}, {kDir + "x.yml", "a: 2\n"}},
       "",
       "a",
       "2"},
      {"and loses against what follows",
       {{kYaml, "spring.config.import: \"classpath:x.yml\"\n---\na: 1\n"},
        {kDir + "x.yml", "a: 2\n"}},
       "",
       "a",
       "1"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(all(read(c.files), c.scope, c.key) == c.values);
  }
}

TEST_CASE("spring: values") {
  struct Case {
    const char* why;
    const char* yaml;
    const char* value;  ///< of `a`
  };
  const Case cases[] = {
      {"a boolean of YAML 1.1", "a: on\n", "true"},
      {"in quotes it is text", "a: 'on'\n", "on"},
      {"a number in base 8", "a: 010\n", "8"},
      {"a number in base 60", "a: 1:30\n", "90"},
      {"nothing", "a: ~\n", ""},
      {"a placeholder", "a: x${b}y\nb: 1\n", "x1y"},
      {"its default", "a: ${c:d}\n", "d"},
      {"a default that is one as well", "a: ${c:${b}}\nb: 1\n", "1"},
      {"a name made of one", "a: ${x${b}}\nb: 1\nx1: z\n", "z"},
      {"relaxed", "a: ${my-key}\nmyKey: 1\n", "1"},
      {"no value", "a: ${c}\n", "${c}"},
      {"no end", "a: ${c\n", "${c"},
      {"an empty list", "a: []\n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(all(read({{kYaml, c.yaml}}), "", "a") == c.value);
  }
  CHECK(all(read({{kYaml, "on: 1\n"}}), "", "[true]") == "1");
  CHECK(all(read({{kYaml, "a: ${a}\n"}}), "", "a").find("${") != std::string::npos);
}

TEST_CASE("spring: what follows from several properties") {
  struct Case {
    const char* why;
    const char* properties;
    const char* key;
    const char* values;
  };
  const Case cases[] = {
      {"excluded",
       "management.endpoints.web.exposure.include=health,env\n"
       "management.endpoints.web.exposure.exclude=env\n",
       "@exposed", "health"},
      {"all are off", "management.endpoints.web.exposure.include=*\nmanagement.server.port=-1\n",
       "@exposed", ""},
      {"all are excluded",
       "management.endpoints.web.exposure.include=*\nmanagement.endpoints.web.exposure.exclude=*\n",
       "@exposed", ""},
      {"none is on by itself",
       "management.endpoints.web.exposure.include=env\nmanagement.endpoints.access.default=none\n",
       "@exposed", ""},
      {"a port of its own that is the same",
       "management.endpoints.web.exposure.include=env\nmanagement.server.port=8080\n",
       "@management", "shared"},
      {"TLS that is switched off", "server.ssl.key-store=x\nserver.ssl.enabled=false\n", "@tls",
       "off"},
      {"not a server", "server.ssl.enabled=false\nspring.main.web-application-type=none\n", "@tls",
       ""},
      {"TLS here, and headers of a proxy",
       "server.ssl.bundle=x\nserver.forward-headers-strategy=NATIVE\n", "@forwarded", "open"},
      {"a credential", "app.jwt.secret=abc\n", "@literal-secret", "app.jwt.secret"},
      {"where one comes from is none", "app.token-uri=http://x\napp.token-validity=10\n",
       "@literal-secret", ""},
      {"a hash is none", "spring.security.user.password={bcrypt}$2a$10$abc\n", "@literal-secret",
       ""},
      {"a reference is none", "app.password=${PW}\n", "@literal-secret", ""},
      {"one that the build fills in", "app.password=@pw@\n", "@literal-secret", ""},
      {"a password in an address", "spring.rabbitmq.addresses=amqp://u:p@h\n", "@url-credentials",
       "spring.rabbitmq.addresses"},
      {"a user alone is none", "a.uri=http://u@h\nb.uri=http://u:${P}@h\n", "@url-credentials", ""},
      {"useSSL without requireSSL may fall back", "a.url=jdbc:mysql://h/x?useSSL=true\n",
       "@database-tls", "default"},
      {"sslMode goes before useSSL", "a.url=jdbc:mysql://h/x?useSSL=false&sslMode=REQUIRED\n",
       "@database-tls", "required"},
      {"on the host itself", "a.url=jdbc:postgresql://localhost:5432/x\n", "@database-tls",
       "local"},
      {"SQL Server encrypts", "a.url=jdbc:sqlserver://h;databaseName=x\n", "@database-tls",
       "required"},
      {"a reactive one", "spring.r2dbc.url=r2dbc:postgresql://h/x?sslMode=disable\n",
       "@database-tls", "off"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(all(read({{kProperties, c.properties}}), "", c.key) == c.values);
  }
}

TEST_CASE("spring: what is not known is a gap") {
  struct Case {
    const char* why;
    Files files;
  };
  const Case cases[] = {
      {"a value from outside", {{kYaml, "debug: ${DEBUG}\n"}}},
      {"a key twice: the program does not start", {{kYaml, "a: 1\na: 2\n"}}},
      {"no YAML", {{kYaml, "a: [\n"}}},
      {"a malformed escape", {{kProperties, "a=\\u12g4\n"}}},
      {"a malformed profile expression",
       {{kYaml, "spring.config.activate.on-profile: a & b | c\n"}}},
      {"an import that is not there", {{kYaml, "spring.config.import: \"file:x.yml\"\n"}}},
      {"an import from afar", {{kYaml, "spring.config.import: \"vault://\"\n"}}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(read(c.files).gaps.size() == 1);
  }
  CHECK(read({{kYaml, "spring.config.import: \"optional:classpath:x.yml\"\n"}}).gaps.empty());
  CHECK(read({{kYaml, "spring.config.import: application.yml\n"}}).gaps.empty());
}

TEST_CASE("spring: hostile files end") {
  std::string many = "a0: x\n";
  for (int i = 1; i < 200; ++i)
    many += "a" + std::to_string(i) + ": ${a" + std::to_string(i - 1) + "}${a" +
            std::to_string(i - 1) + "}\n";
  CHECK_FALSE(read({{kYaml, many}}).rows.empty());
  std::string profiles;
  for (int i = 0; i < 300; ++i)
    profiles += "#---\nspring.config.activate.on-profile=p" + std::to_string(i) + "\na=1\n";
  CHECK_FALSE(read({{kProperties, profiles}}).gaps.empty());
  CHECK(read({{kProperties, "a=" + std::string(100000, '$') + "\n"}}).rows.size() > 1);
}

TEST_CASE("spring: files that are Spring Boot's") {
  struct Case {
    const char* why;
    const char* path;
    bool is;
  };
  const Case cases[] = {
      {"plain", "/application.yml", true},
      {"of a profile", "/x/application-prod.properties", true},
      {"bootstrap", "/bootstrap.yaml", true},
      {"a longer word", "/applications.yml", false},
      {"a profile without a name", "/application-.yml", false},
      {"another form", "/application.json", false},
      {"a stylesheet", "/bootstrap.min.css", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(spring::file_name(c.path).has_value() == c.is);
  }
}

TEST_CASE("spring: what is asked for is told, by whatever name") {
  const auto root =
      Root::in_memory({{kYaml, "app.mine: 1\napp.other: 2\nlogging.level.x: DEBUG\n"}});
  const auto asked = [&](Op op, const char* name) {
    const Selection one{{{Predicate::On::key, 0, *Matcher::compile(op, Type::text, {name})}}, {}};
    const std::vector<Selection> selections = {one};
    static const std::map<std::string, std::string, std::less<>> context;
    std::string out;
    for (const Fact& fact : find_builtin_probe("spring")->run({*root, context, selections, 1}).rows)
      if (fact.key.starts_with("app.") || fact.key.starts_with("logging.level.x"))
        out += fact.key + " ";
    return out;
  };
  CHECK(asked(Op::equals, "app.mine") == "app.mine ");
  CHECK(asked(Op::matches, "logging.*") == "logging.level.x ");
  CHECK(asked(Op::present, "true") == "app.mine app.other logging.level.x ");
}

TEST_CASE("spring: a file with another name that is asked for") {
  const auto claims = [](const char* path, const char* text) {
    return find_builtin_probe("spring")->documents.by_text({path, text});
  };
  CHECK(claims("/settings.yml", "spring:\n  jpa: {show-sql: true}\n"));
  CHECK_FALSE(claims("/Dockerfile", "FROM debian:12\n"));
  CHECK_FALSE(claims("/compose.yml", "services:\n  spring: {image: x}\n"));
  CHECK_FALSE(claims("/values.yaml", "server: {port: 1}\n"));
}
