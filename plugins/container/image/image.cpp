// What a container image says of itself: its configuration and the history of its making.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/container/image/digests.h"
#include "plugins/container/image/history.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/formats/image_description.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kAltered = "content.altered";

constexpr std::array kFields = {
    Field{"user", Type::text, "who the first process runs as; `root` when nothing is said"},
    Field{"user.is-root", Type::boolean, "whether that is root, by name or number"},
    Field{"healthcheck", Type::text,
          "the command that tells whether it works; `NONE` switches it off"},
    Field{"env", Type::text, "a variable of the environment, its name as the scope"},
    Field{"credential", Type::text, "a variable or an instruction that holds a secret: its name"},
    Field{"exposedport", Type::text, "`22/tcp`, a row each"},
    Field{"volume", Type::text, "a directory that is declared to be a volume"},
    Field{"tag", Type::text, "a name that the archive gives the image: `example/app:1.2`"},
    Field{"tag.is-fixed", Type::boolean,
          "whether that name has a tag other than `latest`, or a digest"},
    Field{"created", Type::text, "when it was made, RFC 3339"},
    Field{"created.day", Type::version, "the day of that, as it stands there: YYYY-MM-DD"},
    Field{"label", Type::text, "a label, its name as the scope"},
    Field{"entrypoint", Type::text, "words of the entry point, a row each"},
    Field{"cmd", Type::text, "words of the default command, a row each"},
    Field{"content.altered", Type::text,
          "a part of the archive that is not what its digest says, or `none`; reads all of it"},
    Field{"history", Type::text, "an instruction that made it, in order"},
    Field{"history.add", Type::text, "an ADD above the base image where COPY would do"},
    Field{"history.sudo", Type::text, "a step that runs sudo"},
    Field{"history.upgrade", Type::text, "a step that upgrades the whole distribution"},
    Field{"history.update-alone", Type::text,
          "a step that updates the package index and installs nothing"},
    Field{"history.apk-cache", Type::text, "a step that leaves apk's cache behind"},
    Field{"history.apt-lists", Type::text, "a step that leaves apt's package lists behind"},
};

class Reader {
 public:
  Reader(const ImageDescription& image, Facts& facts)
      : image_(image), facts_(facts), origin_{"/" + image.config_path, 0, 0} {}

  void read() {
    const DataTree tree = read_json(image_.config, origin_.file);
    if (tree.error) return facts_.gap(*tree.error);
    const DataNode& top = *tree.documents.front();
    for (const std::string& tag : image_.tags) {
      facts_.setting("tag", tag, {"/manifest.json"});
      facts_.setting("tag.is-fixed", is_fixed(tag) ? "yes" : "no", {"/manifest.json"}, tag);
    }
    if (const DataNode* created = top.find("created")) {
      facts_.setting("created", text(*created), at(*created));
      facts_.setting("created.day", text(*created).substr(0, 10), at(*created));
    }
    static const DataNode kNothing;
    const DataNode* config = top.find("config");
    read_config(config == nullptr ? kNothing : *config);
    if (const DataNode* history = top.find("history")) read_history(*history);
  }

 private:
  static std::string text(const DataNode& node) {
    return node.is_scalar() && !node.is_null() ? std::string(node.text) : std::string();
  }
  [[nodiscard]] Origin at(const DataNode& node) const { return {origin_.file, node.line, 0}; }

  /// A registry's port has a colon as well, so only what follows the last slash is looked at.
  static bool is_fixed(std::string_view name) {
    if (name.find('@') != std::string_view::npos) return true;
    const std::string_view last = base_name(name);
    const auto colon = last.find(':');
    return colon != std::string_view::npos && last.substr(colon + 1) != "latest";
  }

  void read_config(const DataNode& config) {
    read_user(config.find("User"));
    read_health(config.find("Healthcheck"));
    if (const DataNode* env = config.find("Env"))
      for (const DataEntry& one : env->entries) read_variable(*one.value);
    names_of(config.find("ExposedPorts"), "exposedport");
    names_of(config.find("Volumes"), "volume");
    if (const DataNode* labels = config.find("Labels"))
      for (const DataEntry& one : labels->entries)
        if (one.key != nullptr)
          facts_.setting("label", text(*one.value), at(*one.key), std::string(one.key->text));
    words_of(config.find("Entrypoint"), "entrypoint");
    words_of(config.find("Cmd"), "cmd");
  }

  // image-spec, config.md: without a user the first process is root. The group does not count.
  void read_user(const DataNode* user) {
    const std::string given = user == nullptr ? std::string() : text(*user);
    const Origin where = given.empty() ? Origin{} : at(*user);
    const std::string name = given.substr(0, given.find(':'));
    facts_.setting("user", given.empty() ? "root" : given, where);
    const auto number = to_integer(name);
    const bool is_root = name.empty() || name == "root" || (number && *number == 0);
    facts_.setting("user.is-root", is_root ? "yes" : "no", where);
  }

  void read_health(const DataNode* check) {
    const DataNode* test = check == nullptr ? nullptr : check->find("Test");
    if (test == nullptr || test->entries.empty()) return;
    std::string command;
    for (const DataEntry& word : test->entries) {
      // The first word says how: CMD, CMD-SHELL or NONE.
      const std::string one = text(*word.value);
      if (one == "CMD" || one == "CMD-SHELL") continue;
      command += (command.empty() ? "" : " ") + one;
    }
    facts_.setting("healthcheck", command, at(*test));
  }

  void read_variable(const DataNode& node) {
    const std::string whole = text(node);
    const auto equals = whole.find('=');
    const std::string name = whole.substr(0, equals);
    const std::string value =
        equals == std::string::npos ? std::string() : whole.substr(equals + 1);
    const bool secret = is_credential(name, value);
    // A report is read by more people than the image.
    facts_.setting("env", secret ? fmt::format("({} characters, not shown)", value.size()) : value,
                   at(node), name);
    if (secret) facts_.setting("credential", name, at(node), "env");
  }

  void names_of(const DataNode* node, const char* key) {
    if (node == nullptr) return;
    for (const DataEntry& one : node->entries)
      if (one.key != nullptr) facts_.setting(key, std::string(one.key->text), at(*one.key));
  }

  void words_of(const DataNode* node, const char* key) {
    if (node == nullptr) return;
    for (const DataEntry& one : node->entries)
      facts_.setting(key, text(*one.value), at(*one.value));
  }

  void read_history(const DataNode& history) {
    std::vector<HistoryStep> steps;
    for (const DataEntry& one : history.entries) {
      const DataNode* made_by = one.value->find("created_by");
      if (made_by == nullptr) continue;
      steps.push_back(read_step(text(*made_by)));
      facts_.setting("history", steps.back().instruction, at(*made_by));
      where_.push_back(at(*made_by));
    }
    const std::size_t first = first_above_base(steps);
    for (std::size_t i = 0; i < steps.size(); ++i)
      for (const auto& [key, value] : marks_of(steps[i], i >= first))
        facts_.setting(key, value, where_[i]);
  }

  const ImageDescription& image_;
  Facts& facts_;
  Origin origin_;
  std::vector<Origin> where_;
};

/// The archive's own description, or the files of an image that lies unpacked in a directory.
Result<ImageDescription> description_of(const Root& root) {
  if (const ImageDescription* image = root.image()) return *image;
  return describe_image([&](const std::string& name) -> Result<std::string> {
    const auto text = root.read("/" + name);
    if (!text) return fail(text.error());
    return std::string(*text);
  });
}

/// Whether anybody asks for this key. `facts` wants all.
bool is_asked(const Request& request, std::string_view key) {
  const auto asks = [&](const Predicate& predicate) {
    return predicate.on != Predicate::On::key || predicate.matcher.test(key).value_or(true);
  };
  const auto& all = request.selections;
  return all.empty() || std::any_of(all.begin(), all.end(), [&](const Selection& one) {
           return std::all_of(one.where.begin(), one.where.end(), asks);
         });
}

void add_digests(const Request& request, const ImageDescription& image, Facts& facts) {
  if (!is_asked(request, kAltered)) return;
  const Digests digests = check_digests(request.root, image);
  for (const std::string& name : digests.altered)
    facts.setting(std::string(kAltered), name, {"/" + name});
  if (digests.error)
    facts.gap(*digests.error, {}, Gap::Effect::may_override, {kAltered});
  else if (digests.altered.empty())
    facts.setting(std::string(kAltered), "none", {});
}

Facts read(const Request& request) {
  Facts facts;
  const auto image = description_of(request.root);
  if (image) {
    Reader(*image, facts).read();
    add_digests(request, *image, facts);
  } else if (image.error().code == ErrorCode::not_found)
    facts.not_applicable = "this is no container image";
  else
    facts.gap(image.error());
  return facts;
}

constexpr std::array<std::string_view, 2> kFiles = {"/manifest.json", "/config.json"};

}  // namespace

extern const Probe image_probe;
const Probe image_probe{
    .name = "image",
    .group = "container",
    .summary = "configuration and history of a container image",
    .semantics = "OCI image-spec config.md, `docker save`",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read,
    .files = kFiles,
};

}  // namespace plimsoll
