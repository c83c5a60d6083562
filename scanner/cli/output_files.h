#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll {

/// The files that reports go to. They are opened (made, emptied) before the sandbox is entered and
/// written at the end, so that a scan that could not run leaves no old report behind that looks
/// like its own.
class OutputFiles {
 public:
  OutputFiles() = default;
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  /// Format and path of each; false after an error about the first that cannot be opened.
  [[nodiscard]] bool open(const std::vector<std::pair<std::string, std::string>>& outputs);

  struct File {
    std::string format, path;
    int fd = -1;
  };
  [[nodiscard]] std::vector<File>& files() { return files_; }
  /// The whole report, and closes the file; false after an error. No part of a report stays behind
  /// then.
  [[nodiscard]] static bool write(File& file, std::string_view report);

 private:
  std::vector<File> files_;
};

}  // namespace plimsoll
