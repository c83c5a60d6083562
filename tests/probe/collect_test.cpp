#include "scanner/probe/collect.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace plimsoll;

namespace {

std::atomic<int> runs{0};

Facts read_counted(const Request& request) {
  ++runs;
  Facts facts;
  facts.setting("selections", std::to_string(request.selections.size()), {});
  const auto text = request.root.read("/file");
  facts.setting("text", text ? std::string(*text) : text.error().what, {});
  return facts;
}

Probe probe_named(std::string_view name, Shape shape) {
  return {.name = name,
          .group = "os",
          .summary = "counts",
          .semantics = "none",
          .shape = shape,
          .fields = {},
          .read = read_counted,
          .files = {}};
}

}  // namespace

TEST_CASE("each wanted probe runs once, with what is asked of it, on any number of threads") {
  const Probe a = probe_named("a", Shape::settings), b = probe_named("b", Shape::rows),
              c = probe_named("c", Shape::settings);
  const auto root = Root::in_memory({{"/file", "text"}});
  Wanted wanted;
  wanted[&a].resize(3);
  wanted[&b].resize(1);
  wanted[&c].resize(2);
  for (const unsigned jobs : {0U, 1U, 2U, 16U}) {
    runs = 0;
    const FactsByProbe facts = collect(*root, wanted, {}, jobs);
    CHECK(runs == 3);
    REQUIRE(facts.size() == 3);
    CHECK(facts.at(&a).find("selections")->value == "3");
    CHECK(facts.at(&c).find("selections")->value == "2");
    CHECK(facts.at(&b).find("text")->value == "text");
  }
}

TEST_CASE("nothing is read for nobody") {
  runs = 0;
  const auto root = Root::in_memory({{"/file", "text"}});
  CHECK(collect(*root, {}, {}, 2).empty());
  CHECK(runs == 0);
  CHECK(root->files_read().empty());
}
