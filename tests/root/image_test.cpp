// Images: archives made here, byte by byte, and what becomes of their layers.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstring>
#include <fstream>

#include "scanner/formats/image_description.h"
#include "scanner/root/image/tar.h"
#include "scanner/root/root.h"

using namespace plimsoll;

namespace {

class Text : public ByteSource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(char* out, std::size_t size) override {
    const std::size_t got = std::min(size, text_.size() - at_);
    std::memcpy(out, text_.data() + at_, got);
    at_ += got;
    return got;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// One member: header, content, padding.
std::string member(const std::string& name, char flag, const std::string& content = {},
                   const std::string& target = {}, unsigned mode = 0644) {
  std::array<char, 512> block{};
  const auto put = [&](std::size_t at, const std::string& text) {
    std::memcpy(block.data() + at, text.data(), text.size());
  };
  put(0, name.substr(0, 100));
  put(100, fmt::format("{:07o}", mode));
  put(108, fmt::format("{:07o}", 7));
  put(116, fmt::format("{:07o}", 8));
  put(124, fmt::format("{:011o}", content.size()));
  put(136, fmt::format("{:011o}", 1767225600));
  block[156] = flag;
  put(157, target);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  std::string out(block.data(), block.size());
  out += content;
  out.append((512 - content.size() % 512) % 512, '\0');
  return out;
}

std::string archive(const std::vector<std::string>& members) {
  std::string out;
  for (const std::string& one : members) out += one;
  return out + std::string(1024, '\0');
}

std::string pax(const std::string& key, const std::string& value) {
  std::size_t size = key.size() + value.size() + 3;
  while (fmt::format("{} {}={}\n", size, key, value).size() != size) ++size;
  return member("pax", 'x', fmt::format("{} {}={}\n", size, key, value));
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<unsigned char*>(in.data());
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

constexpr const char* kConfig =
    R"({"config":{"User":"app"},"history":[{"created_by":"FROM x"},{"created_by":"ENV a=b","empty_layer":true},{"created_by":"RUN make"}]})";

/// As `docker save` writes it; the manifest comes last.
std::string docker_save(const std::vector<std::string>& layers) {
  std::vector<std::string> members;
  std::string names;
  for (std::size_t i = layers.size(); i-- > 0;)
    members.push_back(member(fmt::format("l{}/layer.tar", i), '0', layers[i]));
  for (std::size_t i = 0; i < layers.size(); ++i)
    names += fmt::format("{}\"l{}/layer.tar\"", i == 0 ? "" : ",", i);
  members.push_back(member("c.json", '0', kConfig));
  members.push_back(
      member("manifest.json", '0',
             fmt::format(R"([{{"Config":"c.json","RepoTags":["a:1"],"Layers":[{}]}}])", names)));
  return archive(members);
}

class Image {
 public:
  explicit Image(const std::string& bytes) {
    path_ = "/tmp/plimsoll-image-XXXXXX";
    const int fd = mkstemp(path_.data());
    REQUIRE(fd >= 0);
    close(fd);
    std::ofstream(path_, std::ios::binary) << bytes;
    auto root = Root::image(path_, describe_image);
    REQUIRE(root.has_value());
    root_ = std::move(*root);
    const auto loaded = root_->load();
    if (!loaded) problem_ = loaded.error().what;
  }
  ~Image() { unlink(path_.c_str()); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  const Root* operator->() const { return root_.get(); }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::string text(const std::string& path) const {
    const auto got = root_->read(path);
    return got ? std::string(*got) : "error: " + got.error().what;
  }

 private:
  std::string path_, problem_;
  std::unique_ptr<Root> root_;
};

/// The names of an archive's members, or the error that ended it.
std::string names(const std::string& bytes) {
  Text source(bytes);
  TarReader reader(source);
  std::string out;
  for (;;) {
    auto entry = reader.next();
    if (!entry) return out + "error: " + entry.error().what;
    if (!*entry) return out;
    out += fmt::format("{} {}\n", (*entry)->name, (*entry)->stat.size);
  }
}

}  // namespace

TEST_CASE("tar: names and sizes of every dialect") {
  CHECK(names(archive({member("a", '0', "xyz"), member("d/", '5'), member("b", '\0', "")})) ==
        "a 3\nd/ 0\nb 0\n");
  const std::string long_name = std::string(300, 'n') + "/x";
  CHECK(names(archive({pax("path", long_name), member("short", '0', "1")})) == long_name + " 1\n");
  CHECK(names(archive({member("././@LongLink", 'L', long_name + '\0'),
                       member("short", '0', "1")})) == long_name + " 1\n");
  CHECK(names(archive({pax("size", "2"), member("a", '0', "12")})) == "a 2\n");
  // No block of zeros at the end is common, and harmless.
  CHECK(names(member("a", '0', "x")) == "a 1\n");
}

TEST_CASE("tar: damage ends it with a reason") {
  CHECK(names("not a tar, but more than nothing" + std::string(600, 'x')) ==
        "error: no tar header at byte 0");
  std::string cut = member("a", '0', std::string(2000, 'x'));
  cut.resize(1000);
  CHECK(names(cut) == "a 2000\nerror: the archive is cut off");
  std::string flipped = member("a", '0');
  flipped[0] = 'b';
  CHECK(names(flipped) == "error: no tar header at byte 0");
  CHECK(names(archive({member("pax", 'x', "999 path=x\n"), member("a", '0')})) ==
        "error: a damaged extended header");
  std::vector<std::string> headers(20, pax("path", "x"));
  CHECK(names(archive(headers)) == "error: more than 16 extended headers in a row");
  CHECK(names(archive({member("pax", 'x', std::string(2U << 20U, 'x'))}))
            .find("extended header of") != std::string::npos);
}

TEST_CASE("image: layers add, replace and white out") {
  const std::string below = archive({
      member("etc/", '5'),
      member("etc/keep", '0', "below"),
      member("etc/gone", '0', "below"),
      member("etc/changed", '0', "below"),
      member("etc/dir/", '5'),
      member("etc/dir/old", '0', "below"),
      member("etc/opaque/old", '0', "below"),
  });
  // The opaque mark comes last: it still speaks of the layers below alone.
  const std::string above = archive({
      member("etc/.wh.gone", '0'),
      member("etc/changed", '0', "above", {}, 0600),
      member("etc/.wh.dir", '0'),
      member("etc/dir/new", '0', "above"),
      member("etc/opaque/new", '0', "above"),
      member("etc/opaque/.wh..wh..opq", '0'),
  });
  for (const bool packed : {false, true}) {
    CAPTURE(packed);
    const std::string saved =
        docker_save({packed ? gzip(below) : below, packed ? zstd(above) : above});
    const Image image(packed ? gzip(saved) : saved);
    CHECK(image.problem() == "");
    CHECK(image.text("/etc/keep") == "below");
    CHECK(image.text("/etc/gone").starts_with("error: no such file"));
    CHECK(image.text("/etc/changed") == "above");
    CHECK(image->stat("/etc/changed")->mode == 0600);
    CHECK(image->stat("/etc/keep")->uid == 7);
    CHECK(image.text("/etc/dir/old").starts_with("error: no such file"));
    CHECK(image.text("/etc/dir/new") == "above");
    CHECK(image.text("/etc/opaque/old").starts_with("error: no such file"));
    CHECK(image.text("/etc/opaque/new") == "above");
    CHECK(image->made_by("/etc/changed") == "layer 2: RUN make");
    CHECK(image->made_by("/etc/keep") == "layer 1: FROM x");
    CHECK(image->image()->tags == std::vector<std::string>{"a:1"});
  }
}

TEST_CASE("image: nothing leads out of it") {
  const Image image(docker_save({archive({
      member("../../etc/up", '0', "inside"),
      member("/etc/absolute", '0', "inside"),
      member("link", '2', {}, "/etc"),
      member("link/through", '0', "inside"),
      member("out", '2', {}, "../../../etc/up"),
      member("hard", '1', {}, "etc/up"),
      member("nowhere", '1', {}, "../../../../etc/passwd"),
      member("dev", '3'),
  })}));
  CHECK(image.problem() == "");
  CHECK(image.text("/etc/up") == "inside");
  CHECK(image.text("/etc/absolute") == "inside");
  CHECK(image.text("/etc/through") == "inside");
  CHECK(image.text("/out") == "inside");
  CHECK(image.text("/hard") == "inside");
  CHECK(image->stat("/hard")->inode == image->stat("/etc/up")->inode);
  CHECK(image.text("/nowhere") == "error: a hard link to what the archive does not have");
  CHECK(image.text("/dev").starts_with("error: not a regular file"));
}

TEST_CASE("image: what was not kept is read again from its layer") {
  const std::string large(3U << 20U, 'z');
  const Image image(gzip(docker_save(
      {gzip(archive({member("srv/first", '0', "first"), member("srv/large", '0', large)})),
       archive({member("srv/second", '0', "second")})})));
  CHECK(image.problem() == "");
  CHECK(image.text("/srv/large") == large);
  CHECK(image.text("/srv/first") == "first");
  CHECK(image.text("/srv/second") == "second");
}

TEST_CASE("image: a file takes the place of a directory, and a directory that of a file") {
  const Image image(
      docker_save({archive({member("a/", '5'), member("a/x", '0', "x"), member("b", '0', "b")}),
                   archive({member("a", '0', "file"), member("b/y", '0', "y")})}));
  CHECK(image.text("/a") == "file");
  CHECK(image.text("/a/x").starts_with("error:"));
  CHECK(image.text("/b/y") == "y");
}

TEST_CASE("image: the OCI layout") {
  const std::string manifest =
      R"({"config":{"digest":"sha256:cc"},"layers":[{"digest":"sha256:aa"}]})";
  const Image image(archive({
      member(
          "index.json", '0',
          R"({"manifests":[{"digest":"sha256:missing"},{"digest":"sha256:bb","annotations":{"org.opencontainers.image.ref.name":"app:2"}}]})"),
      member("blobs/sha256/aa", '0', gzip(archive({member("etc/x", '0', "oci")}))),
      member("blobs/sha256/bb", '0', manifest),
      member("blobs/sha256/cc", '0', kConfig),
  }));
  CHECK(image.problem() == "");
  CHECK(image.text("/etc/x") == "oci");
  CHECK(image->image()->tags == std::vector<std::string>{"app:2"});
}

TEST_CASE("image: what is none says so") {
  CHECK(Image("").problem().find("neither `manifest.json` nor `index.json`") != std::string::npos);
  CHECK(Image(archive({member("x", '0')})).problem().find("no image archive") != std::string::npos);
  CHECK(Image(std::string("\x1f\x8b", 2)).problem() == "the gzip stream is cut off");
  const std::string whole =
      gzip(docker_save({archive({member("etc/x", '0', std::string(9000, 'q'))})}));
  CHECK(Image(whole.substr(0, whole.size() / 2)).problem() != "");
  CHECK(Image(archive({member("manifest.json", '0', "[]")})).problem().find("lists no image") !=
        std::string::npos);
  CHECK(Image(archive({member("manifest.json", '0', R"([{"Config":"c.json","Layers":["l"]}])"),
                       member("c.json", '0', "{}")}))
            .problem()
            .find("the layer `l` is not in the archive") != std::string::npos);
}

TEST_CASE("image: an opaque mark after members whose directory nobody wrote down") {
  const Image image(
      docker_save({archive({member("a/b/old", '0', "below")}),
                   archive({member("a/b/new", '0', "above"), member("a/.wh..wh..opq", '0')})}));
  CHECK(image.text("/a/b/new") == "above");
  CHECK(image.text("/a/b/old").starts_with("error: no such file"));
}

TEST_CASE("image: a member below a link, in a directory that is not there yet") {
  const Image image(docker_save({archive({member("etc/", '5'), member("link", '2', {}, "/etc")}),
                                 archive({member("link/deep/er/x", '0', "found")})}));
  CHECK(image.text("/etc/deep/er/x") == "found");
  CHECK(image.text("/link/deep/er/x") == "found");
}

TEST_CASE("image: a hard link to a file of a layer below, whose content was not kept") {
  const std::string large(3U << 20U, 'z');
  const Image image(
      docker_save({archive({member("srv/pad", '0', "pad"), member("srv/large", '0', large)}),
                   archive({member("srv/again", '1', {}, "srv/large")})}));
  CHECK(image.text("/srv/again") == large);
}

TEST_CASE("image: what cannot be known of a file is said") {
  const Image image(
      docker_save({archive({member("hard", '1', {}, "srv/nothing"), member("holes", 'S', "x")})}));
  CHECK(image.text("/hard") == "error: a hard link to what the archive does not have");
  CHECK(image.text("/holes") == "error: a sparse member, whose content is not read");
}

TEST_CASE("image: of several images none is meant") {
  const std::string two = R"([{"Config":"c.json","Layers":[]},{"Config":"d.json","Layers":[]}])";
  CHECK(Image(archive({member("manifest.json", '0', two), member("c.json", '0', kConfig)}))
            .problem()
            .find("holds 2 images") != std::string::npos);
  const auto index = [](const std::string& manifests) {
    const std::string manifest = R"({"config":{"digest":"sha256:cc"},"layers":[]})";
    return archive({member("index.json", '0', "{\"manifests\":[" + manifests + "]}"),
                    member("blobs/sha256/bb", '0', manifest),
                    member("blobs/sha256/dd", '0', manifest),
                    member("blobs/sha256/cc", '0', kConfig)});
  };
  const std::string one =
      R"({"digest":"sha256:bb","annotations":{"io.containerd.image.name":"a:1"}})";
  CHECK(Image(index(one + R"(,{"digest":"sha256:dd"})")).problem().find("holds 2 images") !=
        std::string::npos);
  const Image named(
      index(one + R"(,{"digest":"sha256:bb","annotations":{"io.containerd.image.name":"a:2"}})"));
  CHECK(named.problem() == "");
  CHECK(named->image()->tags == std::vector<std::string>{"a:1", "a:2"});
  CHECK(
      Image(
          index(
              one +
              R"(,{"digest":"sha256:dd","annotations":{"vnd.docker.reference.type":"attestation-manifest"}})"))
          .problem() == "");
}

TEST_CASE("image: of one with a damaged layer no file is known, but what it says of itself is") {
  const std::string layer = gzip(archive({member("etc/x", '0', std::string(90000, 'q'))}));
  const Image image(
      docker_save({archive({member("etc/y", '0', "y")}), layer.substr(0, layer.size() / 2)}));
  CHECK(image.problem() == "");
  CHECK(image.text("/etc/y") == "error: layer `l1/layer.tar`: the gzip stream is cut off");
  CHECK(image->list("/").error().code == ErrorCode::invalid);
  CHECK(image->image()->tags == std::vector<std::string>{"a:1"});
}
