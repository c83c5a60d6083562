#include "plugins/container/dockerfile/row.h"

#include <algorithm>

namespace plimsoll::dockerfile {

Row::Row(std::string_view kind, std::string subject, std::uint32_t line)
    : kind_(kind), line_(line) {
  fields_.reserve(kName + 4);
  fields_.resize(kTraits + 1);
  fields_[kSubject] = std::move(subject);
  fields_[kKind] = std::string(kind);
}

Row& Row::set(Column column, Value value) {
  if (fields_.size() <= column) fields_.resize(column + 1U);
  fields_[column] = std::move(value);
  return *this;
}

Row& Row::trait(std::string_view name) {
  if (std::find(traits_.begin(), traits_.end(), name) == traits_.end()) traits_.emplace_back(name);
  return *this;
}

Row& Row::traits(Traits names) {
  traits_ = std::move(names);
  return *this;
}

std::vector<Value> Row::take() {
  fields_[kStage] = stage;
  fields_[kTraits] = std::move(traits_);
  return std::move(fields_);
}

Wanted::Wanted(std::span<const Selection> selections) : all_(selections.empty()) {
  for (const Selection& selection : selections) {
    std::vector<std::string> kinds;
    bool by_trait = false;
    for (const Predicate& predicate : selection.where) {
      if (predicate.on != Predicate::On::field) continue;
      const Op op = predicate.matcher.op();
      if (predicate.index == kKind && (op == Op::equals || op == Op::one_of))
        kinds = predicate.matcher.operands();
      by_trait = by_trait || (predicate.index == kTraits && op == Op::contains);
    }
    if (kinds.empty()) kinds.emplace_back();
    for (std::string& kind : kinds) add(std::move(kind), by_trait);
  }
}

void Wanted::add(std::string kind, bool by_trait) {
  const auto found =
      std::find_if(asks_.begin(), asks_.end(), [&](const Ask& ask) { return ask.kind == kind; });
  if (found == asks_.end())
    asks_.push_back({std::move(kind), by_trait});
  else
    found->by_trait = found->by_trait && by_trait;
}

bool Wanted::kind(std::string_view kind) const {
  return all_ || std::any_of(asks_.begin(), asks_.end(),
                             [&](const Ask& ask) { return ask.kind.empty() || ask.kind == kind; });
}

bool Wanted::row(const Row& row) const {
  return all_ || std::any_of(asks_.begin(), asks_.end(), [&](const Ask& ask) {
           return (ask.kind.empty() || ask.kind == row.kind()) &&
                  (!ask.by_trait || !row.traits().empty());
         });
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 100;
  if (text.size() <= kMost) return std::string(text);
  // Not in the middle of a character.
  std::size_t end = kMost;
  while (end > kMost - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace plimsoll::dockerfile
