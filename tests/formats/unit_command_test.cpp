#include "scanner/formats/systemd/unit_command.h"

#include <doctest/doctest.h>

#include <array>

#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

constexpr std::array<std::string_view, 2> kUnits = {"new.service", "old.service"};

/// The unit and the program it starts, or `(none)`.
std::string started(const std::map<std::string, std::string>& files) {
  Facts facts;
  const auto root = Root::in_memory(files);
  const auto found = systemd::unit_command(*root, kUnits, facts);
  return found ? found->unit + " " + found->command.words[0].text : "(none)";
}

}  // namespace

TEST_CASE("unit command: the first unit that is there and starts something") {
  const std::string dir = "/etc/systemd/system/";
  const std::string a = "[Service]\nExecStart=/bin/a\n";
  const std::string b = "[Service]\nExecStart=/bin/b\n";
  CHECK(started({}) == "(none)");
  CHECK(started({{dir + "old.service", b}}) == "old.service /bin/b");
  CHECK(started({{dir + "old.service", b}, {dir + "new.service", a}}) == "new.service /bin/a");
  // An empty file masks; a unit without a command is the one all the same.
  CHECK(started({{dir + "old.service", b}, {dir + "new.service", ""}}) == "old.service /bin/b");
  CHECK(started({{dir + "old.service", b}, {dir + "new.service", "[Unit]\n"}}) == "(none)");
}

TEST_CASE("unit command: what could not be read is a gap") {
  Facts facts;
  const auto root = Root::in_memory({{"/etc/systemd/system/new.service",
                                      "[Service]\nEnvironmentFile=/etc/none\nExecStart=/bin/a\n"}});
  CHECK(systemd::unit_command(*root, kUnits, facts).has_value());
  CHECK(facts.gaps.size() == 1);
}
