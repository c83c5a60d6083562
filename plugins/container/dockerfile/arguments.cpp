#include "plugins/container/dockerfile/arguments.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::dockerfile {
namespace {

class Reader {
 public:
  Reader(const shell::Command& command, const OptionsWithValue& valued)
      : words_(command.words), valued_(valued) {}

  Arguments read() {
    for (next_ = 1; next_ < words_.size();) {
      const std::string_view word = words_[next_].text;
      if (word == "--") {
        for (++next_; next_ < words_.size(); ++next_) out_.operands.push_back(&words_[next_]);
      } else if (word.starts_with("--")) {
        take_long(word.substr(2));
      } else if (word.size() > 1 && word[0] == '-') {
        take_shorts(word);
      } else {
        out_.operands.push_back(&words_[next_++]);
      }
    }
    return std::move(out_);
  }

 private:
  void add(std::string_view name, std::string_view value) {
    out_.options.push_back({std::string(name), std::string(value), out_.operands.size()});
  }

  std::string_view next_word() {
    return next_ < words_.size() ? words_[next_++].text : std::string_view();
  }

  void take_long(std::string_view word) {
    ++next_;
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (equals != std::string_view::npos)
      add(name, word.substr(equals + 1));
    else
      add(name, is_one_of(name, valued_.longs) ? next_word() : std::string_view());
  }

  /// A cluster: each letter an option, up to the first that takes a value.
  void take_shorts(std::string_view word) {
    ++next_;
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string_view letter = word.substr(i, 1);
      const bool valued = valued_.shorts.find(letter) != std::string_view::npos;
      if (i + 1 < word.size() && word[i + 1] == '=') return add(letter, word.substr(i + 2));
      if (valued) return add(letter, i + 1 < word.size() ? word.substr(i + 1) : next_word());
      add(letter, {});
    }
  }

  const std::vector<shell::Word>& words_;
  const OptionsWithValue& valued_;
  std::size_t next_ = 1;
  Arguments out_;
};

}  // namespace

bool Arguments::has(std::string_view name) const { return value(name) != nullptr; }

bool Arguments::has_any(std::string_view names) const {
  return std::any_of(options.begin(), options.end(),
                     [&](const Option& one) { return is_one_of(one.name, names); });
}

std::size_t Arguments::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      options.begin(), options.end(), [&](const Option& one) { return one.name == name; }));
}

const std::string* Arguments::value(std::string_view name) const {
  const auto found = std::find_if(options.rbegin(), options.rend(),
                                  [&](const Option& one) { return one.name == name; });
  return found == options.rend() ? nullptr : &found->value;
}

std::string_view Arguments::operand(std::size_t index) const {
  return index < operands.size() ? std::string_view(operands[index]->text) : std::string_view();
}

Arguments read_arguments(const shell::Command& command, const OptionsWithValue& valued) {
  return Reader(command, valued).read();
}

}  // namespace plimsoll::dockerfile
