// libFuzzer target of image archives. The first byte says what the rest is: an archive as it
// stands, or lines from which one is made (`TYPE NAME TARGET-OR-TEXT`, `==` begins the next layer),
// so that the checksums of headers do not keep the merging of layers from being reached. Whatever
// it is, there is a tree or an error.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scanner/base/text.h"
#include "scanner/formats/image_description.h"
#include "scanner/root/root.h"

using namespace plimsoll;

namespace {

std::string member(std::string_view name, char type, std::string_view content,
                   std::string_view target) {
  std::array<char, 512> block{};
  const auto put = [&](std::size_t at, std::string_view text, std::size_t room) {
    std::copy_n(text.begin(), std::min(text.size(), room),
                block.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, name, 100);
  put(100, "0004755", 7);
  put(124, fmt::format("{:011o}", content.size()), 11);
  block[156] = type;
  put(157, target, 100);
  put(257,
      std::string_view("ustar\0"
                       "00",
                       8),
      8);
  put(148, "        ", 8);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum), 6);
  std::string out(block.data(), block.size());
  out += content;
  out.append((512 - content.size() % 512) % 512, '\0');
  return out;
}

std::string archive_of(std::string_view text) {
  std::vector<std::string> layers(1);
  for (const Line& line : lines(text)) {
    if (line.text == "==" && layers.size() < 8) {
      layers.emplace_back();
      continue;
    }
    const auto parts = split(line.text, ' ');
    if (parts.size() < 2 || parts[0].empty()) continue;
    const std::string_view rest = parts.size() > 2 ? parts[2] : std::string_view();
    const bool is_link = parts[0][0] == '1' || parts[0][0] == '2';
    layers.back() += member(parts[1], parts[0][0], is_link ? "" : rest, is_link ? rest : "");
  }
  std::string out, names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = fmt::format("{}/layer.tar", i);
    names += fmt::format("{}\"{}\"", i == 0 ? "" : ",", name);
    out += member(name, '0', layers[i] + std::string(1024, '\0'), {});
  }
  out += member("c.json", '0', "{\"config\":{},\"history\":[]}", {});
  out += member("manifest.json", '0',
                fmt::format("[{{\"Config\":\"c.json\",\"Layers\":[{}]}}]", names), {});
  return out + std::string(1024, '\0');
}

/// Looks at everything once, as the walk and the probes would.
void look(const Root& root, const std::string& path, int depth, int& left) {
  const auto entries = root.list(path);
  if (!entries || depth == 0) return;
  for (const DirEntry& entry : *entries) {
    if (--left < 0) return;
    const std::string below = join_path(path, entry.name);
    (void)root.lstat(below);
    (void)root.read(below);
    (void)root.made_by(below);
    if (entry.type == FileType::directory) look(root, below, depth - 1, left);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] != 'r') bytes = archive_of(bytes);
  const int memory = memfd_create("image", MFD_CLOEXEC);
  if (memory < 0 || write(memory, bytes.data(), bytes.size()) < 0) std::abort();
  const auto root = Root::image(fmt::format("/proc/self/fd/{}", memory), describe_image);
  if (root && (*root)->load()) {
    int left = 2000;
    look(**root, "/", 32, left);
  }
  close(memory);
  return 0;
}
