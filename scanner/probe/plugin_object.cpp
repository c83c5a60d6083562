// The host's side of a shared-object plug-in. What comes through the pipe is as hostile as a
// scanned file: every frame is checked.
#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/probe/plimsoll_probe.h"
#include "scanner/probe/plugin_runner.h"
#include "scanner/probe/plugin_wire.h"

namespace plimsoll {
namespace {

constexpr std::size_t kCallBytes = 8192;  // of a call: a path or a pattern

Result<void> rubbish(std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("it spoke rubbish: {}", what));
}

plimsoll_status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return PLIMSOLL_NOT_FOUND;
    case ErrorCode::denied:
      return PLIMSOLL_DENIED;
    case ErrorCode::wrong_type:
      return PLIMSOLL_WRONG_TYPE;
    case ErrorCode::limit:
      return PLIMSOLL_LIMIT;
    case ErrorCode::link_loop:
      return PLIMSOLL_LINK_LOOP;
    case ErrorCode::invalid:
      return PLIMSOLL_INVALID;
    case ErrorCode::unsupported:
      return PLIMSOLL_UNSUPPORTED;
    case ErrorCode::failed:
      return PLIMSOLL_FAILED;
  }
  return PLIMSOLL_FAILED;
}

ErrorCode code_of(std::uint32_t status) {
  for (const ErrorCode code :
       {ErrorCode::not_found, ErrorCode::denied, ErrorCode::wrong_type, ErrorCode::limit,
        ErrorCode::link_loop, ErrorCode::invalid, ErrorCode::unsupported})
    if (static_cast<std::uint32_t>(status_of(code)) == status) return code;
  return ErrorCode::failed;
}

// ---- facts that come in ----

Origin read_origin(WireReader& in) {
  Origin origin;
  if (in.u8() == 0) return origin;
  origin.file = in.text();
  origin.line = in.u32();
  origin.column = in.u32();
  return origin;
}

Value read_value(WireReader& in) {
  switch (in.u8()) {
    case PLIMSOLL_A_FLAG:
      return in.u64() != 0;
    case PLIMSOLL_A_NUMBER:
      return static_cast<std::int64_t>(in.u64());
    case PLIMSOLL_A_TEXT:
      return std::string(in.text());
    case PLIMSOLL_A_LIST: {
      std::vector<std::string> items;
      for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left)
        items.emplace_back(in.text());
      return items;
    }
    default:
      return std::monostate{};
  }
}

bool take_row(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::vector<Value> values;
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left)
    values.push_back(read_value(in));
  return facts.row(std::move(values), origin);
}

bool take_setting(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::string scope(in.text()), key(in.text()), value(in.text());
  return facts.setting(std::move(scope), std::move(key), std::move(value), origin);
}

bool take_shadow(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::string value(in.text()), why(in.text());
  return facts.shadow(std::move(value), origin, std::move(why));
}

bool take_gap(WireReader& in, FactCollector& facts) {
  Gap gap;
  gap.error.where = read_origin(in);
  gap.error.code = code_of(in.u32());
  gap.error.what = in.text();
  gap.subject = in.text();
  gap.effect = in.u32() == PLIMSOLL_MAY_ADD ? Gap::Effect::may_add : Gap::Effect::may_override;
  return facts.gap(std::move(gap));
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
  out.u32(static_cast<std::uint32_t>(status_of(error.code)));
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
  out.u32(static_cast<std::uint32_t>(whole ? PLIMSOLL_OK : status_of(glob.errors[0].code)));
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
      if (size > limits_.bytes)
        return fail(ErrorCode::limit, fmt::format("it yielded more than {} bytes", limits_.bytes));
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

PluginSchema read_schema(WireReader& in) {
  PluginSchema schema;
  schema.name = in.text();
  schema.summary = in.text();
  schema.semantics = in.text();
  schema.shape = in.u32() == PLIMSOLL_ROWS ? Shape::rows : Shape::settings;
  schema.open_keys = in.u32() != 0;
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left) {
    PluginSchema::Column field;
    field.name = in.text();
    const std::uint32_t type = in.u32();
    field.type = type <= PLIMSOLL_TYPE_SET ? static_cast<Type>(type) : Type::text;
    field.doc = in.text();
    schema.fields.push_back(std::move(field));
  }
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left)
    schema.files.emplace_back(in.text());
  return schema;
}

Result<PluginSchema> ObjectRunner::hello(Deadline deadline) {
  const auto frame = next(deadline);
  if (!frame) return fail(frame.error());
  WireReader in(frame->body);
  if (frame->kind == Frame::refused)
    return fail(ErrorCode::unsupported, printable(in.text().substr(0, 1000)));
  PluginSchema schema = read_schema(in);
  if (frame->kind != Frame::hello || !in.ok() || !in.at_end())
    return fail(ErrorCode::invalid, "it spoke rubbish: no schema");
  return schema;
}

Result<void> ObjectRunner::take(const Received& frame, const Request& request, FactCollector& facts,
                                Deadline deadline) {
  WireReader in(frame.body);
  bool taken = true;
  switch (frame.kind) {
    case Frame::read_file:
    case Frame::stat:
    case Frame::lstat:
    case Frame::list:
    case Frame::readlink:
    case Frame::glob: {
      if (frame.body.size() > kCallBytes) return rubbish("a path of more than 8192 bytes");
      const std::string_view path = in.text();
      if (!in.ok()) return rubbish("a call without a path");
      return process_->send(answer_call(frame.kind, path, request.root), deadline);
    }
    case Frame::setting:
      taken = take_setting(in, facts);
      break;
    case Frame::row:
      taken = take_row(in, facts);
      break;
    case Frame::shadow:
      taken = take_shadow(in, facts);
      break;
    case Frame::gap:
      taken = take_gap(in, facts);
      break;
    case Frame::not_applicable:
      taken = facts.not_applicable(std::string(in.text()));
      break;
    default:
      return rubbish("a frame of no known kind");
  }
  if (!in.ok() || !in.at_end()) return rubbish("a fact that is cut off");
  if (!taken || !facts.count_bytes(frame.body.size()))
    return fail(ErrorCode::invalid, facts.problem());
  return {};
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
            {{code_of(status), why.empty() ? "the plug-in could not finish" : std::string(why), {}},
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
