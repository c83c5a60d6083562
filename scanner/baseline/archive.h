#pragma once

#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// Appends values to a byte string, in the form that ArchiveReader takes them back.
class ArchiveWriter {
 public:
  template <class Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void operator()(const Number& number) {
    out_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void operator()(const std::string& text) { view(text); }
  void view(std::string_view text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    out_.append(text);
  }
  template <class Item>
  void operator()(const std::vector<Item>& items) {
    (*this)(static_cast<std::uint32_t>(items.size()));
    for (const Item& item : items) put(item);
  }
  template <class Item>
  void operator()(const std::optional<Item>& item) {
    (*this)(static_cast<std::uint8_t>(item ? 1 : 0));
    if (item) put(*item);
  }
  template <class Item, class Less>
  void operator()(const std::map<std::string, Item, Less>& items) {
    (*this)(static_cast<std::uint32_t>(items.size()));
    for (const auto& [name, item] : items) {
      (*this)(name);
      put(item);
    }
  }
  template <class Struct>
  requires std::is_class_v<Struct>
  void operator()(const Struct& value) {
    // One `describe` serves both directions; the writer only reads.
    describe(*this, const_cast<Struct&>(value));
  }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }

 private:
  template <class Item>
  void put(const Item& item) {
    (*this)(item);
  }
  std::string out_;
};

/// Takes values from what ArchiveWriter wrote. Past the end everything is empty.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : rest_(bytes) {}

  template <class Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void operator()(Number& number) {
    const std::string_view bytes = take(sizeof number);
    if (bytes.size() == sizeof number) std::memcpy(&number, bytes.data(), sizeof number);
  }
  [[nodiscard]] std::string_view view() {
    std::uint32_t size = 0;
    (*this)(size);
    return take(size);
  }
  /// The number of items that follow; 0 where more are announced than there are bytes left, so that
  /// nobody sets memory aside for what can't be there.
  [[nodiscard]] std::size_t count() {
    std::uint32_t count = 0;
    (*this)(count);
    return count <= rest_.size() ? count : 0;  // each item takes a byte at least
  }
  void operator()(std::string& text) { text = view(); }
  template <class Item>
  void operator()(std::vector<Item>& items) {
    items.resize(count());
    for (Item& item : items) (*this)(item);
  }
  template <class Item>
  void operator()(std::optional<Item>& item) {
    std::uint8_t there = 0;
    (*this)(there);
    if (there != 0) (*this)(item.emplace());
  }
  template <class Item, class Less>
  void operator()(std::map<std::string, Item, Less>& items) {
    for (std::size_t left = count(); left > 0; --left) {
      std::string name(view());
      (*this)(items.emplace_hint(items.end(), std::move(name), Item())->second);
    }
  }
  template <class Struct>
  requires std::is_class_v<Struct>
  void operator()(Struct& value) { describe(*this, value); }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(out.size());
    return out;
  }
  std::string_view rest_;
};

// What each part of a baseline consists of, for either direction.

template <class Archive>
void describe(Archive& archive, Expectation& value) {
  archive(value.op);
  archive(value.operands);
  archive(value.type);
}

template <class Archive>
void describe(Archive& archive, FieldExpectation& value) {
  archive(value.field);
  archive(value.expect);
}

template <class Archive>
void describe(Archive& archive, Check& value) {
  archive(value.kind);
  archive(value.probe);
  archive(value.where);
  archive(value.key);
  archive(value.expect);
  archive(value.expects);
  archive(value.quantifier);
  archive(value.count);
  archive(value.explicit_value);
  archive(value.when_absent);
  archive(value.when_absent_given);
  archive(value.called);
  archive(value.children);
  archive(value.line);
}

template <class Archive>
void describe(Archive& archive, Remediation& value) {
  archive(value.set);
  archive(value.summary);
  archive(value.verify);
  archive(value.risk);
}

template <class Archive>
void describe(Archive& archive, EditHint& value) {
  archive(value.set);
  archive(value.to);
  archive(value.replace);
  archive(value.with);
  archive(value.drop);
}

template <class Archive>
void describe(Archive& archive, References& value) {
  archive(value.by_name);
}

template <class Archive>
void describe(Archive& archive, Parameter& value) {
  archive(value.name);
  archive(value.type);
  archive(value.value);
  archive(value.is_list);
  archive(value.least);
  archive(value.most);
  archive(value.choices);
  archive(value.doc);
  archive(value.references);
}

template <class Archive>
void describe(Archive& archive, Rule& value) {
  archive(value.id);
  archive(value.title);
  archive(value.severity);
  archive(value.check);
  archive(value.when);
  archive(value.rationale);
  archive(value.references);
  archive(value.remediation);
  archive(value.edits);
  archive(value.tags);
  archive(value.deep);
  archive(value.line);
}

template <class Archive>
void describe(Archive& archive, Baseline::Selected& value) {
  archive(value.rule);
  archive(value.except);
  archive(value.levels);
  archive(value.section);
  archive(value.severity);
  archive(value.explicit_value);
  archive(value.line);
}

template <class Archive>
void describe(Archive& archive, Baseline::Assigned& value) {
  archive(value.parameter);
  archive(value.value);
  archive(value.level);
  archive(value.line);
}

template <class Archive>
void describe(Archive& archive, Baseline& value) {
  archive(value.file);
  archive(value.schema);
  archive(value.id);
  archive(value.version);
  archive(value.title);
  archive(value.owner);
  archive(value.reviewed);
  archive(value.review_days);
  archive(value.element);
  archive(value.parameters);
  archive(value.rules);
  archive(value.is_benchmark);
  archive(value.levels);
  archive(value.selects);
  archive(value.components);
  archive(value.set);
}

}  // namespace plimsoll
