#include "scanner/cli/terminal.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kNarrowest = 40, kWidest = 100, kUsual = 80;
constexpr unsigned kMostUsualJobs = 8;

bool color_allowed() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == 0) &&
         (term == nullptr || std::strcmp(term, "dumb") != 0);
}

void print_message(std::string_view label, std::string_view escape, std::string_view what,
                   const Origin& where, std::string_view help) {
  const bool colored = stderr_is_terminal() && color_allowed();
  std::string out = colored ? fmt::format("{}{}:\x1b[0m {}\n", escape, label, printable(what))
                            : fmt::format("{}: {}\n", label, printable(what));
  if (!where.file.empty()) {
    out += "  --> " + printable(where.file);
    if (where.line != 0) out += fmt::format(":{}", where.line);
    if (where.line != 0 && where.column != 0) out += fmt::format(":{}", where.column);
    out += '\n';
  }
  if (!help.empty()) out += fmt::format("   = help: {}\n", printable(help));
  write_stderr(out);
}

}  // namespace

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

bool write_stdout(std::string_view text) {
  static bool reader_left = false;
  if (reader_left) return true;
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EPIPE) reader_left = true;
  if (error == 0 || error == EPIPE) return true;
  print_error(fmt::format("cannot write the report to standard output: {}", std::strerror(error)));
  return false;
}

int print_and_return(std::string_view text, int code) {
  return write_stdout(text) ? code : kExitFailed;
}

void write_stderr(std::string_view text) { static_cast<void>(write_all(STDERR_FILENO, text)); }

void print_error(const Error& error, std::string_view help) {
  print_message("error", "\x1b[1;31m", error.what, error.where, help);
}
void print_error(std::string_view what, std::string_view help) {
  print_message("error", "\x1b[1;31m", what, {}, help);
}
void print_warning(std::string_view what, std::string_view help) {
  print_message("warning", "\x1b[1;33m", what, {}, help);
}
void print_warning(const Error& error) {
  print_message("warning", "\x1b[1;33m", error.what, error.where, {});
}
int failed(std::string_view what, std::string_view help) {
  return print_error(what, help), kExitFailed;
}
int failed(const Error& error, std::string_view help) {
  return print_error(error, help), kExitFailed;
}

std::string did_you_mean(std::string_view nearest) {
  return nearest.empty() ? std::string() : fmt::format("did you mean `{}`?", nearest);
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool want_color(Color color) {
  if (color != Color::automatic) return color == Color::always;
  return stdout_is_terminal() && color_allowed();
}

std::size_t terminal_width() {
  std::int64_t width = 0;
  if (const char* columns = std::getenv("COLUMNS")) width = to_integer(columns).value_or(0);
  winsize size{};
  if (width <= 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width <= 0) return kUsual;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(width, kNarrowest, kWidest));
}

unsigned usual_jobs() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::clamp<unsigned>(static_cast<unsigned>(CPU_COUNT(&set)), 1, kMostUsualJobs);
}

}  // namespace plimsoll
