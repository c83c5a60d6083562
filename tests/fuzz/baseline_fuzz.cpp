// libFuzzer target of everything that reads TOML: baselines, examples, a site's own file. Whatever
// the bytes are, there is a diagnostic or a baseline, never a crash; and what passes can be packed,
// taken apart again and planned.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/baseline/load.h"
#include "scanner/baseline/plan.h"
#include "scanner/evaluate/evaluate.h"

using namespace plimsoll;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto probes = all_probes();
  Diagnostics problems;
  const Site site = load_site(text, "fuzz.toml", problems);
  Loaded loaded = load_baseline(text, "fuzz.toml", probes);
  load_examples(text, "fuzz.examples.toml", loaded);
  (void)render(problems);
  (void)render(loaded.problems);
  const std::string packed = pack({{loaded.baseline, std::string(text), {}}});
  Library library(packed);
  Diagnostics planned;
  const Plan plan = make_plan({}, site, library, planned);
  if (!has_errors(loaded.problems)) (void)compile_rules(plan, probes, planned);
  (void)render(planned);
  // Bytes that nobody packed: the reader must not trust their lengths.
  Library rubbish(text);
  for (const Library::Entry& entry : rubbish.entries()) (void)rubbish.baseline(entry);
  return 0;
}
