#include "scanner/baseline/library.h"

#include <algorithm>

#include "scanner/baseline/archive.h"

namespace plimsoll {
namespace {

// Changes with the layout: a blob of another build is not understood.
constexpr std::uint32_t kMagic = 0x504C4D03;

bool before(const Library::Entry& a, const Library::Entry& b) {
  return a.id != b.id ? a.id < b.id : compare_versions(a.version, b.version) < 0;
}

Library::Entry read_entry(ArchiveReader& reader) {
  Library::Entry entry;
  entry.id = reader.view();
  entry.version = reader.view();
  reader(entry.is_benchmark);
  std::size_t rules = reader.count();
  entry.rules.reserve(rules);
  for (; rules > 0; --rules) entry.rules.push_back(reader.view());
  entry.packed = reader.view();
  entry.source = reader.view();
  entry.examples = reader.view();
  return entry;
}

}  // namespace

std::string pack(const std::vector<Packed>& baselines) {
  ArchiveWriter writer;
  writer(kMagic);
  writer(static_cast<std::uint32_t>(baselines.size()));
  for (const Packed& packed : baselines) {
    writer(packed.baseline.id);
    writer(packed.baseline.version);
    writer(packed.baseline.is_benchmark);
    writer(static_cast<std::uint32_t>(packed.baseline.rules.size()));
    for (const Rule& rule : packed.baseline.rules) writer(rule.id);
    ArchiveWriter inner;
    inner(packed.baseline);
    writer(inner.take());
    writer(packed.source);
    writer(packed.examples);
  }
  return writer.take();
}

Library::Library(std::string_view packed) {
  ArchiveReader reader(packed);
  std::uint32_t magic = 0;
  reader(magic);
  if (magic != kMagic) return;
  std::size_t count = reader.count();
  entries_.reserve(count + 1);
  for (; count > 0; --count) entries_.push_back(read_entry(reader));
  std::sort(entries_.begin(), entries_.end(), before);
}

const Library::Entry& Library::add(Baseline baseline, std::string source) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.id == baseline.id; });
  Entry entry;
  entry.baseline = std::make_shared<Baseline>(std::move(baseline));
  entry.text = std::make_shared<std::string>(std::move(source));
  entry.source = *entry.text;
  entry.id = entry.baseline->id;
  entry.version = entry.baseline->version;
  entry.is_benchmark = entry.baseline->is_benchmark;
  for (const Rule& rule : entry.baseline->rules) entry.rules.push_back(rule.id);
  return *entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry, before), entry);
}

bool Library::keep_version(std::string_view id, std::string_view version) {
  if (find(id, version) == nullptr) return false;
  std::erase_if(entries_,
                [&](const Entry& entry) { return entry.id == id && entry.version != version; });
  return true;
}

const Library::Entry* Library::find(std::string_view id, std::string_view version) const {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
    return entry.id == id && (version.empty() || entry.version == version);
  });
  return found == entries_.rend() ? nullptr : &*found;
}

const Library::Entry* Library::find_named(std::string_view name) const {
  const auto at = name.find('@');
  if (at == std::string_view::npos) return find(name);
  return at + 1 == name.size() ? nullptr : find(name.substr(0, at), name.substr(at + 1));
}

std::vector<const Library::Entry*> Library::components() const {
  std::vector<const Entry*> out;
  for (const Entry& entry : entries_) {
    if (entry.is_benchmark) continue;
    if (!out.empty() && out.back()->id == entry.id) out.pop_back();
    out.push_back(&entry);
  }
  return out;
}

const Baseline& Library::baseline(const Entry& entry) {
  Entry& own = entries_[static_cast<std::size_t>(&entry - entries_.data())];
  if (own.baseline == nullptr) {
    own.baseline = std::make_shared<Baseline>();
    ArchiveReader reader(own.packed);
    reader(*own.baseline);
  }
  return *own.baseline;
}

}  // namespace plimsoll
