#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "scanner/probe/probe.h"
#include "scanner/report/facts_jsonl.h"

// Enough of the command line to try a probe: plimsoll facts PROBE [--root DIR] [--shadowed]
// [--context a=b,...]
int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  std::string root = "/", name;
  bool shadowed = false;
  std::map<std::string, std::string, std::less<>> context;
  for (std::size_t i = 1; i < args.size(); ++i) {
    if (args[i] == "--root" && i + 1 < args.size())
      root = args[++i];
    else if (args[i] == "--format" && i + 1 < args.size())
      ++i;
    else if (args[i] == "--shadowed")
      shadowed = true;
    else if (args[i] == "--context" && i + 1 < args.size()) {
      std::string rest = args[++i];
      while (!rest.empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        const std::string item = rest.substr(0, comma);
        const auto eq = std::min(item.find('='), item.size());
        context[item.substr(0, eq)] = item.substr(std::min(eq + 1, item.size()));
        rest.erase(0, comma + 1);
      }
    } else
      name = args[i];
  }
  const plimsoll::Probe* probe = plimsoll::find_builtin_probe(name);
  if (probe == nullptr) return fmt::print(stderr, "error: no probe `{}`\n", name), 2;
  const auto opened = plimsoll::Root::directory(root);
  if (!opened) return fmt::print(stderr, "error: {}: {}\n", root, opened.error().what), 2;
  const plimsoll::Facts facts = probe->read({**opened, context, {}, 2});
  for (const auto& gap : facts.gaps)
    fmt::print(stderr, "warning: {}:{}: {}\n", gap.error.where.file, gap.error.where.line,
               gap.error.what);
  fmt::print("{}", plimsoll::facts_jsonl(*probe, facts, shadowed));
  return facts.gaps.empty() ? 0 : 3;
}
