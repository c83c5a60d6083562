#include "scanner/baseline/lock.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/base/sha256.h"

using namespace plimsoll;

namespace {

/// A library with one component, as if read from a file with that text.
Library library_with(const std::string& source) {
  Library library;
  Baseline web;
  web.id = "web";
  web.version = "1.0.0";
  library.add(std::move(web), source);
  return library;
}

/// What checking a plan that uses `web` says.
std::string checked(const std::string& lock, const std::string& source) {
  Library library = library_with(source);
  Diagnostics problems;
  const auto read = read_lock(lock, "plimsoll.lock");
  if (!read) return fmt::format("{}: {}", read.error().where.line, read.error().what);
  apply_lock(*read, library, problems);
  Plan plan;
  if (const Library::Entry* entry = library.find("web"))
    plan.baselines.push_back(entry->baseline.get());
  check_lock(*read, plan, library, problems);
  std::string out;
  for (const Diagnostic& problem : problems) out += problem.what + "\n";
  return out;
}

}  // namespace

TEST_CASE("a lock holds what a plan uses to version and bytes") {
  const std::string good = "web 1.0.0 sha256:" + sha256_hex("text") + "\n";
  CHECK(checked(good, "text") == "");
  CHECK(checked("# a comment\n\n" + good, "text") == "");
  CHECK(checked(good, "changed") == "`web` 1.0.0 is not what was pinned\n");
  CHECK(checked("", "text") == "`web` is used and not pinned\n");
  CHECK(checked("web 2.0.0 sha256:" + sha256_hex("text") + "\n", "text") ==
        "`web` is pinned to 2.0.0, which is not at hand\n");
}

TEST_CASE("what is no lock is refused with its line") {
  CHECK(checked("web 1.0.0\n", "") == "1: a line is `ID VERSION sha256:HEX`");
  CHECK(checked("\nweb 1.0.0 sha256:abc\n", "") == "2: a line is `ID VERSION sha256:HEX`");
  const std::string line = "web 1.0.0 sha256:" + sha256_hex("x") + "\n";
  CHECK(checked(line + line, "") == "2: `web` is pinned twice");
}

TEST_CASE("a lock that was written holds") {
  Library library = library_with("text");
  Plan plan;
  plan.baselines.push_back(library.find("web")->baseline.get());
  const auto lock = read_lock(lock_text(plan, library), "f");
  REQUIRE(lock.has_value());
  Diagnostics problems;
  check_lock(*lock, plan, library, problems);
  CHECK(problems.empty());
}
