#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace plimsoll {

/// A directory of its own below the system's temporary directory, gone with this object.
class TemporaryTree {
 public:
  TemporaryTree() {
    std::string name = (std::filesystem::temp_directory_path() / "plimsoll-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    top_ = name;
  }
  ~TemporaryTree() {
    std::error_code ignored;
    std::filesystem::remove_all(top_, ignored);
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;

  [[nodiscard]] const std::string& top() const { return top_; }
  [[nodiscard]] std::string at(const std::string& path) const { return top_ + path; }

  void file(const std::string& path, const std::string& text, mode_t mode = 0644) const {
    parents(path);
    std::ofstream(at(path), std::ios::binary) << text;
    ::chmod(at(path).c_str(), mode);
  }
  void directory(const std::string& path, mode_t mode = 0755) const {
    std::filesystem::create_directories(at(path));
    ::chmod(at(path).c_str(), mode);
  }
  void link(const std::string& path, const std::string& target) const {
    parents(path);
    std::filesystem::create_symlink(target, at(path));
  }
  void fifo(const std::string& path, mode_t mode = 0644) const {
    parents(path);
    ::mkfifo(at(path).c_str(), mode);
    ::chmod(at(path).c_str(), mode);
  }
  void sparse(const std::string& path, off_t size) const {
    file(path, "");
    if (::truncate(at(path).c_str(), size) != 0) std::abort();
  }

 private:
  void parents(const std::string& path) const {
    std::filesystem::create_directories(std::filesystem::path(at(path)).parent_path());
  }
  std::string top_;
};

}  // namespace plimsoll
