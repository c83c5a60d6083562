#include "scanner/root/mounts.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

// Not walked: what the kernel makes up (its modes are the kernel's own and no fault of the
// administrator), and what other hosts or users' processes answer for (their administrator judges
// it, a dead server would hang the scan, a hostile one would lead it on). tmpfs, overlay and
// devtmpfs are walked: files there are as executable as on a disk, and /dev/shm lies below
// devtmpfs. A fuseblk mount (ntfs-3g) is a local disk; any other fuse mount is a user's process.
// autofs points trigger mounts.
constexpr std::array kForeignTypes = std::to_array<std::string_view>(
    {"9p",       "afs",     "autofs",  "beegfs",    "binfmt_misc", "bpf",        "ceph",
     "cgroup",   "cgroup2", "cifs",    "coda",      "configfs",    "debugfs",    "devpts",
     "efivarfs", "fuse",    "fusectl", "glusterfs", "gpfs",        "hugetlbfs",  "lustre",
     "mqueue",   "ncpfs",   "nfs",     "nfs4",      "nfsd",        "nsfs",       "orangefs",
     "panfs",    "proc",    "pstore",  "resctrl",   "rpc_pipefs",  "securityfs", "selinuxfs",
     "smackfs",  "smb3",    "smbfs",   "sysfs",     "tracefs",     "vboxsf",     "virtiofs"});
static_assert(std::is_sorted(kForeignTypes.begin(), kForeignTypes.end()));

// statfs(2) and the kernel's magic.h, in the order of the names above.
constexpr std::array kForeignMagics = std::to_array<std::uint64_t>({
    0x01021997,  // 9p
    0x5346414f,  // afs
    0x6b414653,  // afs of the kernel
    0x00000187,  // autofs
    0x19830326,  // beegfs
    0x42494e4d,  // binfmt_misc
    0xcafe4a11,  // bpf
    0x00c36400,  // ceph
    0x0027e0eb,  // cgroup
    0x63677270,  // cgroup2
    0xff534d42,  // cifs
    0x73757245,  // coda
    0x62656570,  // configfs
    0x64626720,  // debugfs
    0x00001cd1,  // devpts
    0xde5e81e4,  // efivarfs
    0x65735546,  // fuse
    0x65735543,  // fusectl
    0x47504653,  // gpfs
    0x958458f6,  // hugetlbfs
    0x0bd00bd0,  // lustre
    0x19800202,  // mqueue
    0x0000564c,  // ncpfs
    0x00006969,  // nfs
    0x6e667364,  // nfsd
    0x6e736673,  // nsfs
    0x20030528,  // orangefs
    0xaad7aaea,  // panfs
    0x00009fa0,  // proc
    0x6165676c,  // pstore
    0x07655821,  // resctrl
    0x67596969,  // rpc_pipefs
    0x73636673,  // securityfs
    0xf97cff8c,  // selinuxfs
    0x43415d53,  // smackfs
    0xfe534d42,  // smb3
    0x0000517b,  // smbfs
    0x62656572,  // sysfs
    0x74726163,  // tracefs
    0x786f4256,  // vboxsf
});

/// proc(5): blanks, newlines and backslashes in mountinfo are written in octal, as `\040`.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code = text[i] == '\\' ? to_integer(text.substr(i + 1, 3), 8) : std::nullopt;
    if (code && i + 3 < text.size()) {
      out += static_cast<char>(*code);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

bool is_foreign_file_system(std::string_view type) {
  return type.starts_with("fuse.") ||
         std::binary_search(kForeignTypes.begin(), kForeignTypes.end(), type);
}

bool is_foreign_magic(std::uint64_t magic) {
  return std::find(kForeignMagics.begin(), kForeignMagics.end(), magic) != kForeignMagics.end();
}

std::map<std::string, bool, std::less<>> mount_table(const Root& root) {
  std::map<std::string, bool, std::less<>> table;
  if (!root.is_live()) return table;
  const auto text = root.read("/proc/self/mountinfo");
  if (!text) return table;
  for (const Line& line : lines(*text)) {
    // proc(5): ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPEROPTIONS
    const auto parts = words(line.text, " ");
    const auto dash = std::find(parts.begin(), parts.end(), "-");
    if (parts.size() < 6 || dash == parts.end() || dash + 1 == parts.end()) continue;
    // Of several mounts on one point the last is on top.
    table[unescape(parts[4])] = !is_foreign_file_system(dash[1]);
  }
  return table;
}

}  // namespace plimsoll
