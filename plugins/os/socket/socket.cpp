#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "plugins/os/socket/socket_table.h"
#include "scanner/base/text.h"
#include "scanner/formats/processes.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"socket", Type::text, "protocol, address and port: `tcp 0.0.0.0:22`, `udp [::]:123`"},
    Field{"protocol", Type::text, "tcp or udp"},
    Field{"family", Type::text, "ipv4 or ipv6 (which may take IPv4 as well)"},
    Field{"address", Type::text, "local address; `0.0.0.0` and `::` are all of them"},
    Field{"port", Type::integer, "local port"},
    Field{"loopback", Type::boolean, "only this host reaches it: 127.0.0.0/8, ::1"},
    Field{"uid", Type::integer, "user id of who made it"},
    Field{"inode", Type::integer, "number of the socket; 0: the kernel's own"},
    Field{"pids", Type::set, "processes that hold it open; absent: none, it is the kernel's"},
    Field{"process", Type::text, "name of the first of them that is not the init system"},
    Field{"unit", Type::text, "unit of that process; empty: none"},
};

struct Table {
  std::string_view path, protocol;
  bool is_ipv6;
  unsigned state;
};
constexpr std::array kTables = {
    Table{"/proc/net/tcp", "tcp", false, kListening},
    Table{"/proc/net/tcp6", "tcp", true, kListening},
    Table{"/proc/net/udp", "udp", false, kUnconnected},
    Table{"/proc/net/udp6", "udp", true, kUnconnected},
};
constexpr std::array<std::string_view, 4> kFiles = {kTables[0].path, kTables[1].path,
                                                    kTables[2].path, kTables[3].path};

struct Holder {
  std::string name, unit;
};

struct Listener {
  const Table* table;
  Socket socket;
  std::vector<std::int64_t> pids = {};
};

class SocketReader {
 public:
  explicit SocketReader(const Root& root) : root_(root), processes_(root) {}

  Facts read() {
    facts_.not_applicable = processes_.not_applicable();
    if (!facts_.not_applicable.empty()) return std::move(facts_);
    for (const Table& table : kTables) read_table(table);
    find_holders();
    std::sort(listeners_.begin(), listeners_.end(), [](const Listener& a, const Listener& b) {
      const auto key = [](const Listener& one) {
        return std::tie(one.table, one.socket.address, one.socket.port, one.socket.inode);
      };
      return key(a) < key(b);
    });
    for (const Listener& listener : listeners_) add_row(listener);
    add_field_gaps();
    return std::move(facts_);
  }

 private:
  void read_table(const Table& table) {
    const auto text = root_.read(table.path);
    if (!text) {
      // A kernel without IPv6 has no such tables.
      if (!table.is_ipv6 || text.error().code != ErrorCode::not_found)
        facts_.gap(text.error(), {}, Gap::Effect::may_add);
      return;
    }
    const auto wrong = parse_sockets(*text, table.is_ipv6, table.state, [&](const Socket& socket) {
      listeners_.push_back({&table, socket});
    });
    if (text->empty() || wrong != 0)
      facts_.gap({ErrorCode::invalid, "not a table of sockets", {std::string(table.path), wrong}},
                 {}, Gap::Effect::may_add);
  }

  /// Looks at each descriptor of each process once: proc_pid_fd(5), `socket:[inode]`.
  void find_holders() {
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_inode;
    for (std::size_t i = 0; i < listeners_.size(); ++i)
      if (listeners_[i].socket.inode != 0) by_inode[listeners_[i].socket.inode].push_back(i);
    if (by_inode.empty()) return;
    for (const std::int64_t pid : processes_.pids()) {
      const auto descriptors = root_.list(Processes::path(pid, "fd"));
      if (!descriptors) {
        note_unreadable(pid, descriptors.error());
        continue;
      }
      for (const DirEntry& descriptor : *descriptors) {
        const auto inode = inode_of(Processes::path(pid, "fd/") + descriptor.name);
        const auto found = inode ? by_inode.find(*inode) : by_inode.end();
        if (found == by_inode.end()) continue;
        for (const std::size_t i : found->second) add_holder(listeners_[i], pid);
      }
    }
  }

  [[nodiscard]] std::optional<std::uint64_t> inode_of(const std::string& descriptor) const {
    constexpr std::string_view kSocket = "socket:[";
    const auto target = root_.readlink(descriptor);
    if (!target || !target->starts_with(kSocket) || !target->ends_with(']')) return {};
    const auto digits = std::string_view(*target).substr(kSocket.size());
    const auto inode = to_integer(digits.substr(0, digits.size() - 1));
    if (!inode) return {};
    return static_cast<std::uint64_t>(*inode);
  }

  void add_holder(Listener& listener, std::int64_t pid) {
    if (!listener.pids.empty() && listener.pids.back() == pid) return;  // by two descriptors
    listener.pids.push_back(pid);
    if (holders_.contains(pid)) return;
    Holder& holder = holders_[pid];
    const auto text = root_.read_now(Processes::path(pid, "stat"));
    if (const auto stat = text ? parse_process_stat(*text) : std::nullopt) holder.name = stat->name;
    if (auto unit = processes_.unit(pid)) holder.unit = std::move(*unit);
  }

  void note_unreadable(std::int64_t pid, const Error& error) {
    if (!unreadable_ && !processes_.is_gone(pid)) unreadable_ = error;
  }

  /// The init system holds the sockets that it made for services, besides the service.
  [[nodiscard]] const Holder* owner_of(const Listener& listener) const {
    if (listener.pids.empty()) return nullptr;
    const bool shared = listener.pids.front() == 1 && listener.pids.size() > 1;
    return &holders_.at(listener.pids[shared ? 1 : 0]);
  }

  void add_row(const Listener& listener) {
    const auto& [table, socket, pids] = listener;
    const std::string address = address_text(socket);
    Value held;
    if (!pids.empty()) {
      std::vector<std::string> ids;
      for (const std::int64_t pid : pids) ids.push_back(std::to_string(pid));
      held = std::move(ids);
    }
    const Holder* owner = owner_of(listener);
    const std::string host = socket.is_ipv6 ? fmt::format("[{}]", address) : address;
    facts_.row({fmt::format("{} {}:{}", table->protocol, host, socket.port),
                std::string(table->protocol), std::string(socket.is_ipv6 ? "ipv6" : "ipv4"),
                address, static_cast<std::int64_t>(socket.port), is_loopback(socket), socket.uid,
                static_cast<std::int64_t>(socket.inode), std::move(held),
                owner == nullptr ? Value{} : Value(owner->name),
                owner == nullptr ? Value{} : Value(owner->unit)},
               {std::string(table->path), socket.line, 1});
  }

  void add_field_gaps() {
    const bool all_held =
        std::all_of(listeners_.begin(), listeners_.end(),
                    [](const Listener& one) { return one.socket.inode == 0 || !one.pids.empty(); });
    if (all_held) return;
    if (unreadable_)
      facts_.gap(*unreadable_, {}, Gap::Effect::may_override, {"pids", "process", "unit"});
  }

  const Root& root_;
  Processes processes_;
  Facts facts_;
  std::vector<Listener> listeners_;
  std::unordered_map<std::int64_t, Holder> holders_;
  std::optional<Error> unreadable_;  ///< the first process whose descriptors may not be listed
};

Facts read_socket(const Request& request) { return SocketReader(request.root).read(); }

}  // namespace

extern const Probe socket_probe;
const Probe socket_probe{
    .name = "socket",
    .group = "os",
    .summary = "sockets of the running host that listen, with the process and unit behind them",
    .semantics = "proc(5), tcp(7), udp(7), ip(7), ipv6(7), cgroups(7)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_socket,
    .files = kFiles,
    .looks_into_processes = true,
};

}  // namespace plimsoll
