#include "plugins/service/postgres/settings_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/postgres/settings_line.h"
#include "scanner/base/text.h"

namespace plimsoll::postgres {
namespace {

constexpr unsigned kDeepest = 10;         // conffiles.h, CONF_FILE_MAX_DEPTH
constexpr unsigned kMostErrors = 100;     // of a file; then the server reads no more of it
constexpr std::size_t kMostFiles = 5000;  // with every repetition
constexpr std::size_t kMostBytes = std::size_t{1} << 26U;
constexpr std::size_t kMostSettings = 200000;

class Reader {
 public:
  Reader(const Root& root, const SettingsReading& reading, SettingsFiles& out)
      : root_(root), reading_(reading), out_(out) {}
  void file(const std::string& path, bool must, unsigned depth, const Origin& from);
  void text(const std::string& path, std::string_view text, unsigned depth);

 private:
  void line(const Assignment& assignment, unsigned depth, const Origin& here);
  void directory(const std::string& path, unsigned depth, const Origin& from);
  void missing(const Error& error, bool must, const Origin& from);
  void refuse(std::string why, const Origin& where) {
    out_.refusals.push_back({ErrorCode::invalid, std::move(why), where});
  }
  bool is_full(const Origin& where);

  const Root& root_;
  const SettingsReading& reading_;
  SettingsFiles& out_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
};

bool Reader::is_full(const Origin& where) {
  const bool full = out_.files.size() >= kMostFiles || bytes_ > kMostBytes ||
                    out_.settings.size() >= kMostSettings || out_.refusals.size() >= kMostFiles;
  if (full && !is_full_)
    out_.gaps.push_back({ErrorCode::limit, "more than 5000 files, 64 MiB or 200000 lines", where});
  is_full_ = is_full_ || full;
  return full;
}

void Reader::missing(const Error& error, bool must, const Origin& from) {
  if (error.code == ErrorCode::wrong_type) return refuse("it is no file", error.where);
  if (error.code != ErrorCode::not_found) return out_.gaps.push_back(error);
  if (reading_.is_document)
    out_.gaps.push_back({error.code,
                         fmt::format("`{}`, which it includes: {}", error.where.file, error.what),
                         from});
  else if (must)
    refuse("a file that has to be there is not", from);
}

void Reader::file(const std::string& path, bool must, unsigned depth, const Origin& from) {
  if (is_full(from)) return;
  if (depth > kDeepest) return refuse("files include each other more than ten deep", from);
  const auto content = root_.read(path);
  if (!content) return missing(content.error(), must, from);
  text(path, *content, depth);
}

void Reader::text(const std::string& path, std::string_view text, unsigned depth) {
  Origin here{path, 0, 0};
  out_.files.push_back(here);
  bytes_ += text.size();
  unsigned errors = 0;
  for (const Line& one : lines(text)) {
    here.line = one.number;
    if (is_full(here)) return;
    const SettingsLine read = read_settings_line(one.text);
    if (read.is_error) {
      refuse("syntax error", here);
      if (++errors >= kMostErrors) return;
    }
    if (read.assignment) line(*read.assignment, depth, here);
  }
}

void Reader::line(const Assignment& assignment, unsigned depth, const Origin& here) {
  const std::string name = lower(assignment.name);
  if (!is_one_of(name, "include include_if_exists include_dir")) {
    out_.settings.push_back({name, assignment.value, here});
    return;
  }
  if (trim(assignment.value, " \t\r\n").empty())
    return refuse(fmt::format("`{}` without a name", name), here);
  // Relative to the file that includes.
  const std::string path = normal_path(join_path(parent_path(here.file), assignment.value));
  if (name == "include_dir") return directory(path, depth + 1, here);
  file(path, name == "include", depth + 1, here);
}

/// conffiles.c, GetConfFilesInDir.
void Reader::directory(const std::string& path, unsigned depth, const Origin& from) {
  if (is_full(from)) return;
  const auto entries = root_.list(path);
  if (!entries) return missing(entries.error(), true, from);
  bytes_ += entries->size() * 16;  // many directives may name one large directory
  for (const DirEntry& entry : *entries) {
    if (entry.name.starts_with('.') || entry.name.size() < 6 || !entry.name.ends_with(".conf"))
      continue;
    const std::string one = join_path(path, entry.name);
    const auto stat = root_.stat(one);
    if (stat && stat->type == FileType::directory) continue;
    file(one, true, depth, from);
  }
}

}  // namespace

void read_settings_file(const Root& root, const std::string& path, bool must,
                        const SettingsReading& reading, SettingsFiles& out) {
  Reader(root, reading, out).file(path, must, 0, {path, 0, 0});
}

void read_settings_text(const Root& root, const std::string& path, std::string_view text,
                        const SettingsReading& reading, SettingsFiles& out) {
  Reader(root, reading, out).text(path, text, 0);
}

const Setting* last_of(const std::vector<Setting>& settings, std::string_view name) {
  const auto found = std::find_if(settings.rbegin(), settings.rend(),
                                  [&](const Setting& one) { return one.name == name; });
  return found == settings.rend() ? nullptr : &*found;
}

}  // namespace plimsoll::postgres
