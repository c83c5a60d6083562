#include "plugins/container/docker-daemon/decode.h"

#include <fmt/format.h>

#include "plugins/container/docker-daemon/address.h"
#include "scanner/base/text.h"

namespace plimsoll::docker {
namespace {

using Refusal = std::optional<std::string>;

bool is_text(const DataNode& node) { return node.is_scalar() && !node.plain; }
bool is_null(const DataNode& node) { return node.is_scalar() && node.plain && node.text == "null"; }
bool is_bool(const DataNode& node) {
  return node.is_scalar() && node.plain && (node.text == "true" || node.text == "false");
}
/// A JSON number that fits an integer of Go: no fraction, no exponent.
bool is_integer(const DataNode& node) {
  return node.is_scalar() && node.plain && to_integer(node.text).has_value();
}

class Decoder {
 public:
  Decoder(std::string_view path, Given& given) : path_(path), given_(given) {}

  Refusal scalar(const DataNode& value, bool fits, const char* wanted) {
    if (!fits) return fmt::format("{} is wanted", wanted);
    put(std::string(value.text), value);
    return {};
  }

  Refusal size(const DataNode& value) {
    const auto bytes = is_text(value) ? ram_in_bytes(value.text) : std::nullopt;
    if (!bytes) return "a size as text is wanted";
    put(std::to_string(*bytes), value);
    return {};
  }

  Refusal list(const DataNode& value) {
    if (!value.is_sequence()) return "an array of texts is wanted";
    given_.items.clear();
    for (const DataEntry& entry : value.entries) {
      if (!is_text(*entry.value) && !is_null(*entry.value)) return "an array of texts is wanted";
      given_.items.push_back(
          {{}, is_null(*entry.value) ? "" : text(*entry.value), at(*entry.value)});
    }
    return {};
  }

  template <class Member>
  Refusal object(const DataNode& value, const Member& member) {
    if (!value.is_mapping()) return "an object is wanted";
    for (const DataEntry& entry : value.entries)
      if (Refusal why = member(*entry.key, *entry.value)) return why;
    keep_last(given_.items);
    return {};
  }

  Refusal texts(const DataNode& value, std::string_view scope = {}) {
    return object(value, [&](const DataNode& name, const DataNode& each) -> Refusal {
      if (!is_text(each) && !is_null(each)) return fmt::format("`{}` is no text", name.text);
      add(name, is_null(each) ? "" : text(each), scope);
      return {};
    });
  }

  Refusal features(const DataNode& value) {
    return object(value, [&](const DataNode& name, const DataNode& each) -> Refusal {
      if (!is_bool(each) && !is_null(each)) return fmt::format("`{}` is no boolean", name.text);
      add(name, is_null(each) ? "false" : text(each));
      return {};
    });
  }

  Refusal ulimits(const DataNode& value) {
    return object(value, [&](const DataNode& name, const DataNode& each) -> Refusal {
      if (is_null(each)) return {};
      if (!each.is_mapping()) return fmt::format("`{}` is no object", name.text);
      std::string soft = "0", hard = "0";
      for (const DataEntry& entry : each.entries) {
        const bool is_soft = iequals(entry.key->text, "soft");
        if (iequals(entry.key->text, "name") && !is_text(*entry.value) && !is_null(*entry.value))
          return fmt::format("`{}`: the name is no text", name.text);
        if (!is_soft && !iequals(entry.key->text, "hard")) continue;
        if (is_null(*entry.value)) continue;
        if (!is_integer(*entry.value)) return fmt::format("`{}`: a limit is no number", name.text);
        (is_soft ? soft : hard) = text(*entry.value);
      }
      add(name, fmt::format("{}:{}", soft, hard));
      return {};
    });
  }

  Refusal runtimes(const DataNode& value) {
    return object(value, [&](const DataNode& name, const DataNode& each) -> Refusal {
      if (is_null(each)) return add(name, ""), Refusal{};
      if (!each.is_mapping()) return fmt::format("`{}` is no object", name.text);
      std::string program;
      for (const DataEntry& entry : each.entries) {
        if (!iequals(entry.key->text, "path") && !iequals(entry.key->text, "runtimeType")) continue;
        if (is_null(*entry.value)) continue;
        if (!is_text(*entry.value)) return fmt::format("`{}`: its path is no text", name.text);
        program = text(*entry.value);
      }
      add(name, program);
      return {};
    });
  }

  Refusal network_opts(const DataNode& value) {
    if (!value.is_mapping()) return "an object is wanted";
    for (const DataEntry& entry : value.entries) {
      if (is_null(*entry.value)) continue;
      if (Refusal why = texts(*entry.value, entry.key->text)) return why;
    }
    return {};
  }

  Refusal pools(const DataNode& value) {
    if (!value.is_sequence()) return "an array is wanted";
    given_.items.clear();
    for (const DataEntry& entry : value.entries) {
      const DataNode& each = *entry.value;
      if (!each.is_mapping()) return "an array of {base, size} is wanted";
      std::string base, size;
      for (const DataEntry& part : each.entries) {
        if (iequals(part.key->text, "base")) {
          if (!is_text(*part.value)) return "`base` is no text";
          base = text(*part.value);
        } else if (iequals(part.key->text, "size")) {
          if (!is_integer(*part.value)) return "`size` is no number";
          size = text(*part.value);
        }
      }
      given_.items.push_back({{}, fmt::format("base={},size={}", base, size), at(each)});
    }
    return {};
  }

 private:
  static std::string text(const DataNode& node) { return std::string(node.text); }
  [[nodiscard]] Origin at(const DataNode& node) const { return {std::string(path_), node.line, 0}; }
  void put(std::string value, const DataNode& node) {
    given_.items = {{{}, std::move(value), at(node)}};
  }
  void add(const DataNode& name, std::string value, std::string_view scope = {}) {
    given_.items.push_back({text(name), std::move(value), at(name), std::string(scope)});
  }

  std::string_view path_;
  Given& given_;
};

}  // namespace

std::optional<std::string> decode(const Option& option, const DataNode& value,
                                  std::string_view path, Given& given) {
  if (is_null(value) && option.kind != Kind::size) {
    if (!option.is_scalar() || option.is_pointer) given.items.clear();
    return {};
  }
  given.is_set = true;
  Decoder decoder(path, given);
  switch (option.kind) {
    case Kind::boolean:
      return decoder.scalar(value, is_bool(value), "true or false");
    case Kind::integer:
      return decoder.scalar(value, is_integer(value), "a whole number");
    case Kind::text:
      return decoder.scalar(value, is_text(value), "a text");
    case Kind::address:
      return decoder.scalar(value,
                            is_text(value) && (value.text.empty() || is_ip_address(value.text)),
                            "an IP address");
    case Kind::size:
      return decoder.size(value);
    case Kind::list:
      return decoder.list(value);
    case Kind::map:
      return decoder.texts(value);
    case Kind::ulimits:
      return decoder.ulimits(value);
    case Kind::runtimes:
      return decoder.runtimes(value);
    case Kind::pools:
      return decoder.pools(value);
    case Kind::features:
      return decoder.features(value);
    case Kind::network_opts:
      return decoder.network_opts(value);
    case Kind::opaque:
      break;
  }
  return {};
}

}  // namespace plimsoll::docker
