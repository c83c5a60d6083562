#include "plugins/framework/spring/environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/framework/spring/fields.h"
#include "plugins/framework/spring/names.h"
#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

constexpr std::size_t kMostScopes = 128;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostSteps = 256;  ///< placeholders of one value
constexpr std::size_t kLongestValue = 1U << 16U;
constexpr std::size_t kMostGrown = 1U << 24U;  ///< all that placeholders are replaced with

/// Where the placeholder that begins at `from` (behind its `${`) ends: at the brace of its own.
std::size_t placeholder_end(std::string_view text, std::size_t from) {
  std::size_t open = 0;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '{') ++open;
    if (text[at] != '}') continue;
    if (open == 0) return at;
    --open;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_list(std::string_view key) {
  static const auto lists = [] {
    std::vector<std::string> out;
    for (const Field& field : kFields)
      if (field.type == Type::set) out.push_back(relaxed(field.name));
    std::sort(out.begin(), out.end());
    return out;
  }();
  return std::binary_search(lists.begin(), lists.end(), key);
}

void Environment::add(Part part, std::uint32_t home) {
  layers_.push_back(std::make_unique<Layer>(Layer{std::move(part), home}));
}

std::optional<std::uint32_t> Environment::number_of(const Condition& condition) {
  const auto found = numbers_.find(condition);
  if (found != numbers_.end()) return found->second;
  if (scopes_.size() == kMostScopes) {
    problem_ = fmt::format("more than {} combinations of profiles", kMostScopes);
    return std::nullopt;
  }
  scopes_.push_back(condition);
  const auto number = static_cast<std::uint32_t>(scopes_.size() - 1);
  numbers_.emplace(condition, number);
  return number;
}

void Environment::arrange() {
  std::uint32_t order = 0;
  for (const auto& layer : layers_) take(*layer, order++);
  applies_.resize(scopes_.size() * scopes_.size());
  for (std::size_t a = 0; a < scopes_.size(); ++a)
    for (std::size_t b = 0; b < scopes_.size(); ++b)
      applies_[a * scopes_.size() + b] =
          std::includes(scopes_[b].begin(), scopes_[b].end(), scopes_[a].begin(), scopes_[a].end());
}

void Environment::take(const Layer& layer, std::uint32_t order) {
  std::vector<std::uint32_t> scopes;
  for (const Condition& condition : layer.part.when.any)
    if (const auto number = number_of(condition)) scopes.push_back(*number);
  if (scopes.empty()) return;
  struct Found {
    const Entry* whole = nullptr;
    std::map<long, const Entry*> items;
    std::vector<const Entry*> overwritten;
  };
  std::map<std::string_view, Found> found;
  for (const Entry& entry : layer.part.entries) {
    const Indexed item = indexed(entry.key);
    const bool is_item = item.index >= 0 && is_list(item.list);
    Found& one = found[is_item ? item.list : std::string_view(entry.key)];
    const Entry*& slot = is_item ? one.items[item.index] : one.whole;
    if (slot != nullptr) one.overwritten.push_back(slot);
    slot = &entry;
  }
  for (auto& [key, one] : found) {
    Hit hit{order, 0, layer.home, {}, std::move(one.overwritten)};
    // IndexedElementsBinder: the property itself goes before its items.
    if (one.whole != nullptr)
      hit.elements.push_back(one.whole);
    else
      for (const auto& [index, entry] : one.items) hit.elements.push_back(entry);
    Hits& hits = properties_[std::string(key)];
    for (const std::uint32_t scope : scopes) {
      hit.scope = scope;
      hits.push_back(hit);
    }
  }
}

const Hit* Environment::effective(const Hits& hits, std::uint32_t scope) const {
  for (auto hit = hits.rbegin(); hit != hits.rend(); ++hit)
    if (applies(hit->scope, scope)) return &*hit;
  return nullptr;
}

const Hit* Environment::effective(std::string_view key, std::uint32_t scope) const {
  const auto found = properties_.find(key);
  return found == properties_.end() ? nullptr : effective(found->second, scope);
}

bool Environment::is_set_in(std::string_view key, std::uint32_t scope) const {
  const Hit* hit = effective(key, scope);
  return hit != nullptr && hit->scope == scope;
}

Value Environment::value(const Entry& entry, std::uint32_t scope) const {
  if (is_filled_in_by_build(entry.value)) return {entry.value, true};
  if (entry.value.find("${") == std::string::npos) return {entry.value, false};
  Value out;
  std::size_t steps = 0;
  out.text = expand(entry.value, scope, 0, steps, out.open);
  return out;
}

std::optional<Value> Environment::value_of(std::string_view key, std::uint32_t scope) const {
  const Hit* hit = effective(key, scope);
  if (hit == nullptr) return std::nullopt;
  return value(*hit->elements.front(), scope);
}

bool Environment::may_grow(std::size_t size) const {
  grown_ += size;
  return size <= kLongestValue && grown_ <= kMostGrown;
}

// PropertyPlaceholderHelper: what is inside is replaced first, then looked up; `:` begins what
// holds where nothing sets it. What has no value stays as it is written.
std::string Environment::expand(std::string_view text, std::uint32_t scope, std::size_t depth,
                                std::size_t& steps, bool& open) const {
  std::string out;
  while (true) {
    const std::size_t begin = text.find("${");
    const std::size_t end =
        begin == std::string_view::npos ? begin : placeholder_end(text, begin + 2);
    out += text.substr(0, end == std::string_view::npos ? text.size() : begin);
    if (end == std::string_view::npos) return out;
    const std::string_view raw = text.substr(begin, end + 1 - begin);
    text.remove_prefix(end + 1);
    if (depth >= kDeepest || ++steps > kMostSteps || !may_grow(out.size() + raw.size())) {
      open = true;
      out += raw;
      continue;
    }
    bool inner_open = false;
    const std::string inner =
        expand(raw.substr(2, raw.size() - 3), scope, depth + 1, steps, inner_open);
    const std::size_t colon = inner.find(':');
    const Hit* hit = effective(relaxed(inner), scope);
    if (hit == nullptr && colon != std::string::npos)
      hit = effective(relaxed(std::string_view(inner).substr(0, colon)), scope);
    if (hit != nullptr && !may_grow(hit->elements.front()->value.size())) {
      out += raw;
      open = true;
    } else if (hit != nullptr) {
      const Entry& entry = *hit->elements.front();
      if (is_filled_in_by_build(entry.value)) open = true;
      out += expand(entry.value, scope, depth + 1, steps, open);
    } else if (colon != std::string::npos) {
      out += inner.substr(colon + 1);
      open = open || inner_open;
    } else {
      out += "${" + inner + "}";
      open = true;
    }
  }
}

}  // namespace plimsoll::spring
