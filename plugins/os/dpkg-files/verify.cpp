#include "plugins/os/dpkg-files/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <iterator>
#include <system_error>
#include <thread>

#include "scanner/base/md5.h"
#include "scanner/probe/deep_reading.h"
#include "scanner/root/stream.h"

namespace plimsoll::dpkg_files {
namespace {

/// The largest files in Debian packages are below 2 GiB, and what all of them hold is far from
/// this: more is somebody's trap.
constexpr std::uint64_t kLargestFile = 4ULL << 30U;
constexpr std::uint64_t kMostBytes = 64ULL << 30U;
/// As many as are told one by one; rows and reasons beyond help nobody.
constexpr std::size_t kMostErrors = 1000;
constexpr std::size_t kMostDifferences = 200000;
/// Taken at a time: enough to keep threads from contending, few enough to keep all of them busy.
constexpr std::size_t kBatch = 16;

constexpr std::array<std::string_view, 5> kStates = {"altered", "missing", "not-regular",
                                                     "unpackaged", "checked"};

std::string_view word_for(FileType type) {
  switch (type) {
    case FileType::directory:
      return "directory";
    case FileType::symlink:
      return "link";
    case FileType::fifo:
      return "fifo";
    case FileType::socket:
      return "socket";
    case FileType::character_device:
      return "character-device";
    case FileType::block_device:
      return "block-device";
    case FileType::regular:
    case FileType::unknown:
      break;
  }
  return "file";
}

bool is_missing(const Error& error) {
  return error.code == ErrorCode::not_found || error.code == ErrorCode::link_loop;
}

/// What one thread does.
class Worker {
 public:
  Worker(const Root& root, const Filters& filters, std::atomic<std::uint64_t>& bytes)
      : root_(root), filters_(filters), bytes_(bytes), stream_(root) {}

  void look_at(const Listed& listed, Depth depth) {
    if (depth == Depth::nothing) return;
    ++out.files;
    if (depth == Depth::content && !listed.sum.empty())
      compare(listed);
    else
      be_there(listed, depth);
    deep_reading().files.fetch_add(1, std::memory_order_relaxed);
  }

  Verified out;
  std::uint64_t more_errors = 0, more_differences = 0;

 private:
  void differs(const Listed& listed, State state, std::string actual) {
    if (out.differences.size() < kMostDifferences)
      out.differences.push_back({&listed, state, std::move(actual)});
    else
      ++more_differences;
  }

  void error(Error error) {
    if (out.errors.size() < kMostErrors)
      out.errors.push_back(std::move(error));
    else
      ++more_errors;
  }

  /// What was left out when the package was unpacked is not missed.
  void missing(const Listed& listed) {
    if (!filters_.leave_out(listed.path)) differs(listed, State::missing, {});
  }

  void be_there(const Listed& listed, Depth depth) {
    const auto stat = root_.lstat(listed.path);
    if (!stat) return is_missing(stat.error()) ? missing(listed) : error(stat.error());
    if (depth == Depth::presence) {
      // dpkg: what has a sum is a regular file.
      if (!listed.sum.empty() && stat->type != FileType::regular)
        differs(listed, State::not_regular, std::string(word_for(stat->type)));
    } else if (stat->type == FileType::regular) {
      error({ErrorCode::unsupported,
             fmt::format("the package {} has no MD5 sum of this file", listed.name),
             {listed.path}});
    }
  }

  void compare(const Listed& listed) {
    if (bytes_.load(std::memory_order_relaxed) > kMostBytes)
      return error({ErrorCode::limit,
                    fmt::format("more than {} GiB were read, the rest was not", kMostBytes >> 30U),
                    {listed.path}});
    const auto size = stream_.read(listed.path, kLargestFile, [&](std::string_view piece) {
      md5_.add(piece);
      bytes_.fetch_add(piece.size(), std::memory_order_relaxed);
      deep_reading().bytes.fetch_add(piece.size(), std::memory_order_relaxed);
    });
    std::string sum = md5_.hex();
    if (!size) return judge_unread(listed, size.error());
    ++out.hashed;
    out.bytes += *size;
    if (sum != listed.sum) differs(listed, State::altered, std::move(sum));
  }

  void judge_unread(const Listed& listed, const Error& why) {
    if (is_missing(why)) return missing(listed);
    if (why.code != ErrorCode::wrong_type) return error(why);
    const auto stat = root_.lstat(listed.path);
    differs(listed, State::not_regular, std::string(stat ? word_for(stat->type) : "unknown"));
  }

  const Root& root_;
  const Filters& filters_;
  std::atomic<std::uint64_t>& bytes_;  // of all threads
  FileStream stream_;
  Md5 md5_;
};

void merge(Worker& worker, Verified& out) {
  std::move(worker.out.differences.begin(), worker.out.differences.end(),
            std::back_inserter(out.differences));
  std::move(worker.out.errors.begin(), worker.out.errors.end(), std::back_inserter(out.errors));
  out.files += worker.out.files;
  out.hashed += worker.out.hashed;
  out.bytes += worker.out.bytes;
}

/// Whatever thread found it: in the order of the paths, and no more than is told.
void put_in_order(Verified& out, std::uint64_t more_errors, std::uint64_t more_differences) {
  std::sort(out.differences.begin(), out.differences.end(),
            [](const Difference& a, const Difference& b) { return a.listed < b.listed; });
  std::sort(out.errors.begin(), out.errors.end(),
            [](const Error& a, const Error& b) { return a.where.file < b.where.file; });
  if (out.errors.size() > kMostErrors) {
    more_errors += out.errors.size() - kMostErrors;
    out.errors.resize(kMostErrors);
  }
  if (more_errors > 0)
    out.errors.push_back(
        {ErrorCode::limit, fmt::format("{} more files could not be judged", more_errors), {}});
  if (more_differences > 0)
    out.errors.push_back({ErrorCode::limit,
                          fmt::format("{} more files differ than are listed", more_differences),
                          {}});
}

}  // namespace

std::string_view name_of(State state) { return kStates.at(static_cast<std::size_t>(state)); }

Verified verify(const Root& root, const Inventory& inventory, const Filters& filters,
                const Depths& depths, unsigned jobs) {
  const auto& files = inventory.files;
  const auto depth = [&](const Listed& listed) {
    return listed.is_conffile ? depths.conffiles : depths.files;
  };
  deep_reading().planned += static_cast<std::uint64_t>(
      std::count_if(files.begin(), files.end(),
                    [&](const Listed& listed) { return depth(listed) != Depth::nothing; }));
  std::atomic<std::uint64_t> bytes{0};
  std::vector<Worker> workers;
  for (unsigned i = 0; i < std::max(1U, jobs); ++i) workers.emplace_back(root, filters, bytes);
  std::atomic<std::size_t> next{0};
  const auto work = [&](Worker& worker) {
    for (std::size_t begin; (begin = next.fetch_add(kBatch)) < files.size();)
      for (std::size_t i = begin; i < std::min(begin + kBatch, files.size()); ++i)
        worker.look_at(files[i], depth(files[i]));
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers.size(); ++i) {
    try {
      threads.emplace_back(work, std::ref(workers[i]));
    } catch (const std::system_error&) {
      break;  // no thread to be had: the others do it all
    }
  }
  work(workers.front());
  for (std::thread& thread : threads) thread.join();
  Verified out;
  std::uint64_t more_errors = 0, more_differences = 0;
  for (Worker& worker : workers) {
    merge(worker, out);
    more_errors += worker.more_errors;
    more_differences += worker.more_differences;
  }
  put_in_order(out, more_errors, more_differences);
  return out;
}

}  // namespace plimsoll::dpkg_files
