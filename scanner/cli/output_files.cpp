#include "scanner/cli/output_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "scanner/cli/terminal.h"

namespace plimsoll {

OutputFiles::~OutputFiles() {
  for (const File& file : files_)
    if (file.fd >= 0) ::close(file.fd);
}

bool OutputFiles::open(const std::vector<std::pair<std::string, std::string>>& outputs) {
  for (const auto& [format, path] : outputs) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
      print_error(fmt::format("cannot write to `{}`: {}", path, std::strerror(errno)),
                  "`--output FORMAT=FILE` needs a file that can be made or overwritten");
      return false;
    }
    files_.push_back({format, path, fd});
  }
  return true;
}

bool OutputFiles::write(File& file, std::string_view report) {
  int error = write_all(file.fd, report);
  if (error != 0) static_cast<void>(::ftruncate(file.fd, 0));
  // Some file systems tell of a full disk only now.
  if (::close(std::exchange(file.fd, -1)) != 0 && error == 0) error = errno;
  if (error == 0) return true;
  print_error(fmt::format("cannot write the report to `{}`: {}", file.path, std::strerror(error)));
  return false;
}

}  // namespace plimsoll
