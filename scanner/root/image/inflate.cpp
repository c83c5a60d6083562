#include "scanner/root/image/inflate.h"

#include <dlfcn.h>
#include <isa-l.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <vector>

namespace plimsoll {
namespace {

constexpr std::size_t kChunk = 256U << 10U;
constexpr int kLargestWindow = 27;  ///< log2 of bytes: a frame must not make us allocate gigabytes

/// Debian has ISA-L as a shared library only, and a scan of anything else must not need it.
struct IsaL {
  decltype(&isal_inflate_init) init = nullptr;
  decltype(&isal_inflate_reset) reset = nullptr;
  decltype(&isal_inflate) inflate = nullptr;
};

const IsaL& isa_l() {
  static const IsaL library = [] {
    IsaL out;
    void* handle = ::dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return out;
    out.init = reinterpret_cast<decltype(out.init)>(::dlsym(handle, "isal_inflate_init"));
    out.reset = reinterpret_cast<decltype(out.reset)>(::dlsym(handle, "isal_inflate_reset"));
    out.inflate = reinterpret_cast<decltype(out.inflate)>(::dlsym(handle, "isal_inflate"));
    if (out.init == nullptr || out.reset == nullptr) out.inflate = nullptr;
    return out;
  }();
  return library;
}

/// The packed side of a reader: a buffer that is filled again when it is empty.
class Input {
 public:
  explicit Input(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), buffer_(kChunk) {}

  /// Makes sure that there is something, unless the source is at its end.
  Result<bool> fill() {
    if (at_ < size_) return true;
    const auto got = source_->read(buffer_.data(), buffer_.size());
    if (!got) return fail(got.error());
    at_ = 0;
    size_ = *got;
    return size_ > 0;
  }
  [[nodiscard]] unsigned char* data() {
    return reinterpret_cast<unsigned char*>(buffer_.data() + at_);
  }
  [[nodiscard]] std::size_t size() const { return size_ - at_; }
  void take(std::size_t bytes) { at_ += bytes; }

 private:
  static tl::unexpected<Error> fail(Error error) { return plimsoll::fail(std::move(error)); }
  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, size_ = 0;
};

tl::unexpected<Error> damaged(const char* what) { return fail(ErrorCode::invalid, what); }

/// gzip by ISA-L.
class FastGunzip : public ByteSource {
 public:
  explicit FastGunzip(std::unique_ptr<ByteSource> packed)
      : in_(std::move(packed)), state_(std::make_unique<inflate_state>()) {
    isa_l().init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Result<std::size_t> read(char* out, std::size_t size) override {
    for (;;) {
      const auto more = in_.fill();
      if (!more) return plimsoll::fail(more.error());
      // As gzip does: what follows the last member and is none is passed over.
      if (at_member_start_ && (!*more || in_.data()[0] != 0x1f)) return std::size_t{0};
      const auto got = step(out, size);
      if (!got || *got > 0) return got;
      if (!*more && !finished_) return damaged("the gzip stream is cut off");
    }
  }

 private:
  Result<std::size_t> step(char* out, std::size_t size) {
    if (finished_) start_member();
    state_->next_in = in_.data();
    state_->avail_in = static_cast<std::uint32_t>(in_.size());
    state_->next_out = reinterpret_cast<unsigned char*>(out);
    state_->avail_out = static_cast<std::uint32_t>(std::min<std::size_t>(size, 1U << 30U));
    const std::uint32_t room = state_->avail_out;
    const int code = isa_l().inflate(state_.get());
    if (code < 0) return damaged("the gzip stream is damaged");
    in_.take(in_.size() - state_->avail_in);
    at_member_start_ = false;
    finished_ = state_->block_state == ISAL_BLOCK_FINISH;
    if (finished_) at_member_start_ = true;
    return std::size_t{room - state_->avail_out};
  }

  void start_member() {
    isa_l().reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    finished_ = false;
  }

  Input in_;
  std::unique_ptr<inflate_state> state_;
  bool finished_ = false, at_member_start_ = false;
};

/// gzip by zlib.
class Gunzip : public ByteSource {
 public:
  explicit Gunzip(std::unique_ptr<ByteSource> packed) : in_(std::move(packed)) {
    is_ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
  }
  ~Gunzip() override {
    if (is_ready_) inflateEnd(&stream_);
  }

  Result<std::size_t> read(char* out, std::size_t size) override {
    if (!is_ready_) return fail(ErrorCode::failed, "no memory to unpack gzip");
    for (;;) {
      const auto more = in_.fill();
      if (!more) return fail(more.error());
      if (finished_ && (!*more || in_.data()[0] != 0x1f)) return std::size_t{0};
      if (finished_ && inflateReset(&stream_) != Z_OK) return damaged("the gzip stream is damaged");
      finished_ = false;
      stream_.next_in = in_.data();
      stream_.avail_in = static_cast<unsigned>(in_.size());
      stream_.next_out = reinterpret_cast<unsigned char*>(out);
      stream_.avail_out = static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30U));
      const unsigned room = stream_.avail_out;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return damaged("the gzip stream is damaged");
      in_.take(in_.size() - stream_.avail_in);
      finished_ = code == Z_STREAM_END;
      if (room > stream_.avail_out) return std::size_t{room - stream_.avail_out};
      if (!*more && !finished_) return damaged("the gzip stream is cut off");
    }
  }

 private:
  Input in_;
  z_stream stream_{};
  bool is_ready_ = false, finished_ = false;
};

class Unzstd : public ByteSource {
 public:
  explicit Unzstd(std::unique_ptr<ByteSource> packed)
      : in_(std::move(packed)), stream_(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (stream_ != nullptr)
      ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kLargestWindow);
  }

  Result<std::size_t> read(char* out, std::size_t size) override {
    if (stream_ == nullptr) return fail(ErrorCode::failed, "no memory to unpack zstd");
    for (;;) {
      const auto more = in_.fill();
      if (!more) return fail(more.error());
      if (!*more && at_frame_end_) return std::size_t{0};
      ZSTD_inBuffer from{in_.data(), in_.size(), 0};
      ZSTD_outBuffer to{out, size, 0};
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &to, &from);
      if (ZSTD_isError(left) != 0)
        return damaged("the zstd stream is damaged, or its window too large");
      in_.take(from.pos);
      at_frame_end_ = left == 0;
      if (to.pos > 0) return to.pos;
      if (!*more && !at_frame_end_) return damaged("the zstd stream is cut off");
    }
  }

 private:
  Input in_;
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> stream_;
  bool at_frame_end_ = false;
};

}  // namespace

void prepare_inflate() { isa_l(); }

std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> packed) {
  if (isa_l().inflate != nullptr) return std::make_unique<FastGunzip>(std::move(packed));
  return std::make_unique<Gunzip>(std::move(packed));
}

std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed) {
  return std::make_unique<Unzstd>(std::move(packed));
}

}  // namespace plimsoll
