#include "plugins/service/redis/host.h"

#include <algorithm>
#include <array>

#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/unit_command.h"

namespace plimsoll::redis {
namespace {

constexpr std::array<std::string_view, 2> kUnits = {"redis-server.service", "redis.service"};
constexpr std::array<std::string_view, 2> kPrograms = {"/usr/bin/redis-server",
                                                       "/usr/local/bin/redis-server"};

/// server.c, main: `--name` begins a line, also with its value in the same word; what follows are
/// its arguments, and the first of them may look like an option.
std::vector<OptionLine> option_lines(const std::vector<systemd::ExecText>& words, std::size_t at) {
  std::vector<OptionLine> out;
  bool wants_value = false;
  for (std::size_t i = at; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    const auto next_is_option = [&] {
      return i + 1 >= words.size() || words[i + 1].text.starts_with("--");
    };
    if (word == "-" && (i == 1 || i + 1 == words.size())) continue;  // standard input
    if (wants_value || !word.starts_with("--")) {
      if (out.empty()) out.push_back({{}, words[i].origin});
      out.back().words.push_back(word);
      wants_value = false;
      continue;
    }
    auto line = split_words(std::string_view(word).substr(2)).value_or(std::vector<std::string>());
    wants_value = line.size() == 1;
    if (wants_value && is_one_of(lower(line[0]), "save sentinel") && next_is_option()) {
      if (iequals(line[0], "save")) line.emplace_back();
      wants_value = false;
    }
    out.push_back({std::move(line), words[i].origin});
  }
  out.erase(std::remove_if(out.begin(), out.end(),
                           [](const OptionLine& line) { return line.words.empty(); }),
            out.end());
  return out;
}

void read_command(const systemd::UnitCommand& started, Host& out) {
  const auto& words = started.command.words;
  const systemd::Setting* directory = started.loaded.find("Service", "WorkingDirectory");
  if (directory != nullptr && directory->assignment.value.starts_with("/"))
    out.directory = directory->assignment.value;
  out.is_sentinel = base_name(words[0].text).find("redis-sentinel") != std::string_view::npos ||
                    std::any_of(words.begin(), words.end(), [](const systemd::ExecText& word) {
                      return word.text == "--sentinel";
                    });
  const bool has_file = words.size() > 1 && !words[1].text.starts_with('-');
  out.file = has_file ? join_path(out.directory, words[1].text) : std::string();
  out.options = option_lines(words, has_file ? 2 : 1);
}

}  // namespace

Host read_host(const Root& root, Facts& facts) {
  Host out;
  out.file = "/etc/redis/redis.conf";
  out.has_server = std::any_of(kPrograms.begin(), kPrograms.end(),
                               [&](std::string_view path) { return root.exists(path); });
  if (const auto version = installed_version(root, "redis-server")) {
    out.has_server = true;
    const std::string_view number = std::string_view(*version).substr(version->find(':') + 1);
    if (to_integer(number.substr(0, number.find('.'))).value_or(0) >= 8) out.version = Version::v8;
  }
  if (const auto started = systemd::unit_command(root, kUnits, facts)) {
    out.has_server = true;
    read_command(*started, out);
  }
  return out;
}

}  // namespace plimsoll::redis
