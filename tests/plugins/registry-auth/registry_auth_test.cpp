// How each form of a login is told.
#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const std::string& path, const std::string& text) {
  MemoryRoot root;
  root.add_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  root.add_file(path, text);
  return read_probe("registry-auth", root);
}

/// The storage of the only row; "" without one.
std::string storage(const Facts& facts) {
  return facts.rows.size() == 1 ? std::get<std::string>(facts.rows[0].fields[3]) : "";
}

}  // namespace

TEST_CASE("registry-auth: where a registry's login is kept") {
  struct Case {
    std::string_view why;
    std::string text, storage;
  };
  const Case cases[] = {
      {"user and password", R"({"auths": {"r": {"auth": "YTpi"}}})", "plain"},
      {"a password of its own", R"({"auths": {"r": {"username": "a", "password": "b"}}})", "plain"},
      {"a user alone", R"({"auths": {"r": {"username": "a"}}})", "none"},
      {"a token", R"({"auths": {"r": {"registrytoken": "x"}}})", "token"},
      {"nothing", R"({"auths": {"r": {}}})", "none"},
      {"null is nothing", R"({"auths": {"r": {"auth": null}}})", "none"},
      {"names in any case", R"({"AUTHS": {"r": {"Auth": "YTpi"}}})", "plain"},
      {"the last of two", R"({"auths": {"r": {"auth": "YTpi"}, "r": {}}})", "none"},
      {"a store of all", R"({"auths": {"r": {}}, "credsStore": "pass"})", "helper"},
      {"no store", R"({"auths": {"r": {}}, "credsStore": ""})", "none"},
      {"a helper of one", R"({"credHelpers": {"r": "pass"}})", "helper"},
      {"a helper hides nothing", R"({"auths": {"r": {"auth": "x"}}, "credHelpers": {"r": "pass"}})",
       "plain"},
      {"no mapping", R"({"auths": [1]})", ""},
      {"an empty file", " \n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read("/root/.docker/config.json", c.text);
    CHECK(storage(facts) == c.storage);
    CHECK(facts.gaps.empty());
  }
  CHECK(storage(read("/root/.dockercfg", R"({"r": {"auth": "YTpi", "email": "x"}})")) == "plain");
}

TEST_CASE("registry-auth: what is no JSON is a gap, what is not there says so") {
  CHECK(read("/root/.docker/config.json", "{").gaps.size() == 1);
  CHECK(read("/root/other", "").not_applicable != "");
}
