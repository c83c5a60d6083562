// Every folder tests/plugins/<probe>/fixtures/<case>/ holds root/, a tree that mirrors `/`, and
// expected.txt, what `plimsoll facts <probe> --format jsonl --shadowed` says of it, then one `gap:
// ...` line for each gap. A file `context` there gives `--context` pairs, one a line. A file
// `metadata` there, lines `MODE UID GID PATH`, says what version control cannot keep: the tree is
// then held in memory, root's, 0644 and 0755 but for those lines.
// PLIMSOLL_UPDATE=1 rewrites expected.txt; read the diff.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scanner/base/text.h"
#include "scanner/report/facts_jsonl.h"
#include "scanner/root/memory_root.h"

namespace fs = std::filesystem;
using namespace plimsoll;

namespace {

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Result<std::unique_ptr<Root>> with_metadata(const fs::path& folder) {
  auto root = std::make_unique<MemoryRoot>();
  struct Owned {
    std::uint32_t mode, uid, gid;
  };
  std::map<std::string, Owned, std::less<>> metadata;
  const std::string text = slurp(folder / "metadata");
  for (const Line& line : lines(text)) {
    const auto parts = words(line.text, " ");
    REQUIRE(parts.size() == 4);
    const auto number = [&](std::size_t i, int base) {
      return static_cast<std::uint32_t>(to_integer(parts[i], base).value());
    };
    metadata.emplace(parts[3], Owned{number(0, 8), number(1, 10), number(2, 10)});
  }
  const fs::path top = folder / "root";
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    const std::string path = "/" + entry.path().lexically_relative(top).string();
    const auto found = metadata.find(path);
    const Owned owned = found != metadata.end() ? found->second
                        : entry.is_directory()  ? Owned{0755, 0, 0}
                                                : Owned{0644, 0, 0};
    if (entry.is_symlink())
      root->add_link(path, fs::read_symlink(entry.path()).string());
    else if (entry.is_directory())
      root->add_directory(path, owned.mode, owned.uid, owned.gid);
    else
      root->add_file(path, slurp(entry.path()), owned.mode, owned.uid, owned.gid);
  }
  return std::unique_ptr<Root>(std::move(root));
}

std::string render(const Probe& probe, const fs::path& folder) {
  std::map<std::string, std::string, std::less<>> context;
  const std::string pairs = slurp(folder / "context");
  for (const Line& line : lines(pairs)) {
    const auto equals = line.text.find('=');
    if (equals != std::string_view::npos)
      context.emplace(line.text.substr(0, equals), line.text.substr(equals + 1));
  }
  auto root = fs::exists(folder / "metadata") ? with_metadata(folder)
                                              : Root::directory((folder / "root").string());
  if (!root) return "no root: " + root.error().what + "\n";
  const Facts facts = probe.run({**root, context, {}, 1});
  std::string out = facts_jsonl(probe, facts, true);
  for (const Gap& gap : facts.gaps)
    out += fmt::format("gap: {}:{}: {} [{}]\n", gap.error.where.file, gap.error.where.line,
                       gap.error.what, gap.subject);
  if (!facts.not_applicable.empty()) out += "not applicable: " + facts.not_applicable + "\n";
  return out;
}

std::vector<fs::path> sorted_folders(const fs::path& dir) {
  std::vector<fs::path> out;
  if (fs::is_directory(dir))
    for (const auto& entry : fs::directory_iterator(dir))
      if (entry.is_directory()) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("fixtures: each probe says of each tree what its page promises") {
  const bool update = std::getenv("PLIMSOLL_UPDATE") != nullptr;
  const fs::path base = fs::path(PLIMSOLL_SOURCE_DIR) / "tests" / "plugins";
  std::size_t seen = 0;
  for (const Probe* probe : builtin_probes()) {
    for (const fs::path& folder : sorted_folders(base / probe->name / "fixtures")) {
      const std::string got = render(*probe, folder);
      if (update) std::ofstream(folder / "expected.txt", std::ios::binary) << got;
      const std::string where = folder.string();
      CAPTURE(where);
      CHECK(got == slurp(folder / "expected.txt"));
      ++seen;
    }
  }
  CHECK(seen > 0);
}
