#include "plugins/container/docker-daemon/flags.h"

#include <fmt/format.h>

#include "scanner/base/text.h"

namespace plimsoll::docker {
namespace {

class Parser {
 public:
  Parser(std::span<const systemd::ExecText> words, int version) : words_(words), version_(version) {
    out_.values.resize(options().size());
  }

  Flags parse() {
    while (at_ < words_.size() && out_.refusals.empty()) {
      const systemd::ExecText& word = words_[at_++];
      where_ = word.origin;
      const std::string_view text = word.text;
      if (text.starts_with("--") && text.size() > 2)
        long_flag(text.substr(2));
      else if (text.starts_with('-') && text.size() > 1 && text != "--")
        short_flags(text.substr(1));
      else if (text == "--" ? at_ < words_.size() : true)
        refuse(fmt::format("it takes no arguments, and is given `{}`", text));
    }
    for (const Option& option : options())
      if (!option.is_scalar() && option.kind != Kind::list && option.kind != Kind::pools)
        keep_last(out_.values[index_of(option)].items);
    return std::move(out_);
  }

 private:
  void refuse(std::string why) {
    out_.refusals.push_back(
        {ErrorCode::invalid, "dockerd does not start: " + std::move(why), where_});
  }

  static bool is_switch(const Option& option) {
    return option.kind == Kind::boolean ||
           (option.kind == Kind::opaque && is_one_of(option.flag, "help restart validate version"));
  }

  void long_flag(std::string_view text) {
    const auto equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const Option* option = option_of_flag(name, version_);
    if (option == nullptr) return refuse(fmt::format("there is no flag `--{}`", name));
    if (equals != std::string_view::npos)
      set(*option, text.substr(equals + 1));
    else if (is_switch(*option))
      set(*option, "true");
    else
      set_next(*option, fmt::format("--{}", name));
  }

  void short_flags(std::string_view text) {
    while (!text.empty() && out_.refusals.empty()) {
      const Option* option = option_of_shorthand(text[0], version_);
      if (option == nullptr) return refuse(fmt::format("there is no flag `-{}`", text[0]));
      const std::string_view rest = text.substr(1);
      if (rest.size() > 1 && rest[0] == '=') return set(*option, rest.substr(1));
      if (!is_switch(*option))
        return rest.empty() ? set_next(*option, fmt::format("-{}", text[0])) : set(*option, rest);
      set(*option, "true");
      text = rest;
    }
  }

  void set_next(const Option& option, const std::string& flag) {
    if (at_ == words_.size()) return refuse(fmt::format("`{}` lacks its value", flag));
    set(option, words_[at_++].text);
  }

  void set(const Option& option, std::string_view value) {
    if (option.flag == "config-file") {
      out_.config_file = value;
      out_.names_config_file = true;
      out_.config_file_origin = where_;
    }
    Given& given = out_.values[index_of(option)];
    given.is_set = true;
    given.origin = where_;
    if (option.is_scalar()) given.items.clear();
    if (!add(option, value, given))
      refuse(fmt::format("`{}` is no value of `--{}`", value, option.flag));
  }

  bool add(const Option& option, std::string_view value, Given& given) const {
    Item item{{}, std::string(value), where_};
    const auto equals = value.find('=');
    const auto before = std::string(value.substr(0, equals));
    const auto behind =
        std::string(equals == std::string_view::npos ? "" : value.substr(equals + 1));
    switch (option.kind) {
      case Kind::boolean:
        if (const auto flag = go_bool(value))
          item.text = *flag ? "true" : "false";
        else
          return false;
        break;
      case Kind::integer:
        if (const auto number = to_integer(value))
          item.text = std::to_string(*number);
        else
          return false;
        break;
      case Kind::size:
        if (const auto bytes = ram_in_bytes(value))
          item.text = std::to_string(*bytes);
        else
          return false;
        break;
      case Kind::ulimits: {
        auto limit = parse_ulimit(value);
        if (!limit) return false;
        item.name = std::move(limit->name);
        item.text = std::move(limit->text);
        break;
      }
      case Kind::map:
      case Kind::runtimes:
        if (option.kind == Kind::runtimes && (before.empty() || behind.empty())) return false;
        item.name = before;
        item.text = behind;
        break;
      case Kind::features:
        item.name = before;
        item.text = behind.empty() ? "true" : behind;
        break;
      case Kind::network_opts: {
        // bridge=com.docker.network.driver.mtu=1200
        const auto second = behind.find('=');
        if (second == std::string::npos) return false;
        item.scope = before;
        item.name = behind.substr(0, second);
        item.text = behind.substr(second + 1);
        break;
      }
      case Kind::pools:
      case Kind::list:
      case Kind::text:
      case Kind::address:
        break;
      case Kind::opaque:
        return true;
    }
    given.items.push_back(std::move(item));
    return true;
  }

  std::span<const systemd::ExecText> words_;
  int version_;
  std::size_t at_ = 0;
  Origin where_;
  Flags out_;
};

}  // namespace

Flags parse_flags(std::span<const systemd::ExecText> words, int version) {
  return Parser(words, version).parse();
}

}  // namespace plimsoll::docker
