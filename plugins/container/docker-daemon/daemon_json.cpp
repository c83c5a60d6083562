#include "plugins/container/docker-daemon/daemon_json.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "plugins/container/docker-daemon/decode.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::docker {
namespace {

constexpr std::size_t kRefusals = 16;  // that are told
constexpr DataLimits kLimits{.depth = 100, .nodes = 1U << 18U};

/// The first JSON value of a text; 20.10 does not look at what stands behind it.
std::string_view first_value(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
      return text.substr(0, i + 1);
    }
  }
  return text;
}

class Reader {
 public:
  Reader(std::string_view path, const Values& flags, int version)
      : path_(path), flags_(flags), version_(version) {
    out_.values.resize(options().size());
  }

  DaemonJson read(std::string_view text) {
    std::string valid;
    if (version_ < 23) {
      text = first_value(text);
      valid = valid_utf8(text);  // Go puts U+FFFD for bytes that are no UTF-8
      text = valid;
    } else {
      if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      if (trim(text).empty()) return std::move(out_);
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      out_.refusals.push_back(
          {ErrorCode::unsupported, "UTF-16 is not read here, dockerd may", at(1)});
      return std::move(out_);
    }
    const DataTree tree = read_json(text, path_, kLimits);
    if (tree.error) {
      if (tree.error->code == ErrorCode::limit)
        out_.refusals.push_back(*tree.error);
      else
        refuse("it is no JSON: " + tree.error->what, tree.error->where.line);
      return std::move(out_);
    }
    const DataNode& top = *tree.documents.front();
    if (top.is_mapping())
      read_top(top);
    else if (!top.is_null())
      refuse("it is no JSON object", top.line);
    return std::move(out_);
  }

 private:
  [[nodiscard]] Origin at(std::uint32_t line) const { return {std::string(path_), line, 0}; }
  void refuse(const std::string& why, std::uint32_t line) {
    if (out_.refusals.size() < kRefusals)
      out_.refusals.push_back({ErrorCode::invalid, "dockerd does not start: " + why, at(line)});
  }

  void read_top(const DataNode& top) {
    // As a Go map: of two equal names the last one counts.
    std::map<std::string_view, const DataNode*> names;
    for (const DataEntry& entry : top.entries) names[entry.key->text] = entry.value;
    for (const auto& [name, value] : names) {
      if (value->is_mapping() && !is_flat(name)) {
        for (const DataEntry& entry : value->entries)
          flat_name(entry.key->text, *entry.value, !iequals(name, "proxies"));
      } else {
        flat_name(name, *value, false);
      }
    }
    // As a Go structure: members in order, names in any case, each decoded over the last.
    for (const DataEntry& entry : top.entries) {
      if (iequals(entry.key->text, "proxies") && version_ >= 23)
        proxies(*entry.value);
      else
        member(*entry.key, *entry.value, false);
    }
  }

  /// Objects that are values; the members of any other one are taken for options of their own.
  static bool is_flat(std::string_view name) {
    return is_one_of(name,
                     "cluster-store-opts default-network-opts log-opts runtimes default-ulimits "
                     "features builder");
  }

  void flat_name(std::string_view name, const DataNode& value, bool in_object) {
    if (!is_accepted_name(name, version_))
      return refuse(fmt::format("`{}` is no option", name), value.line);
    const Option* option = option_of_key(name, version_, false);
    if (option != nullptr && !is_one_of(name, "runtimes") && flags_[index_of(*option)].is_set)
      return refuse(
          fmt::format("`{}` is given as a flag ({}:{}) and in the file", name,
                      flags_[index_of(*option)].origin.file, flags_[index_of(*option)].origin.line),
          value.line);
    const bool is_read = option != nullptr && option->kind != Kind::opaque &&
                         (!in_object || option->kind == Kind::boolean);
    if (!is_read) ignore(name, value);
    // A boolean is also set as if it were the flag: where nothing decodes it, that holds. pflag
    // makes false of what is none.
    if (option == nullptr || option->kind != Kind::boolean || option->is_pointer) return;
    if (in_object || value.is_null())
      out_.values[index_of(*option)] = {
          true,
          {{{},
            value.is_scalar() && go_bool(value.text) == true ? "true" : "false",
            at(value.line)}},
          at(value.line)};
  }

  void ignore(std::string_view name, const DataNode& value) {
    if (const Option* option = option_of_key(name, version_, false);
        option != nullptr && option->kind == Kind::opaque && option->flag.empty())
      return;  // builder and the like are read, and told by nobody
    if (value.is_scalar() || value.is_sequence())
      out_.ignored.push_back({std::string(name), std::string(value.text), at(value.line)});
  }

  void proxies(const DataNode& value) {
    if (value.is_null()) return;
    if (!value.is_mapping()) return refuse("`proxies` is no object", value.line);
    for (const DataEntry& entry : value.entries) member(*entry.key, *entry.value, true);
  }

  void member(const DataNode& name, const DataNode& value, bool in_proxies) {
    const Option* option = option_of_key(name.text, version_, false);
    if (option == nullptr) option = option_of_key(name.text, version_, true);
    if (option == nullptr || option->in_proxies != in_proxies) return;
    if (option->key == "builder" && !value.is_mapping() && !value.is_null())
      return refuse("`builder` is no object", value.line);
    if (option->kind == Kind::opaque) return;
    Given& given = out_.values[index_of(*option)];
    if (auto why = decode(*option, value, path_, given))
      refuse(fmt::format("`{}`: {}", option->key, *why), value.line);
    if (given.is_set) given.origin = at(name.line);
  }

  std::string_view path_;
  const Values& flags_;
  int version_;
  DaemonJson out_;
};

}  // namespace

DaemonJson read_daemon_json(std::string_view text, std::string_view path, const Values& flags,
                            int version) {
  return Reader(path, flags, version).read(text);
}

}  // namespace plimsoll::docker
