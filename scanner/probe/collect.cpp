#include "scanner/probe/collect.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace plimsoll {
namespace {

struct Task {
  const Probe* probe;
  const std::vector<Selection>* selections;
  Facts* facts;
};

}  // namespace

FactsByProbe collect(const Root& root, const Wanted& wanted,
                     const std::map<std::string, std::string, std::less<>>& context,
                     unsigned jobs) {
  FactsByProbe out;
  std::vector<Task> tasks;
  for (const auto& [probe, selections] : wanted) tasks.push_back({probe, &selections, &out[probe]});
  // Table probes first: one of them walks the tree and outlasts all others.
  std::sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) {
    if (a.probe->shape != b.probe->shape) return a.probe->shape == Shape::rows;
    return a.probe->name < b.probe->name;
  });
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++)
      *tasks[i].facts = tasks[i].probe->run({root, context, *tasks[i].selections, jobs});
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min<std::size_t>(jobs, tasks.size()); ++i)
    threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return out;
}

}  // namespace plimsoll
