// The host's side of a shared-object plug-in.
#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/probe/plimsoll_probe.h"
#include "scanner/probe/plugin_frames.h"
#include "scanner/probe/plugin_runner.h"
#include "scanner/probe/plugin_wire.h"

namespace plimsoll {
namespace {

constexpr std::size_t kCallBytes = 8192;  // of a call: a path or a pattern

Result<void> rubbish(std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("it spoke rubbish: {}", what));
}

// ---- calls that are answered ----

void write_stat(WireWriter& out, const Stat& stat) {
  out.u32(static_cast<std::uint32_t>(stat.type));
  for (const std::uint32_t value : {stat.mode, stat.uid, stat.gid, stat.links}) out.u32(value);
  out.u64(stat.size);
  out.u64(static_cast<std::uint64_t>(stat.mtime));
}

std::string failed_answer(const Error& error) {
  WireWriter out;
  out.u32(status_of_code(error.code));
  out.text(error.what);
  return out.frame(Frame::answer);
}

/// The answer to a call whose result is one value.
template <class T, class Write>
std::string answer(const Result<T>& result, Write write) {
  if (!result) return failed_answer(result.error());
  WireWriter out;
  out.u32(PLIMSOLL_OK);
  out.text({});
  write(out, *result);
  return out.frame(Frame::answer);
}

std::string answer_glob(const Root::Glob& glob) {
  WireWriter out;
  const bool whole = glob.errors.empty();
  out.u32(whole ? std::uint32_t{PLIMSOLL_OK} : status_of_code(glob.errors[0].code));
  out.text(whole ? std::string()
                 : fmt::format("{}: {}", glob.errors[0].where.file, glob.errors[0].what));
  out.u32(static_cast<std::uint32_t>(glob.paths.size()));
  for (const std::string& path : glob.paths) out.text(path);
  return out.frame(Frame::answer);
}

std::string answer_call(Frame kind, std::string_view path, const Root& root) {
  const auto text = [](WireWriter& out, std::string_view value) { out.text(value); };
  switch (kind) {
    case Frame::read_file:
      return answer(root.read(path), text);
    case Frame::stat:
      return answer(root.stat(path), write_stat);
    case Frame::lstat:
      return answer(root.lstat(path), write_stat);
    case Frame::readlink:
      return answer(root.readlink(path), text);
    case Frame::list:
      return answer(root.list(path), [](WireWriter& out, const std::vector<DirEntry>& entries) {
        out.u32(static_cast<std::uint32_t>(entries.size()));
        for (const DirEntry& entry : entries) {
          out.text(entry.name);
          out.u32(static_cast<std::uint32_t>(entry.type));
        }
      });
    default:
      return answer_glob(root.glob(path));
  }
}

// ---- the conversation ----

class ObjectRunner : public PluginRunner {
 public:
  ObjectRunner(std::unique_ptr<PluginProcess> process, const PluginLimits& limits)
      : process_(std::move(process)), limits_(limits) {}

  Result<PluginSchema> hello(Deadline deadline) override;
  Result<void> read(const Request& request, FactCollector& facts, Deadline deadline) override;
  PluginProcess& process() override { return *process_; }

 private:
  struct Received {
    Frame kind = Frame::done;
    std::string body;
  };
  Result<Received> next(Deadline deadline);
  Result<void> take(const Received& frame, const Request& request, FactCollector& facts,
                    Deadline deadline);

  std::unique_ptr<PluginProcess> process_;
  PluginLimits limits_;
  std::string buffer_;
  std::size_t used_ = 0;  ///< of buffer_, by frames already handed out
};

Result<ObjectRunner::Received> ObjectRunner::next(Deadline deadline) {
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(used_);
    if (rest.size() >= kFrameHead) {
      WireReader head(rest);
      const std::size_t size = head.u32();
      const auto kind = static_cast<Frame>(head.u8());
      const std::size_t most = std::min(limits_.bytes, limits_.fact_bytes);
      if (size > most)
        return fail(ErrorCode::limit, fmt::format("it yielded more than {} bytes at once", most));
      if (rest.size() - kFrameHead >= size) {
        used_ += kFrameHead + size;
        return Received{kind, std::string(rest.substr(kFrameHead, size))};
      }
    }
    buffer_.erase(0, used_);
    used_ = 0;
    if (const auto more = process_->receive(buffer_, deadline); !more) return fail(more.error());
  }
}

Result<PluginSchema> ObjectRunner::hello(Deadline deadline) {
  const auto frame = next(deadline);
  if (!frame) return fail(frame.error());
  WireReader in(frame->body);
  if (frame->kind == Frame::refused)
    return fail(ErrorCode::unsupported, printable(in.text().substr(0, 1000)));
  if (frame->kind != Frame::hello) return fail(ErrorCode::invalid, "it spoke rubbish: no schema");
  return schema_from_frame(frame->body);
}

Result<void> ObjectRunner::take(const Received& frame, const Request& request, FactCollector& facts,
                                Deadline deadline) {
  switch (frame.kind) {
    case Frame::read_file:
    case Frame::stat:
    case Frame::lstat:
    case Frame::list:
    case Frame::readlink:
    case Frame::glob: {
      if (frame.body.size() > kCallBytes) return rubbish("a path of more than 8192 bytes");
      WireReader in(frame.body);
      const std::string_view path = in.text();
      if (!in.ok()) return rubbish("a call without a path");
      return process_->send(answer_call(frame.kind, path, request.root), deadline);
    }
    default:
      if (take_frame(frame.kind, frame.body, facts)) return {};
      return fail(ErrorCode::invalid, facts.problem());
  }
}

Result<void> ObjectRunner::read(const Request& request, FactCollector& facts, Deadline deadline) {
  WireWriter out;
  out.u32(static_cast<std::uint32_t>(request.context.size()));
  for (const auto& [name, value] : request.context) {
    out.text(name);
    out.text(value);
  }
  if (const auto sent = process_->send(out.frame(Frame::request), deadline); !sent) return sent;
  for (;;) {
    const auto frame = next(deadline);
    if (!frame) return fail(frame.error());
    if (frame->kind == Frame::done) {
      WireReader in(frame->body);
      const std::uint32_t status = in.u32();
      const std::string_view why = in.text();
      if (!in.ok()) return rubbish("an end that is cut off");
      if (status != PLIMSOLL_OK)
        facts.gap(
            {{code_of_status(status), why.empty() ? "the plug-in could not finish" : std::string(why), {}},
             {}});
      return {};
    }
    if (const auto taken = take(*frame, request, facts, deadline); !taken) return taken;
  }
}

}  // namespace

Result<std::unique_ptr<PluginRunner>> start_object(const std::string& path,
                                                   const PluginLimits& limits) {
  auto process = PluginProcess::start([&path] { return serve_object(path); });
  if (!process) return fail(process.error());
  return std::unique_ptr<PluginRunner>(std::make_unique<ObjectRunner>(std::move(*process), limits));
}

}  // namespace plimsoll
