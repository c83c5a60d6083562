#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/framework/spring/source.h"

namespace plimsoll::spring {

/// One document's word on a property, on one condition.
struct Hit {
  std::uint32_t order = 0;  ///< of its document among all: the last that applies wins
  std::uint32_t scope = 0;
  std::uint32_t home = 0;                 ///< the file it is told with
  std::vector<const Entry*> elements;     ///< one; of a list as many as it has
  std::vector<const Entry*> overwritten;  ///< further up in the same document
};

/// A value as the program has it, with what is known replaced.
struct Value {
  std::string text;
  bool open = false;  ///< something in it has no value in the files
};

/// The properties of files that are read together.
class Environment {
 public:
  /// A document, the weakest first. `home` as in Hit.
  void add(Part part, std::uint32_t home);
  /// When all are there.
  void arrange();

  using Hits = std::vector<Hit>;
  [[nodiscard]] const std::map<std::string, Hits, std::less<>>& properties() const {
    return properties_;
  }
  [[nodiscard]] const std::vector<Condition>& scopes() const { return scopes_; }
  /// What holds in a scope, of the documents that always apply there; null where nobody says it.
  /// `key` in relaxed form.
  [[nodiscard]] const Hit* effective(std::string_view key, std::uint32_t scope) const;
  /// The same of hits at hand.
  [[nodiscard]] const Hit* effective(const Hits& hits, std::uint32_t scope) const;
  /// It is set for that scope itself, and nothing later takes it back.
  [[nodiscard]] bool is_set_in(std::string_view key, std::uint32_t scope) const;
  [[nodiscard]] Value value(const Entry& entry, std::uint32_t scope) const;
  /// The value of a property that is no list; empty where nothing sets it.
  [[nodiscard]] std::optional<Value> value_of(std::string_view key, std::uint32_t scope) const;
  /// A cap that was reached: what could not be told.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Layer {
    Part part;
    std::uint32_t home;
  };
  std::optional<std::uint32_t> number_of(const Condition& condition);
  void take(const Layer& layer, std::uint32_t order);
  [[nodiscard]] bool applies(std::uint32_t condition, std::uint32_t scope) const {
    return applies_[condition * scopes_.size() + scope];
  }
  std::string expand(std::string_view text, std::uint32_t scope, std::size_t depth,
                     std::size_t& steps, bool& open) const;
  [[nodiscard]] bool may_grow(std::size_t size) const;

  std::vector<std::unique_ptr<Layer>> layers_;
  std::map<std::string, Hits, std::less<>> properties_;
  std::vector<Condition> scopes_ = {{}};
  std::map<Condition, std::uint32_t> numbers_ = {{{}, 0}};
  std::vector<bool> applies_;
  mutable std::size_t grown_ = 0;
  std::string problem_;
};

/// A list: its items are one value, and a stronger document replaces all of them.
bool is_list(std::string_view key);

}  // namespace plimsoll::spring
