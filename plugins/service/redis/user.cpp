#include "plugins/service/redis/user.h"

#include <algorithm>

#include "plugins/service/redis/words.h"
#include "scanner/base/sha256.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kMostPasswords = 1000;
constexpr std::size_t kMostSelectors = 100;
constexpr std::size_t kHashLength = 64;

bool is_hash(std::string_view text) {
  return text.size() == kHashLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Applied User::apply(std::string_view rule) {
  if (rule.empty()) return {};
  const std::string word = lower(c_text(rule));
  if (word == "on" || word == "off") {
    on_ = word == "on";
  } else if (word == "skip-sanitize-payload") {
    sanitize_ = "skip-sanitize-payload";
  } else if (word == "sanitize-payload") {
    sanitize_ = "sanitize-payload";
  } else if (word == "nopass" || word == "resetpass") {
    nopass_ = word == "nopass";
    passwords_.clear();
  } else if (std::string_view("><#!").find(rule[0]) != std::string_view::npos) {
    return change_password(rule);
  } else if (rule[0] == '(' && rule.ends_with(')')) {
    return add_selector(rule);
  } else if (word == "clearselectors") {
    selectors_.erase(selectors_.begin() + 1, selectors_.end());
  } else if (word == "reset") {
    reset();
  } else {
    return selectors_[0].apply(rule);
  }
  return {};
}

void User::reset() {
  nopass_ = false;
  on_ = false;
  passwords_.clear();
  sanitize_ = "sanitize-payload";
  selectors_ = {Selector(version_, all_channels_)};
}

Applied User::change_password(std::string_view rule) {
  const bool is_plain = rule[0] == '>' || rule[0] == '<';
  const bool adds = rule[0] == '>' || rule[0] == '#';
  const std::string_view text = rule.substr(1);
  if (!is_plain && !is_hash(text))
    return {
        "The password hash must be exactly 64 characters and contain only lowercase hexadecimal "
        "characters"};
  const std::string hash = is_plain ? sha256_hex(text) : std::string(text);
  const auto found = std::find_if(passwords_.begin(), passwords_.end(),
                                  [&](const Password& one) { return one.hash == hash; });
  if (!adds) {
    if (found == passwords_.end())
      return {"The password you are trying to remove from the user does not exist"};
    passwords_.erase(found);
    return {};
  }
  nopass_ = false;
  if (found != passwords_.end()) {
    if (is_plain) found->length = text.size();
    return {};
  }
  if (passwords_.size() >= kMostPasswords)
    return {"more than 1000 passwords of one user", false, true};
  passwords_.push_back({hash, is_plain ? std::optional<std::size_t>(text.size()) : std::nullopt});
  return {};
}

std::optional<std::size_t> User::shortest_password() const {
  std::optional<std::size_t> out;
  for (const Password& one : passwords_)
    if (one.length) out = std::min(*one.length, out.value_or(*one.length));
  return out;
}

Applied User::add_selector(std::string_view text) {
  if (selectors_.size() > kMostSelectors)
    return {"more than 100 selectors of one user", false, true};
  Selector selector(version_, all_channels_);
  const std::string_view inside = text.size() < 2 ? "" : text.substr(1, text.size() - 2);
  // Quotes that do not close leave a selector without rules.
  for (const std::string& rule : split_words(inside).value_or(std::vector<std::string>()))
    if (Applied done = selector.apply(rule); !done.is_ok()) return done;
  selectors_.push_back(std::move(selector));
  return {};
}

std::optional<std::vector<std::string>> merge_selectors(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  bool is_open = false;
  for (const std::string& word : words) {
    const bool closes = word.ends_with(')');
    if (word.starts_with('(') && !closes) {
      // One that opens within another takes its place.
      if (is_open) out.pop_back();
      out.push_back(word);
      is_open = true;
    } else if (is_open) {
      (out.back() += ' ') += c_text(word);
      is_open = !closes;
    } else {
      out.push_back(word);
    }
  }
  if (is_open) return std::nullopt;
  return out;
}

bool is_open_by_default(const Configuration& configuration) {
  return configuration.value("acl-pubsub-default") == "allchannels";
}

}  // namespace plimsoll::redis
