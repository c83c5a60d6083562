#include "plugins/container/dockerfile/image.h"

#include <fmt/format.h>

#include <array>

#include "plugins/container/dockerfile/arguments.h"
#include "scanner/base/text.h"
#include "scanner/formats/image_reference.h"

namespace plimsoll::dockerfile {
namespace {

/// A release of a distribution and the last day its makers support it.
struct Release {
  std::string_view image;  ///< on Docker Hub, below library/
  std::string_view tags;   ///< what a tag begins with, up to a `-`
  std::string_view end;
};

// README.md names where the days are from. Of several releases in a line the last one's stands: all
// of them are over.
constexpr std::array kReleases = {
    Release{"alpine", "3.12 3.13 3.14 3.15 3.16", "2024-05-23"},
    Release{"alpine", "3.17", "2024-11-22"},
    Release{"alpine", "3.18", "2025-05-09"},
    Release{"alpine", "3.19", "2025-11-01"},
    Release{"alpine", "3.20", "2026-04-01"},
    Release{"alpine", "3.21", "2026-11-01"},
    Release{"alpine", "3.22", "2027-05-01"},
    Release{"alpine", "2.6 2.7 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 3.10 3.11", "2021-11-01"},
    Release{"centos", "5 6 centos6", "2020-11-30"},
    Release{"centos", "7 centos7", "2024-06-30"},
    Release{"centos", "8 centos8", "2021-12-31"},
    Release{"debian", "6 squeeze 7 wheezy 8 jessie 9 stretch", "2022-06-30"},
    Release{"debian", "10 buster", "2024-06-30"},
    Release{"debian", "11 bullseye", "2026-08-31"},
    Release{"debian", "12 bookworm", "2028-06-30"},
    Release{"debian", "13 trixie", "2030-06-30"},
    Release{"fedora", "30 31 32 33 34 35 36 37", "2023-12-05"},
    Release{"fedora", "38", "2024-05-21"},
    Release{"fedora", "39", "2024-11-26"},
    Release{"fedora", "40", "2025-05-13"},
    Release{"fedora", "41", "2025-12-15"},
    Release{"fedora", "42", "2026-05-13"},
    Release{"ubuntu", "12.04 precise 14.04 trusty", "2019-04-25"},
    Release{"ubuntu", "16.04 xenial", "2021-04-30"},
    Release{"ubuntu", "16.10 yakkety 17.04 zesty 17.10 artful 18.10 cosmic 19.04 disco 19.10 eoan",
            "2020-07-17"},
    Release{"ubuntu", "18.04 bionic", "2023-05-31"},
    Release{"ubuntu", "20.04 focal", "2025-05-29"},
    Release{"ubuntu", "20.10 groovy 21.04 hirsute 21.10 impish 22.10 kinetic 23.04 lunar",
            "2024-01-25"},
    Release{"ubuntu", "22.04 jammy", "2027-06-01"},
    Release{"ubuntu", "23.10 mantic", "2024-07-11"},
    Release{"ubuntu", "24.04 noble", "2029-05-31"},
    Release{"ubuntu", "24.10 oracular", "2025-07-10"},
    Release{"ubuntu", "25.04 plucky", "2026-01-15"},
    Release{"ubuntu", "25.10 questing", "2026-07-09"},
    Release{"ubuntu", "26.04 resolute", "2031-05-29"},
};

/// `3.18.4` is of the release `3.18`, `10.13-slim` of `10`, `bookworm-20240110` of `bookworm`.
bool is_of(std::string_view tag, std::string_view releases) {
  tag = tag.substr(0, tag.find('-'));
  for (;;) {
    if (is_one_of(tag, releases)) return true;
    const std::size_t dot = tag.rfind('.');
    if (dot == std::string_view::npos) return false;
    tag = tag.substr(0, dot);
  }
}

std::string_view support_end(const ImageReference& image) {
  if (image.registry != "docker.io" || !image.repository.starts_with("library/")) return {};
  for (const Release& release : kReleases)
    if (release.image == image.repository.substr(8) && is_of(image.tag, release.tags))
      return release.end;
  return {};
}

/// Expansions that have no value become one `$` each, so that what is in their braces is not taken
/// for a tag.
std::string masked(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '$') continue;
    if (i + 1 < text.size() && text[i + 1] == '{') {
      i = std::min(text.find('}', i), text.size());
    } else {
      while (i + 1 < text.size() &&
             (text[i + 1] == '_' || isalnum(static_cast<unsigned char>(text[i + 1])) != 0))
        ++i;
    }
  }
  return out;
}

/// What a reference with variables in it that have no value still tells.
struct Known {
  bool tagged = false, latest = false, digest = false;  ///< whether each is certain
};

Known certain(const ImageReference& image, bool open, bool whole) {
  if (!open) return {true, true, true};
  const bool ends_open =
      (image.digest.empty() ? image.tag.empty() ? image.repository : image.tag : image.digest)
          .ends_with('$');
  if (whole) return {};
  // A variable at the end may bring a digest along; a tag it cannot take away.
  return {!image.tag.empty() || !image.digest.empty() || !ends_open,
          !ends_open || !image.digest.empty(), !ends_open || !image.digest.empty()};
}

}  // namespace

std::string no_value(std::string_view text) {
  return fmt::format("{} (a variable that nothing here gives a value)", shortened(text));
}

void describe_image(const Expanded& reference, Row& row) {
  const std::string text = reference.open ? masked(reference.text) : reference.text;
  const ImageReference image = read_image_reference(text);
  const bool tagged = !image.tag.empty() || !image.digest.empty();
  const bool latest = image.tag == "latest" && image.digest.empty();
  const Known known = certain(image, reference.open, text == "$");
  const auto value = [&](bool is_known, bool answer) {
    return is_known ? Value(answer) : Value(no_value(reference.text));
  };
  const auto plain = [](std::string_view part) {
    return part.empty() || part.find('$') != std::string_view::npos ? Value()
                                                                    : Value(std::string(part));
  };
  row.set(kName, plain(image.name())).set(kValue, reference.text).set(kVersion, plain(image.tag));
  row.set(kRegistry, image.registry.find('$') == std::string::npos && text != "$"
                         ? Value(image.registry)
                         : Value(std::string(no_value(reference.text))));
  row.set(kTagged, value(known.tagged, tagged)).set(kLatest, value(known.latest, latest));
  row.set(kByDigest, value(known.digest, !image.digest.empty()));
  if (!image.digest.empty()) row.set(kSource, plain(image.digest));
  if (const std::string_view end = support_end(image); !end.empty())
    row.set(kSupportEnd, std::string(end));
}

bool is_windows_image(std::string_view reference) {
  const std::string name = lower(reference);
  return name.find("windows") != std::string::npos ||
         name.find("nanoserver") != std::string::npos ||
         name.find("servercore") != std::string::npos ||
         name.find("dotnet/framework") != std::string::npos;
}

}  // namespace plimsoll::dockerfile
