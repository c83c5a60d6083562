#include <algorithm>
#include <array>

#include "plugins/container/dockerfile/build.h"
#include "plugins/container/dockerfile/row.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace dockerfile {
namespace {

constexpr std::array<Field, kColumns> kFields = {
    Field{"subject", Type::text, "what the row is about, as it is written, cut at 100 characters"},
    Field{"kind", Type::text,
          "file, directive, suppression, stage, image, instruction, variable, mount, command, "
          "package, "
          "copy, user, workdir, volume, port, label"},
    Field{"stage", Type::integer, "the build stage it stands in, from 0; -1 before the first FROM"},
    Field{"final", Type::boolean, "it belongs to the last stage or to one that this is built from"},
    Field{"traits", Type::set, "what is worth saying of it; the page of the probe lists them"},
    Field{
        "name", Type::text,
        "instruction, program, package, variable, label key, port, user, image with its registry"},
    Field{"value", Type::text, "value, path, group or reference, variables replaced"},
    Field{"form", Type::text,
          "exec or shell; of commands and variables the instruction they are in"},
    Field{"manager", Type::text, "apt, apk, dnf, yum, rpm, zypper, pip, npm, yarn, gem, go"},
    Field{"version", Type::text, "of a package as it is asked for; the tag of an image"},
    Field{"pinned", Type::boolean, "of a package: a version is named, or a file"},
    Field{"effective", Type::boolean,
          "of a user: the one that the image ends with; of a stage: the last one"},
    Field{"root", Type::boolean, "of a user: it is root"},
    Field{"target", Type::text, "where COPY, ADD and mounts put it"},
    Field{"source", Type::text, "stage or image that COPY takes from; source of a mount; digest"},
    Field{"registry", Type::text, "of an image; `docker.io` where none is written"},
    Field{"tagged", Type::boolean, "of an image: it has a tag or a digest"},
    Field{"latest", Type::boolean, "of an image: its tag is `latest` and it has no digest"},
    Field{"by_digest", Type::boolean, "of an image: it has a digest"},
    Field{"support_end", Type::version,
          "of an image of a distribution: the last day of its support"},
    Field{"user", Type::text,
          "of a stage: the user that USER names, in it or in one it is built from"},
    Field{"healthcheck", Type::boolean,
          "of a stage: HEALTHCHECK sets one, in it or in one it is built from"},
    Field{"labels", Type::set, "of a stage: keys of its labels"},
};

constexpr std::array<std::string_view, 3> kFiles = {"/app/Dockerfile", "/app/Containerfile",
                                                    "/app/x.dockerfile"};

std::string_view base_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool by_name(std::string_view path) {
  const std::string_view name = base_of(path);
  if (name.ends_with(".dockerignore") || name.ends_with('~') || name.ends_with(".swp"))
    return false;
  for (const std::string_view stem : {"Dockerfile", "Containerfile", "dockerfile", "containerfile"})
    if (name.starts_with(stem) && (name.size() == stem.size() || name[stem.size()] == '.' ||
                                   name[stem.size()] == '-' || name[stem.size()] == '_'))
      return true;
  return name.ends_with(".dockerfile") || name.ends_with(".Dockerfile") ||
         name.ends_with(".containerfile") || name.ends_with(".Containerfile");
}

/// A file that is called so with something behind it, or was named on the command line, is one when
/// its first instruction is an instruction.
bool by_text(const Document& document) {
  const std::string_view name = base_of(document.path);
  if (iequals(name, "Dockerfile") || iequals(name, "Containerfile")) return true;
  bool first = true;
  for (const Line& line : lines(document.text.substr(0, std::size_t{1} << 16U))) {
    std::string_view text = line.text;
    if (first && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    first = false;
    text = trim(text);
    if (text.empty() || text[0] == '#') continue;
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    return word.size() < text.size() && is_instruction(word);
  }
  return by_name(document.path) && istarts_with(name, "dockerfile");
}

Facts read(const Request& request) {
  const std::string path(request.document->path);
  return build(parse(request.document->text, path), request);
}

}  // namespace
}  // namespace dockerfile

extern const Probe dockerfile_probe;
const Probe dockerfile_probe{
    .name = "dockerfile",
    .group = "container",
    .summary = "what a Dockerfile builds: stages, base images, users, commands and packages",
    .semantics = "Dockerfile reference, sh(1)",
    .shape = Shape::rows,
    .fields = dockerfile::kFields,
    .read = dockerfile::read,
    .files = dockerfile::kFiles,
    .documents = {dockerfile::by_name, dockerfile::by_text, "Dockerfile"},
};

}  // namespace plimsoll
