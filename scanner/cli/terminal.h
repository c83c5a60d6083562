#pragma once

#include <string>
#include <string_view>

#include "scanner/cli/options.h"

namespace plimsoll {

/// Writes all of it to standard output. False when that failed for a reason worth an error (a full
/// disk); a reader that went away (`| head`) is not one: the rest is dropped without a word.
[[nodiscard]] bool write_stdout(std::string_view text);
/// write_stdout, with the error said on stderr: kExitFailed then, else `code`.
int print_and_return(std::string_view text, int code);
/// 0, or the errno that stopped the writing.
[[nodiscard]] int write_all(int fd, std::string_view text);
/// Writes to standard error, whatever becomes of it.
void write_stderr(std::string_view text);

/// `error: WHAT`, `  --> file:line:column` where there is one, `   = help: HELP` when not empty.
/// Escaped for a terminal; coloured when stderr is one.
void print_error(const Error& error, std::string_view help = {});
void print_error(std::string_view what, std::string_view help = {});
void print_warning(std::string_view what, std::string_view help = {});
void print_warning(const Error& error);
/// print_error, and the exit code that goes with it.
int failed(std::string_view what, std::string_view help = {});
int failed(const Error& error, std::string_view help = {});

/// `did you mean `NAME`?`, or empty when nothing is near.
std::string did_you_mean(std::string_view nearest);

bool stdout_is_terminal();
bool stderr_is_terminal();
/// NO_COLOR (https://no-color.org) and TERM=dumb switch it off unless it was asked for.
bool want_color(Color color);
/// COLUMNS, else what the terminal says, within 40 to 100; 80 when nobody knows.
std::size_t terminal_width();
/// Threads to use when the user does not say: one a processor that this process may run on, up to
/// eight.
unsigned usual_jobs();

}  // namespace plimsoll
