#include "plugins/os/dpkg-files/filters.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::dpkg_files {
namespace {

constexpr std::string_view kConfig = "/etc/dpkg/dpkg.cfg";
constexpr std::string_view kFolder = "/etc/dpkg/dpkg.cfg.d";
constexpr std::size_t kMostFilters = 10000;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/// dpkg.cfg(5): names of letters, digits, `_` and `-` only.
bool is_read(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '_'; });
}

/// A value may stand in quotes of one kind.
std::string_view without_quotes(std::string_view value) {
  if (value.size() < 2 || (value.front() != '"' && value.front() != '\'')) return value;
  return value.back() == value.front() ? value.substr(1, value.size() - 2) : value;
}

/// dpkg.cfg(5): `name value` or `name=value`, without the dashes of the command line.
void read_line(std::string_view line, Filters& out) {
  line = trim_right(line);
  const auto end = std::find_if_not(line.begin(), line.end(), is_word);
  const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  if (name.size() == line.size() || (name != "path-exclude" && name != "path-include")) return;
  std::string_view value = line.substr(name.size() + 1);
  if (value.starts_with('=')) value.remove_prefix(1);
  value = without_quotes(trim_left(value));
  out.filters.push_back({std::string(value), name == "path-include"});
}

void read_file(const Root& root, const std::string& path, Filters& out) {
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) out.errors.push_back(text.error());
    return;
  }
  for (const Line& line : lines(*text)) {
    if (out.filters.size() == kMostFilters) {
      out.errors.push_back({ErrorCode::limit, "more than 10000 filters", {path, line.number, 0}});
      return;
    }
    read_line(line.text, out);
  }
}

}  // namespace

// dpkg(1), --path-exclude: the last filter that matches decides; fnmatch(3) without flags, so that
// a `*` matches slashes, too.
bool Filters::leave_out(std::string_view path) const {
  const auto last = std::find_if(filters.rbegin(), filters.rend(), [&](const Filter& filter) {
    return name_matches(filter.pattern, path);
  });
  return last != filters.rend() && !last->is_include;
}

Filters read_filters(const Root& root) {
  Filters out;
  const auto entries = root.list(kFolder);
  if (entries) {
    for (const DirEntry& entry : *entries)
      if (is_read(entry.name)) read_file(root, join_path(kFolder, entry.name), out);
  } else if (entries.error().code != ErrorCode::not_found) {
    out.errors.push_back(entries.error());
  }
  read_file(root, std::string(kConfig), out);
  return out;
}

}  // namespace plimsoll::dpkg_files
