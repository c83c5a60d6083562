// One libFuzzer target for each probe, from one source: PLIMSOLL_FUZZ_PROBE names the probe. The
// input is cut at lines `==> PATH` into the files of an in-memory tree; text before the first such
// line goes to the probe's main file. A probe that reads its files on hosts and in source trees is
// asked for both.
#include <cstdio>
#include <cstdlib>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/report/facts_jsonl.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

const Probe& chosen() {
  static const Probe* const probe = [] {
    const char* name = std::getenv("PLIMSOLL_FUZZ_PROBE");
    const Probe* found = name == nullptr ? nullptr : find_builtin_probe(name);
    if (found == nullptr) {
      std::fputs("set PLIMSOLL_FUZZ_PROBE to the name of a probe\n", stderr);
      std::exit(2);
    }
    return found;
  }();
  return *probe;
}

void plant(MemoryRoot& root, std::string_view input, std::string_view main_file) {
  std::string path(main_file);
  std::string text;
  const auto flush = [&] {
    if (!path.empty()) root.add_file(path, std::move(text));
    text.clear();
  };
  for (const Line& line : lines(input)) {
    if (line.text.starts_with("==> ") && line.text.size() < 256) {
      flush();
      path = std::string(line.text.substr(4));
    } else {
      text.append(line.text).append("\n");
    }
  }
  flush();
}

/// What was found must survive being printed, and rows must follow the schema.
void read_and_print(const Probe& probe, const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  const Facts facts = probe.run({root, context, {}, 1});
  static_cast<void>(facts_jsonl(probe, facts, true));
  for (const Fact& fact : facts.rows)
    if (probe.shape == Shape::rows && fact.fields.size() > probe.fields.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Probe& probe = chosen();
  MemoryRoot root;
  plant(root, {reinterpret_cast<const char*>(data), size},
        probe.files.empty() ? "" : probe.files[0]);
  read_and_print(probe, root);
  if (probe.documents.also_on_hosts) {
    root.set_source_tree(true);
    read_and_print(probe, root);
  }
  return 0;
}
