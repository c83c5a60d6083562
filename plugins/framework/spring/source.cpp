#include "plugins/framework/spring/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/framework/spring/names.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/formats/properties.h"

namespace plimsoll::spring {
namespace {

constexpr DataLimits kLimits = {.depth = 100, .nodes = 1U << 18U};
constexpr std::size_t kLongestName = 1024;
constexpr std::size_t kMostParts = 256;          ///< documents of a file
constexpr std::size_t kMostEntries = 1U << 18U;  ///< properties of a file

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// The end of `@name@` that begins there; npos where none does.
std::size_t filter_end(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_part_of_name(text[end])) ++end;
  return end > at + 1 && end < text.size() && text[end] == '@' ? end : std::string_view::npos;
}

/// String.trim: everything up to the blank.
std::string_view trimmed(std::string_view text) {
  const auto is_kept = [](char c) { return static_cast<unsigned char>(c) > ' '; };
  while (!text.empty() && !is_kept(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_kept(text.back())) text.remove_suffix(1);
  return text;
}

// --- scalars as SnakeYAML makes them (YAML 1.1), and Spring a text of these

std::string boolean_or_text(std::string_view text) {
  if (is_one_of(text, "yes Yes YES true True TRUE on On ON")) return "true";
  if (is_one_of(text, "no No NO false False FALSE off Off OFF")) return "false";
  return std::string(text);
}

/// `22:30` is 1350: digits in base 60, each below 60 but the first.
std::optional<std::int64_t> sexagesimal(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text[0] < '1' || text[0] > '9' || text.size() > 12) return std::nullopt;
  const auto parts = split(text, ':');
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto digits = to_integer(parts[i]);
    const bool fits = digits && *digits >= 0 && (i == 0 || (parts[i].size() < 3 && *digits < 60));
    if (!fits || parts[i].find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    sum = sum * 60 + *digits;
  }
  return is_negative ? -sum : sum;
}

std::string number_or_text(const DataNode& node) {
  const std::string_view text = node.text;
  const std::string_view digits = trim_left(text, "+-");
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' || digits.starts_with("0o"))
    return boolean_or_text(text);
  if (text.find(':') != std::string_view::npos) {
    const auto number = sexagesimal(text);
    return number ? std::to_string(*number) : std::string(text);
  }
  const auto number = node.as_integer();
  return number ? std::to_string(*number) : std::string(text);
}

std::string value_of(const DataNode& node) {
  if (!node.plain || !node.tag.empty()) return std::string(node.text);
  return node.is_null() ? std::string() : number_or_text(node);
}

// --- one part

/// The values of a property and of its items, commas between.
std::string all_of(const Part& part, std::string_view key) {
  std::string out;
  for (const Entry& entry : part.entries)
    if (entry.key == key || indexed(entry.key).list == key)
      out += (out.empty() ? "" : ",") + entry.value;
  return out;
}

class SourceReader {
 public:
  SourceReader(const std::string& path, const Conditions& when) : path_(path), when_(when) {}

  Source read(std::string_view text) {
    if (path_.ends_with(".properties"))
      read_assignments(text);
    else
      read_documents(text);
    return std::move(out_);
  }

 private:
  // --- .properties

  void read_assignments(std::string_view text) {
    const Properties all = read_properties(text, path_, PropertySeparators::documents);
    out_.errors = all.errors;
    if (all.documents > kMostParts) return refuse_parts();
    std::vector<Part> parts(all.documents);
    for (const Property& one : all.entries) {
      Part& part = parts[one.document];
      const Origin origin{path_, one.line, one.column};
      const std::string_view name = trimmed(one.key);
      // `name[]=a,b` is short for a list.
      if (name.ends_with("[]")) {
        std::size_t index = 0;
        for (const std::string_view item : split(one.value, ','))
          add(part, fmt::format("{}[{}]", name.substr(0, name.size() - 2), index++),
              std::string(trimmed(item)), origin);
      } else {
        add(part, name, std::string(trimmed(one.value)), origin);
      }
    }
    for (Part& part : parts) finish(std::move(part));
  }

  // --- YAML

  void read_documents(std::string_view text) {
    DataTree tree = read_yaml(text, path_, kLimits);
    std::string filled;
    if (tree.error) {
      // The build fills in `@name@`, which YAML does not allow to stand there before.
      filled = without_filters(text);
      if (filled != text) tree = read_yaml(filled, path_, kLimits);
    }
    if (tree.error) out_.errors.push_back(*tree.error);
    if (tree.documents.size() > kMostParts) return refuse_parts();
    for (const DataNode* document : tree.documents) {
      Part part;
      if (document->is_mapping())
        flatten(part, "", *document);
      else if (document->is_sequence())
        flatten(part, "document", *document);
      finish(std::move(part));
    }
  }

  static std::string without_filters(std::string_view text) {
    std::string out(text);
    for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at)) {
      const std::size_t end = filter_end(text, at);
      if (end != std::string_view::npos) out[at] = out[end] = '~';
      at = end == std::string_view::npos ? at + 1 : end + 1;
    }
    return out;
  }

  void flatten(Part& part, const std::string& path, const DataNode& node) {
    if (path.size() > kLongestName) return refuse_name(node);
    if (node.is_scalar()) {
      std::string value = value_of(node);
      if (node.plain && value.size() > 2 && value.front() == '~' && value.back() == '~')
        value.front() = value.back() = '@';
      return add(part, path, std::move(value), {path_, node.line, node.column});
    }
    if (node.is_sequence() && node.entries.empty())
      return add(part, path, "", {path_, node.line, node.column});
    std::set<std::string_view> seen;
    std::size_t index = 0;
    for (const DataEntry& entry : node.entries) {
      if (entry.key == nullptr) {
        flatten(part, fmt::format("{}[{}]", path, index++), *entry.value);
        continue;
      }
      if (!entry.key->is_scalar()) continue;
      if (!seen.insert(entry.key->text).second) refuse_twice(*entry.key);
      flatten(part, below(path, *entry.key), *entry.value);
    }
  }

  /// YamlProcessor: a key that begins with a bracket, or is no text, needs no dot.
  static std::string below(const std::string& path, const DataNode& key) {
    const std::string text = value_of(key);
    const bool is_text = !key.plain || text == key.text;
    const bool is_number = key.plain && key.as_integer().has_value();
    const bool is_truth = key.plain && (text == "true" || text == "false");
    if (!is_text || is_number || is_truth) return fmt::format("{}[{}]", path, text);
    if (path.empty() || text.starts_with('[')) return path + text;
    return path + "." + text;
  }

  // --- both

  void add(Part& part, std::string_view name, std::string value, Origin origin) {
    if (name.empty()) return;
    if (++entries_ > kMostEntries)
      return refuse(ErrorCode::limit, fmt::format("more than {} properties", kMostEntries),
                    origin.line);
    std::string known = canonical(name);
    std::string key = relaxed(known);
    part.entries.push_back({std::move(known), std::move(key), std::move(value), std::move(origin)});
  }

  /// Which profiles a part is for: since 2.4 `spring.config.activate.on-profile`, before it
  /// `spring.profiles`.
  void finish(Part part) {
    part.when = when_;
    for (const std::string_view key : {"spring.config.activate.onprofile", "spring.profiles"}) {
      const std::string expression = all_of(part, key);
      if (trim(expression).empty()) continue;
      const Conditions asked = read_profiles(expression);
      if (asked.malformed)
        out_.errors.push_back({ErrorCode::invalid,
                               fmt::format("`{}` is no profile expression", printable(expression)),
                               {path_, part.entries.front().origin.line}});
      part.when = both(part.when, asked);
    }
    const std::string platform = all_of(part, "spring.config.activate.oncloudplatform");
    if (!platform.empty()) part.when = both(part.when, {{{"on " + lower(platform)}}, false});
    out_.parts.push_back(std::move(part));
  }

  void refuse(ErrorCode code, std::string what, std::uint32_t line) {
    if (out_.errors.size() < 8) out_.errors.push_back({code, std::move(what), {path_, line}});
  }
  void refuse_parts() {
    refuse(ErrorCode::limit, fmt::format("more than {} documents", kMostParts), 0);
  }
  void refuse_name(const DataNode& node) {
    refuse(ErrorCode::limit, fmt::format("a name of more than {} bytes", kLongestName), node.line);
  }
  // SnakeYAML as Spring Boot sets it up: a key twice in one mapping keeps the program from
  // starting.
  void refuse_twice(const DataNode& key) {
    refuse(ErrorCode::invalid, fmt::format("the key `{}` is there twice", printable(key.text)),
           key.line);
  }

  const std::string& path_;
  const Conditions& when_;
  Source out_;
  std::size_t entries_ = 0;
};

}  // namespace

bool is_filled_in_by_build(std::string_view value) {
  return value.starts_with('@') && filter_end(value, 0) == value.size() - 1;
}

Source read_source(std::string_view text, const std::string& path, const Conditions& when) {
  return SourceReader(path, when).read(text);
}

}  // namespace plimsoll::spring
