// Runs when plimsoll is built: validates every baseline below a directory and packs them into one
// file. A bad one fails the build with its diagnostic.
//   plimsoll_embed DIRECTORY OUTPUT
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scanner/baseline/load.h"
#include "scanner/baseline/plan.h"

namespace fs = std::filesystem;
using namespace plimsoll;

namespace {

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> baseline_files(const fs::path& top) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".toml") && !name.ends_with(".examples.toml")) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// `baselines/<id>/<version>.toml`, and the name says what is inside.
void check_place(const fs::path& file, Loaded& loaded) {
  const Baseline& baseline = loaded.baseline;
  if (has_errors(loaded.problems)) return;
  if (file.parent_path().filename() == baseline.id && file.stem() == baseline.version) return;
  Diagnostic misplaced;
  misplaced.what = "the file is not named after its baseline";
  misplaced.where.file = file.string();
  misplaced.help =
      fmt::format("it belongs at `baselines/{}/{}.toml`", baseline.id, baseline.version);
  loaded.problems.push_back(std::move(misplaced));
}

Packed pack_one(const fs::path& file, const fs::path& top, Diagnostics& problems) {
  Packed out;
  out.source = slurp(file);
  const std::string shown = (top.filename() / fs::relative(file, top)).string();
  const std::vector<const Probe*> probes = all_probes();
  Loaded loaded = load_baseline(out.source, shown, probes);
  check_place(file, loaded);
  const fs::path examples = fs::path(file).replace_extension(".examples.toml");
  if (fs::exists(examples)) {
    out.examples = slurp(examples);
    load_examples(out.examples, fs::path(shown).replace_extension(".examples.toml").string(),
                  loaded);
  }
  problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
  out.baseline = std::move(loaded.baseline);
  return out;
}

void check_benchmarks(const std::string& packed, Diagnostics& problems) {
  Library library(packed);
  for (const Library::Entry& entry : library.entries())
    if (entry.is_benchmark) check_benchmark(entry, library, problems);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return fmt::print(stderr, "usage: plimsoll_embed DIRECTORY OUTPUT\n"), 2;
  const fs::path top = fs::path(argv[1]).lexically_normal();
  std::vector<Packed> baselines;
  Diagnostics problems;
  for (const fs::path& file : baseline_files(top))
    baselines.push_back(pack_one(file, top, problems));
  const std::string packed = pack(baselines);
  if (!has_errors(problems)) check_benchmarks(packed, problems);
  fmt::print(stderr, "{}", render(problems));
  if (has_errors(problems)) return 1;
  std::ofstream out(argv[2], std::ios::binary);
  out << packed;
  out.close();
  return out ? 0 : (fmt::print(stderr, "error: cannot write {}\n", argv[2]), 1);
}
