#include "plugins/os/file/conditions.h"

#include <algorithm>

namespace plimsoll::files {
namespace {

/// The operand of `equals` on a boolean field; empty for any other matcher.
std::optional<bool> flag_of(const Matcher& matcher) {
  if (matcher.op() != Op::equals) return std::nullopt;
  const auto yes = matcher.test(Value{true});
  const auto no = matcher.test(Value{false});
  if (!yes || !no || *yes == *no) return std::nullopt;
  return *yes;
}

/// The mode bit that a boolean column tells of; 0 for other columns.
std::uint32_t bit_of(Column column) {
  switch (column) {
    case Column::setuid:
      return 04000;
    case Column::setgid:
      return 02000;
    case Column::sticky:
      return 01000;
    case Column::group_writable:
      return 0020;
    case Column::world_readable:
      return 0004;
    case Column::world_writable:
      return 0002;
    default:
      return 0;
  }
}

}  // namespace

Conditions::Conditions(std::span<const Predicate> predicates) : is_empty_(predicates.empty()) {
  for (const Predicate& predicate : predicates) {
    if (predicate.on != Predicate::On::field || predicate.index >= kFields.size()) continue;
    const auto column = static_cast<Column>(predicate.index);
    const Matcher& matcher = predicate.matcher;
    if (column == Column::type) {
      add_types(matcher);
    } else if (column == Column::packaged) {
      continue;  // not known before the walk is over, and not decided here
    } else if (column == Column::mode && add_mode(matcher)) {
      continue;
    } else if (add_id(column, matcher) || add_bits(column, matcher)) {
      continue;
    } else if (column == Column::under && matcher.op() == Op::contains) {
      below_.push_back(matcher.operands().front());
    } else if (column == Column::glob && matcher.op() == Op::contains &&
               matcher.operands().size() == 1) {
      globs_.emplace_back(matcher.operands().front());
    } else {
      others_.emplace_back(column, &matcher);
    }
  }
}

void Conditions::add_types(const Matcher& matcher) {
  for (unsigned i = 0; i <= static_cast<unsigned>(FileType::unknown); ++i) {
    const auto type = static_cast<FileType>(i);
    const auto admitted = matcher.test(Value{std::string(name_of(type))});
    if (admitted && !*admitted) types_ &= ~bit(type);
  }
}

bool Conditions::add_mode(const Matcher& matcher) {
  if (matcher.type() != Type::mode || matcher.operands().size() != 1) return false;
  const auto operand = parse_value(Type::mode, matcher.operands().front());
  const auto* bits = operand ? std::get_if<std::int64_t>(&*operand) : nullptr;
  if (bits == nullptr) return false;
  const auto mask = static_cast<std::uint32_t>(*bits) & 07777U;
  if (matcher.op() != Op::at_most && matcher.op() != Op::at_least && matcher.op() != Op::equals)
    return false;
  if (matcher.op() != Op::at_most) set_ |= mask;
  if (matcher.op() != Op::at_least) clear_ |= ~mask & 07777U;
  return true;
}

bool Conditions::add_id(Column column, const Matcher& matcher) {
  if (column != Column::uid && column != Column::gid) return false;
  auto& slot = column == Column::uid ? uid_ : gid_;
  if (slot || matcher.op() != Op::equals) return false;
  const auto value = parse_value(Type::integer, matcher.operands().front());
  const auto* id = value ? std::get_if<std::int64_t>(&*value) : nullptr;
  if (id == nullptr || *id < 0 || *id > UINT32_MAX) return false;
  slot = static_cast<std::uint32_t>(*id);
  return true;
}

bool Conditions::add_bits(Column column, const Matcher& matcher) {
  const auto flag = flag_of(matcher);
  if (!flag) return false;
  if (const std::uint32_t mask = bit_of(column); mask != 0) {
    (*flag ? set_ : clear_) |= mask;
    types_ &= ~bit(FileType::symlink);  // the question does not apply to one
    return true;
  }
  auto* const slot = column == Column::unowned     ? &unowned_
                     : column == Column::ungrouped ? &ungrouped_
                                                   : nullptr;
  if (slot == nullptr || (slot->has_value() && *slot != flag)) return false;
  *slot = flag;
  return true;
}

bool Conditions::hold_in_place(const Candidate& file) const {
  if (!std::all_of(globs_.begin(), globs_.end(),
                   [&](const GlobPattern& pattern) { return file.may_match(pattern); }))
    return false;
  const auto& aliases = file.context.under_aliases;
  return std::all_of(below_.begin(), below_.end(), [&](const std::string& ancestor) {
    return file.is_below(ancestor) ||
           std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) {
             return alias.second == ancestor && file.is_below(alias.first);
           });
  });
}

bool Conditions::hold_beside_place(const Candidate& file) const {
  const Stat& stat = file.stat;
  if ((types_ & bit(stat.type)) == 0) return false;
  if ((stat.mode & set_) != set_ || (stat.mode & clear_) != 0) return false;
  if (uid_ && stat.uid != *uid_) return false;
  if (gid_ && stat.gid != *gid_) return false;
  const Names& names = file.context.names;
  // Where there are no names at all, neither answer is true (the value does not apply).
  if (unowned_ && (names.users_error() || names.has_user(stat.uid) == *unowned_)) return false;
  if (ungrouped_ && (names.groups_error() || names.has_group(stat.gid) == *ungrouped_))
    return false;
  return std::all_of(others_.begin(), others_.end(),
                     [&](const auto& other) {
                       // Most conditions on all files are on their names: no copy is made of those.
                       const auto holds = other.first == Column::name && !file.name.empty()
                                              ? other.second->test(file.name)
                                              : other.second->test(file.value(other.first));
                       return !holds || *holds;
                     }) &&
         std::all_of(globs_.begin(), globs_.end(),
                     [&](const GlobPattern& pattern) { return file.matches(pattern); });
}

}  // namespace plimsoll::files
