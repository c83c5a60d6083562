// What runs in the process of a shared-object plug-in: the sandbox, the loading, and the host
// functions, each of which asks the real host through the pipe. Everything is on one thread.
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <map>

#include "scanner/probe/plimsoll_probe.h"
#include "scanner/probe/plugin_runner.h"
#include "scanner/probe/plugin_wire.h"
#include "scanner/root/sandbox.h"

namespace plimsoll {
namespace {

constexpr std::size_t kBatch = 1U << 16U;  // facts are sent together

std::string_view view(plimsoll_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

plimsoll_str borrow(std::string_view text) { return {text.data(), text.size()}; }

/// The pipe, as seen from here. Without a host there is nobody to tell: the process ends.
class HostPipe {
 public:
  explicit HostPipe(int in, int out) : in_(in), out_(out) {}

  void put(Frame kind, const WireWriter& body) {
    pending_ += body.frame(kind);
    if (pending_.size() >= kBatch) flush();
  }
  void flush() {
    std::string_view rest = pending_;
    while (!rest.empty()) {
      const ssize_t done = ::write(out_, rest.data(), rest.size());
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) ::_exit(0);
      rest.remove_prefix(static_cast<std::size_t>(done));
    }
    pending_.clear();
  }
  /// The body of the next frame of the host.
  std::string get() {
    const std::string head = take(kFrameHead);
    return take(WireReader(head).u32());
  }

 private:
  std::string take(std::size_t size) const {
    std::string out(size, '\0');
    for (std::size_t at = 0; at < size;) {
      const ssize_t got = ::read(in_, out.data() + at, size - at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) ::_exit(0);
      at += static_cast<std::size_t>(got);
    }
    return out;
  }
  int in_, out_;
  std::string pending_;
};

/// One run of the plug-in's `read`: what it was told stays here until it returns.
struct Session {
  HostPipe& line;
  std::map<std::string, std::string, std::less<>> context = {};
  std::deque<std::string> kept = {};  ///< bodies of answers; a deque does not move its elements
  std::deque<std::vector<plimsoll_str>> kept_texts = {};
  std::deque<std::vector<plimsoll_entry>> kept_entries = {};
  std::string error = {};
};

Session& session_of(const plimsoll_host* host) { return *static_cast<Session*>(host->handle); }

/// Asks the host; leaves a reader behind the status and the reason.
plimsoll_status call(Session& session, Frame kind, plimsoll_str path, WireReader& result) {
  WireWriter body;
  body.text(view(path));
  session.line.put(kind, body);
  session.line.flush();
  session.kept.push_back(session.line.get());
  result = WireReader(session.kept.back());
  const auto status = static_cast<plimsoll_status>(result.u32());
  session.error = result.text();
  return status;
}

plimsoll_status call_for_text(const plimsoll_host* host, Frame kind, plimsoll_str path,
                              plimsoll_str* out) {
  WireReader result{{}};
  const plimsoll_status status = call(session_of(host), kind, path, result);
  *out = borrow(status == PLIMSOLL_OK ? result.text() : std::string_view());
  return status;
}

plimsoll_status call_for_stat(const plimsoll_host* host, Frame kind, plimsoll_str path,
                              plimsoll_stat* out) {
  Session& session = session_of(host);
  if (out->struct_size < sizeof *out) {
    session.error = "struct_size of the plimsoll_stat is not set";
    return PLIMSOLL_INVALID;
  }
  WireReader result{{}};
  const plimsoll_status status = call(session, kind, path, result);
  if (status != PLIMSOLL_OK) return status;
  for (std::uint32_t* member : {&out->type, &out->mode, &out->uid, &out->gid, &out->links})
    *member = result.u32();
  out->size = result.u64();
  out->mtime = static_cast<std::int64_t>(result.u64());
  return status;
}

// ---- the functions of plimsoll_host; noexcept turns an exception into the end of the process ----

plimsoll_status host_read(const plimsoll_host* host, plimsoll_str path,
                          plimsoll_str* text) noexcept {
  return call_for_text(host, Frame::read_file, path, text);
}
plimsoll_status host_readlink(const plimsoll_host* host, plimsoll_str path,
                              plimsoll_str* target) noexcept {
  return call_for_text(host, Frame::readlink, path, target);
}
plimsoll_status host_stat(const plimsoll_host* host, plimsoll_str path,
                          plimsoll_stat* out) noexcept {
  return call_for_stat(host, Frame::stat, path, out);
}
plimsoll_status host_lstat(const plimsoll_host* host, plimsoll_str path,
                           plimsoll_stat* out) noexcept {
  return call_for_stat(host, Frame::lstat, path, out);
}

plimsoll_status host_list(const plimsoll_host* host, plimsoll_str path,
                          const plimsoll_entry** entries, size_t* count) noexcept {
  Session& session = session_of(host);
  WireReader result{{}};
  const plimsoll_status status = call(session, Frame::list, path, result);
  auto& kept = session.kept_entries.emplace_back();
  for (std::uint32_t left = status == PLIMSOLL_OK ? result.u32() : 0; left != 0; --left) {
    const plimsoll_str name = borrow(result.text());
    kept.push_back({name, result.u32(), 0});
  }
  *entries = kept.data();
  *count = kept.size();
  return status;
}

plimsoll_status host_glob(const plimsoll_host* host, plimsoll_str pattern,
                          const plimsoll_str** paths, size_t* count) noexcept {
  Session& session = session_of(host);
  WireReader result{{}};
  const plimsoll_status status = call(session, Frame::glob, pattern, result);
  auto& kept = session.kept_texts.emplace_back();
  for (std::uint32_t left = result.u32(); left != 0; --left) kept.push_back(borrow(result.text()));
  *paths = kept.data();
  *count = kept.size();
  return status;
}

plimsoll_str host_last_error(const plimsoll_host* host) noexcept {
  return borrow(session_of(host).error);
}

int host_context(const plimsoll_host* host, plimsoll_str name, plimsoll_str* value) noexcept {
  const auto& context = session_of(host).context;
  const auto found = context.find(view(name));
  if (found == context.end()) return 0;
  *value = borrow(found->second);
  return 1;
}

void write_origin(WireWriter& out, const plimsoll_origin* origin) {
  out.u8(origin == nullptr ? 0 : 1);
  if (origin == nullptr) return;
  out.text(view(origin->file));
  out.u32(origin->line);
  out.u32(origin->column);
}

void write_value(WireWriter& out, const plimsoll_value& value) {
  out.u8(static_cast<std::uint8_t>(value.kind));
  switch (value.kind) {
    case PLIMSOLL_A_FLAG:
    case PLIMSOLL_A_NUMBER:
      return out.u64(static_cast<std::uint64_t>(value.number));
    case PLIMSOLL_A_TEXT:
      return out.text(view(value.text));
    case PLIMSOLL_A_LIST:
      out.u32(static_cast<std::uint32_t>(value.item_count));
      for (std::size_t i = 0; i < value.item_count; ++i) out.text(view(value.items[i]));
      return;
    default:
      return;
  }
}

void host_setting(const plimsoll_host* host, plimsoll_str scope, plimsoll_str key,
                  plimsoll_str value, const plimsoll_origin* origin) noexcept {
  WireWriter out;
  write_origin(out, origin);
  for (const plimsoll_str text : {scope, key, value}) out.text(view(text));
  session_of(host).line.put(Frame::setting, out);
}

void host_row(const plimsoll_host* host, const plimsoll_value* values, size_t count,
              const plimsoll_origin* origin) noexcept {
  WireWriter out;
  write_origin(out, origin);
  out.u32(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) write_value(out, values[i]);
  session_of(host).line.put(Frame::row, out);
}

void host_shadow(const plimsoll_host* host, plimsoll_str value, const plimsoll_origin* origin,
                 plimsoll_str why) noexcept {
  WireWriter out;
  write_origin(out, origin);
  out.text(view(value));
  out.text(view(why));
  session_of(host).line.put(Frame::shadow, out);
}

void host_gap(const plimsoll_host* host, plimsoll_status code, plimsoll_str what,
              const plimsoll_origin* origin, plimsoll_str subject, uint32_t effect) noexcept {
  WireWriter out;
  write_origin(out, origin);
  out.u32(static_cast<std::uint32_t>(code));
  out.text(view(what));
  out.text(view(subject));
  out.u32(effect);
  session_of(host).line.put(Frame::gap, out);
}

void host_not_applicable(const plimsoll_host* host, plimsoll_str why) noexcept {
  WireWriter out;
  out.text(view(why));
  session_of(host).line.put(Frame::not_applicable, out);
}

plimsoll_host host_for(Session& session) {
  plimsoll_host host{};
  host.abi_version = PLIMSOLL_PROBE_ABI;
  host.struct_size = sizeof host;
  host.handle = &session;
  host.read_file = host_read;
  host.stat = host_stat;
  host.lstat = host_lstat;
  host.list = host_list;
  host.readlink = host_readlink;
  host.glob = host_glob;
  host.last_error = host_last_error;
  host.context = host_context;
  host.setting = host_setting;
  host.row = host_row;
  host.shadow = host_shadow;
  host.gap = host_gap;
  host.not_applicable = host_not_applicable;
  return host;
}

// ---- loading ----

/// Why the object cannot be used, in words; empty when it can. The first two members are where
/// every version has them.
std::string why_refused(const plimsoll_probe* probe) {
  if (probe == nullptr) return "plimsoll_probe_entry returned no probe";
  if (probe->abi_version != PLIMSOLL_PROBE_ABI)
    return fmt::format("it was built for version {} of the plug-in interface, this is version {}",
                       probe->abi_version, PLIMSOLL_PROBE_ABI);
  if (probe->struct_size < sizeof *probe)
    return fmt::format("its plimsoll_probe has {} bytes, version {} has {}", probe->struct_size,
                       PLIMSOLL_PROBE_ABI, sizeof *probe);
  if (probe->field_size != sizeof(plimsoll_field))
    return fmt::format("its plimsoll_field has {} bytes, version {} has {}", probe->field_size,
                       PLIMSOLL_PROBE_ABI, sizeof(plimsoll_field));
  if (probe->shape > PLIMSOLL_ROWS) return fmt::format("it has no shape: {}", probe->shape);
  if (probe->read == nullptr) return "it has no `read`";
  for (std::size_t i = 0; i < probe->field_count; ++i)
    if (probe->fields[i].type > PLIMSOLL_TYPE_SET)
      return fmt::format("its field {} has no known type: {}", i, probe->fields[i].type);
  return {};
}

void say_hello(HostPipe& line, const plimsoll_probe& probe) {
  WireWriter out;
  for (const plimsoll_str text : {probe.name, probe.summary, probe.semantics}) out.text(view(text));
  out.u32(probe.shape);
  out.u32(probe.open_keys);
  out.u32(static_cast<std::uint32_t>(probe.field_count));
  for (std::size_t i = 0; i < probe.field_count; ++i) {
    out.text(view(probe.fields[i].name));
    out.u32(probe.fields[i].type);
    out.text(view(probe.fields[i].doc));
  }
  out.u32(static_cast<std::uint32_t>(probe.file_count));
  for (std::size_t i = 0; i < probe.file_count; ++i) out.text(view(probe.files[i]));
  line.put(Frame::hello, out);
  line.flush();
}

int refuse(HostPipe& line, std::string_view why) {
  WireWriter out;
  out.text(why);
  line.put(Frame::refused, out);
  line.flush();
  return 1;
}

void answer_request(HostPipe& line, const plimsoll_probe& probe) {
  const std::string body = line.get();
  Session session{line};
  WireReader in(body);
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left) {
    const std::string_view name = in.text();
    session.context.emplace(name, in.text());
  }
  const plimsoll_host host = host_for(session);
  const plimsoll_status status = probe.read(&host);
  WireWriter out;
  out.u32(static_cast<std::uint32_t>(status));
  out.text(session.error);
  line.put(Frame::done, out);
  line.flush();
}

}  // namespace

int serve_object(const std::string& path) {
  // The pipes leave the standard numbers, so that a stray printf spoils nothing.
  HostPipe line(::fcntl(0, F_DUPFD, 3), ::fcntl(1, F_DUPFD, 3));
  const int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, 0);
  ::dup2(nowhere, 1);
  if (nowhere > 2) ::close(nowhere);
  static_cast<void>(enter_sandbox({}));
  void* object = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) return refuse(line, fmt::format("it cannot be loaded: {}", ::dlerror()));
  using Entry = const plimsoll_probe* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(object, "plimsoll_probe_entry"));
  if (entry == nullptr) return refuse(line, "it exports no `plimsoll_probe_entry`");
  give_up_reading();
  const plimsoll_probe* probe = entry();
  const std::string why = why_refused(probe);
  if (!why.empty()) return refuse(line, why);
  say_hello(line, *probe);
  for (;;) answer_request(line, *probe);
}

}  // namespace plimsoll
