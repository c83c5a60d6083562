#include "scanner/probe/matcher.h"

#include <doctest/doctest.h>

#include <limits>

#include "scanner/probe/value_text.h"

using namespace plimsoll;

namespace {

using Operands = std::vector<std::string>;

struct Case {
  std::string why;
  Op op;
  Type type;
  Operands operands;
  const char* value;
  bool holds;
};

const Case kCases[] = {
    {"text is compared byte for byte", Op::equals, Type::text, {"yes"}, "Yes", false},
    {"booleans have many spellings", Op::equals, Type::boolean, {"yes"}, "On", true},
    {"enabled is true", Op::equals, Type::boolean, {"1"}, "enabled", true},
    {"a boolean is not equal to its opposite", Op::equals, Type::boolean, {"no"}, "true", false},
    {"0x is hexadecimal", Op::equals, Type::integer, {"16"}, "0x10", true},
    {"a leading zero is octal", Op::equals, Type::integer, {"8"}, "010", true},
    {"numbers joined by colons: each is bounded",
     Op::at_most,
     Type::text,
     {"10:30:60"},
     "9:30:60",
     true},
    {"and one that is too large is enough",
     Op::at_most,
     Type::text,
     {"10:30:60"},
     "9:31:60",
     false},
    {"at least: each", Op::at_least, Type::text, {"1:2"}, "1:1", false},
    {"integers are ordered as numbers, not as text", Op::at_most, Type::integer, {"10"}, "9", true},
    {"negative numbers are below zero", Op::at_least, Type::integer, {"0"}, "-1", false},
    {"a mode has one value however it is spelled", Op::equals, Type::mode, {"0640"}, "640", true},
    {"at most 0640: no bit outside", Op::at_most, Type::mode, {"0640"}, "0600", true},
    {"at most 0640: 0604 is a smaller number with a bit outside",
     Op::at_most,
     Type::mode,
     {"0640"},
     "0604",
     false},
    {"at least 1000: the sticky bit is among others",
     Op::at_least,
     Type::mode,
     {"1000"},
     "1777",
     true},
    {"at least 1000: 2777 is a greater number without it",
     Op::at_least,
     Type::mode,
     {"1000"},
     "2777",
     false},
    {"a bare number is seconds", Op::equals, Type::duration, {"1min"}, "60", true},
    {"units add up", Op::equals, Type::duration, {"1h30m"}, "5400", true},
    {"blanks may stand between", Op::equals, Type::duration, {"1h 30 min"}, "90m", true},
    {"parts of a second count", Op::at_most, Type::duration, {"0"}, "500ms", false},
    {"infinity is longer than anything", Op::at_most, Type::duration, {"100y"}, "infinity", false},
    {"m is minutes, M months", Op::at_most, Type::duration, {"1M"}, "2m", true},
    {"K is 1024", Op::equals, Type::size, {"1024"}, "1K", true},
    {"case and a B do not matter", Op::equals, Type::size, {"10M"}, "10240kB", true},
    {"fractions of a unit", Op::equals, Type::size, {"1.5G"}, "1536M", true},
    {"a tilde sorts before the end", Op::at_least, Type::version, {"1.0"}, "1.0~rc1", false},
    {"numbers in versions are numbers", Op::at_least, Type::version, {"1.9"}, "1.10", true},
    {"the epoch decides first", Op::at_least, Type::version, {"2.0"}, "1:1.0", true},
    {"a revision counts",
     Op::at_least,
     Type::version,
     {"1:9.2p1-2+deb12u3"},
     "1:9.2p1-2+deb12u2",
     false},
    {"letters sort before other characters", Op::at_least, Type::version, {"1.0+"}, "1.0a", false},
    {"leading zeros do not count", Op::equals, Type::version, {"1.2"}, "1.02", true},
    {"one of several", Op::one_of, Type::text, {"no", "prohibit-password"}, "no", true},
    {"one_of goes by type", Op::one_of, Type::boolean, {"no"}, "off", true},
    {"none_of", Op::none_of, Type::text, {"a", "b"}, "c", true},
    {"none_of goes by type", Op::none_of, Type::integer, {"16"}, "0x10", false},
    {"a list is ordered", Op::equals, Type::list, {"a", "b"}, "b,a", false},
    {"lists may have blanks for commas", Op::equals, Type::list, {"a,b"}, "a b", true},
    {"a set is not ordered and has no duplicates",
     Op::equals,
     Type::set,
     {"a", "b"},
     "b,a,b",
     true},
    {"an element, not a part of one", Op::contains, Type::set, {"aes"}, "aes128-ctr", false},
    {"a part of a text", Op::contains, Type::text, {"aes"}, "aes128-ctr", true},
    {"lacks is the opposite", Op::lacks, Type::list, {"a"}, "a,b", false},
    {"lacks wants none of several", Op::lacks, Type::list, {"x", "b"}, "a,b", false},
    {"every element is among the operands", Op::subset_of, Type::set, {"a", "b", "c"}, "a,c", true},
    {"nothing is a subset of anything", Op::subset_of, Type::set, {"a"}, "", true},
    {"one stranger is too many", Op::subset_of, Type::set, {"a"}, "a,x", false},
    {"every operand is among the elements", Op::superset_of, Type::set, {"a", "b"}, "b,c,a", true},
    {"an operand is missing", Op::superset_of, Type::set, {"a", "d"}, "b,c,a", false},
    {"the whole value", Op::matches, Type::text, {"[0-9]+"}, "12a", false},
    {"the whole value, matched", Op::matches, Type::text, {"[0-9]+|none"}, "none", true},
    {"invalid UTF-8 does not escape a match", Op::matches, Type::text, {"[^x]*"}, "\xFF\xFE", true},
    {"a value is present", Op::present, Type::text, {"true"}, "", true},
    {"a value is not absent", Op::absent, Type::text, {"true"}, "", false},
};

struct Refusal {
  std::string why;
  Op op;
  Type type;
  Operands operands;
  const char* message;
};

const Refusal kRefusals[] = {
    {"no order among texts",
     Op::at_most,
     Type::text,
     {"a"},
     "`at_most` needs a value with an order, not a text"},
    {"a text has no elements",
     Op::subset_of,
     Type::text,
     {"a"},
     "`subset_of` needs a list or a set, not a text"},
    {"an integer has no parts",
     Op::contains,
     Type::integer,
     {"1"},
     "`contains` needs a text, a list or a set, not an integer"},
    {"one bound", Op::at_most, Type::integer, {"1", "2"}, "`at_most` takes one operand"},
    {"no operand", Op::one_of, Type::text, {}, "`one_of` needs an operand"},
    {"absent false would be a riddle",
     Op::absent,
     Type::text,
     {"false"},
     "`absent` takes `true` and nothing else"},
    {"the operand is of the type", Op::equals, Type::integer, {"many"}, "`many` is not an integer"},
    {"an expression must compile",
     Op::matches,
     Type::text,
     {"("},
     "`(` is not a regular expression: missing ): ("},
    {"a mode is octal", Op::equals, Type::mode, {"0689"}, "`0689` is not a mode"},
};

struct Unparsable {
  std::string why;
  Type type;
  std::string text;
};

const Unparsable kUnparsable[] = {
    {"a word", Type::integer, "many"},
    {"nothing", Type::integer, ""},
    {"no octal digit", Type::integer, "08"},
    {"two signs", Type::integer, "+-1"},
    {"only a sign", Type::integer, "-"},
    {"only a prefix", Type::integer, "0x"},
    {"a sign after the prefix", Type::integer, "0x-1"},
    {"too big", Type::integer, "9223372036854775808"},
    {"a tail", Type::integer, "12 "},
    {"a file type is not a mode", Type::mode, "100644"},
    {"negative", Type::mode, "-1"},
    {"nothing", Type::mode, ""},
    {"negative spans mean different things", Type::duration, "-1"},
    {"an unknown unit", Type::duration, "3 fortnights"},
    {"a unit alone", Type::duration, "min"},
    {"a point alone", Type::duration, "."},
    {"too long", Type::duration, "99999999999999999999y"},
    {"overflows when added", Type::duration, "292000y 292000y"},
    {"a unit alone", Type::size, "K"},
    {"too big", Type::size, "16E"},
    {"no unit of size", Type::size, "3x"},
    {"neither yes nor no", Type::boolean, "maybe"},
    {"nothing", Type::boolean, ""},
    {"nothing", Type::version, ""},
    {"a blank", Type::version, "1 2"},
};

}  // namespace

TEST_CASE("a matcher compares by type") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const auto matcher = Matcher::compile(c.op, c.type, c.operands);
    REQUIRE(matcher.has_value());
    const auto holds = matcher->test(std::string_view(c.value));
    REQUIRE(holds.has_value());
    CHECK(*holds == c.holds);
  }
}

TEST_CASE("a matcher that cannot mean anything is refused in words") {
  for (const Refusal& c : kRefusals) {
    CAPTURE(c.why);
    const auto matcher = Matcher::compile(c.op, c.type, c.operands);
    REQUIRE_FALSE(matcher.has_value());
    CHECK(matcher.error().what == c.message);
    CHECK(matcher.error().code == ErrorCode::invalid);
  }
}

TEST_CASE("a value that is not of the type is an error, not a mismatch") {
  for (const Unparsable& c : kUnparsable) {
    CAPTURE(c.why);
    CAPTURE(c.text);
    CHECK_FALSE(parse_value(c.type, c.text).has_value());
  }
  const auto at_most = Matcher::compile(Op::at_most, Type::integer, {"4"});
  REQUIRE(at_most.has_value());
  const auto tested = at_most->test(std::string_view("many"));
  REQUIRE_FALSE(tested.has_value());
  CHECK(tested.error().what == "`many` is not an integer");
}

TEST_CASE("fields of rows are compared as they are") {
  const auto mode = Matcher::compile(Op::at_most, Type::mode, {"0640"});
  CHECK(*mode->test(Value{std::int64_t{0640}}));
  CHECK_FALSE(*mode->test(Value{std::int64_t{0666}}));
  const auto minute = Matcher::compile(Op::at_least, Type::duration, {"1min"});
  CHECK(*minute->test(Value{std::int64_t{60}}));
  CHECK_FALSE(*minute->test(Value{std::int64_t{59}}));
  const auto forever = Matcher::compile(Op::equals, Type::duration, {"infinity"});
  CHECK(*forever->test(Value{std::numeric_limits<std::int64_t>::max()}));
  const auto lacks = Matcher::compile(Op::lacks, Type::set, {"wheel"});
  CHECK(*lacks->test(Value{std::vector<std::string>{"adm", "sudo"}}));
  CHECK_FALSE(*lacks->test(Value{std::vector<std::string>{"wheel"}}));
  const auto yes = Matcher::compile(Op::equals, Type::boolean, {"yes"});
  CHECK(*yes->test(Value{true}));
  const auto number_as_text = Matcher::compile(Op::equals, Type::text, {"7"});
  CHECK(*number_as_text->test(Value{std::int64_t{7}}));
}

TEST_CASE("a field that does not apply satisfies only absent, none_of and lacks") {
  const struct {
    Op op;
    Operands operands;
    bool holds;
  } cases[] = {
      {Op::equals, {"a"}, false},   {Op::one_of, {"a"}, false},      {Op::none_of, {"a"}, true},
      {Op::contains, {"a"}, false}, {Op::lacks, {"a"}, true},        {Op::subset_of, {"a"}, false},
      {Op::matches, {".*"}, false}, {Op::superset_of, {"a"}, false}, {Op::present, {"true"}, false},
      {Op::absent, {"true"}, true},
  };
  for (const auto& c : cases) {
    CAPTURE(name_of(c.op));
    const auto matcher = Matcher::compile(c.op, Type::set, c.operands);
    REQUIRE(matcher.has_value());
    CHECK(*matcher->test(Value{}) == c.holds);
  }
}

TEST_CASE("what is expected is said in words") {
  const struct {
    Op op;
    Type type;
    Operands operands;
    const char* words;
  } cases[] = {
      {Op::equals, Type::text, {"no"}, "`no`"},
      {Op::equals, Type::text, {""}, "an empty value"},
      {Op::one_of, Type::text, {"a", "b", "c"}, "`a`, `b` or `c`"},
      {Op::none_of, Type::text, {"a", "b"}, "anything but `a` or `b`"},
      {Op::at_most, Type::integer, {"4"}, "at most `4`"},
      {Op::at_most, Type::mode, {"0640"}, "`0640` or stricter"},
      {Op::at_least, Type::mode, {"1000"}, "all bits of `1000`"},
      {Op::at_least, Type::integer, {"4"}, "at least `4`"},
      {Op::contains, Type::set, {"a"}, "a value with `a`"},
      {Op::lacks, Type::set, {"a", "b"}, "a value without `a` or `b`"},
      {Op::subset_of, Type::set, {"a", "b"}, "nothing but `a` and `b`"},
      {Op::superset_of, Type::set, {"a", "b"}, "at least `a` and `b`"},
      {Op::matches, Type::text, {"[a-z]+"}, "a match of `[a-z]+`"},
      {Op::present, Type::text, {"true"}, "a value"},
      {Op::absent, Type::text, {"true"}, "no value"},
  };
  for (const auto& c : cases) {
    const auto matcher = Matcher::compile(c.op, c.type, c.operands);
    REQUIRE(matcher.has_value());
    CHECK(matcher->describe() == c.words);
  }
}

TEST_CASE("operators have names both ways") {
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(Op::absent); ++i) {
    const Op op = static_cast<Op>(i);
    CHECK(op_named(name_of(op)) == op);
  }
  CHECK_FALSE(op_named("atmost").has_value());
}

TEST_CASE("a duration as a value is whole seconds, rounded up") {
  CHECK(std::get<std::int64_t>(*parse_value(Type::duration, "1500ms")) == 2);
  CHECK(*parse_duration("1.5h") == 5'400'000'000);
}
