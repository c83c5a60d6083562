#include "scanner/formats/data/data_tree.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<std::int64_t> number(std::string_view digits) {
  if (digits.starts_with("0x") || digits.starts_with("0X")) return to_integer(digits.substr(2), 16);
  if (digits.starts_with("0o")) return to_integer(digits.substr(2), 8);
  if (digits.starts_with("0b")) return to_integer(digits.substr(2), 2);
  if (digits.size() > 1 && digits.front() == '0') return to_integer(digits.substr(1), 8);
  return to_integer(digits, 10);
}

}  // namespace

DataTree::DataTree(std::uint16_t file)
    : number(file), memory_(std::make_unique<std::pmr::monotonic_buffer_resource>(4096)) {}

const DataEntry* DataNode::entry(std::string_view key) const {
  if (kind != Kind::mapping) return nullptr;
  const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const DataEntry& one) {
    return one.key->is_scalar() && one.key->text == key;
  });
  return found == entries.rend() ? nullptr : &*found;
}

const DataNode* DataNode::find(std::string_view key) const {
  const DataEntry* found = entry(key);
  return found == nullptr ? nullptr : found->value;
}

const DataNode* DataNode::find(std::initializer_list<std::string_view> keys) const {
  const DataNode* at = this;
  for (const std::string_view key : keys)
    if (at = at->find(key); at == nullptr) return nullptr;
  return at;
}

bool DataNode::is_null() const { return is_scalar() && plain && is_one_of(text, kNull); }

std::optional<bool> DataNode::as_bool() const {
  if (!is_scalar() || !plain) return std::nullopt;
  if (is_one_of(text, kTrue)) return true;
  if (is_one_of(text, kFalse)) return false;
  return std::nullopt;
}

std::optional<std::int64_t> DataNode::as_integer() const {
  if (!is_scalar() || !plain || text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  std::string digits(text.substr(negative || text.front() == '+' ? 1 : 0));
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  std::erase(digits, '_');
  const auto value = number(digits);
  return value && negative ? -*value : value;
}

}  // namespace plimsoll
