#include "plugins/os/pam/pam_stack.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "plugins/os/pam/pam_file.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 2> kDirectories = {"/etc/pam.d", "/usr/lib/pam.d"};
constexpr std::string_view kConf = "/etc/pam.conf", kOther = "other";
constexpr unsigned kSubstackLevels = 16;  // libpam's own
constexpr unsigned kIncludeDepth = 32;    // ours: libpam recurses until it has no descriptors left
constexpr std::size_t kEntries = 2048;    // of one service
constexpr std::size_t kAllEntries = 1U << 16U;  // of all: some 600 are usual

std::optional<PamType> type_named(std::string_view word) {
  for (std::size_t i = 0; i < kPamTypes; ++i)
    if (iequals(word, name_of(static_cast<PamType>(i)))) return static_cast<PamType>(i);
  return std::nullopt;
}

std::string control_text(std::string_view word, bool bracketed) {
  return bracketed ? "[" + std::string(word) + "]" : std::string(word);
}

/// What the loaders of all services have in common: each file is taken apart once, as common-auth
/// is included by most of them, and all their entries together are bounded.
class Common {
 public:
  const PamLines& lines_of(const std::string& path, std::string_view text) {
    const auto [at, is_new] = files_.try_emplace(path);
    if (is_new) at->second = pam_lines(text);
    return at->second;
  }
  bool count_entry() { return ++entries_ <= kAllEntries; }
  [[nodiscard]] bool is_full() const { return entries_ > kAllEntries; }

 private:
  std::unordered_map<std::string, PamLines> files_;  // what it holds stays where it is
  std::size_t entries_ = 0;
};

/// Follows the lines of one service through its includes.
class Loader {
 public:
  Loader(const Root& root, Common& common, Facts& facts, std::string_view service)
      : root_(root), common_(common), facts_(facts) {
    service_.name = service;
  }

  PamService take() { return std::move(service_); }
  [[nodiscard]] const std::set<std::string>& included() const { return included_; }

  /// Opens the file of that name as libpam does: an absolute path, or the first directory that has
  /// it. False when there is none, or it broke off.
  bool load(const std::string& name, std::optional<PamType> wanted, unsigned level,
            unsigned depth) {
    if (depth > kIncludeDepth) return give_up("more than 32 nested includes", name);
    const auto found = depth == 0 ? find_service(name) : find_include(name);
    if (!found) return false;
    const PamLines& text = common_.lines_of(found->first, found->second);
    for (const PamLine& line : text.lines)
      if (!add_line(line.text, {found->first, line.number, 1}, wanted, level, depth)) return false;
    return !text.broken;
  }

  /// /etc/pam.conf: the service's name stands before the type.
  bool load_conf(std::string_view text) {
    const PamLines parsed = pam_lines(text);
    for (const PamLine& line : parsed.lines) {
      std::string_view rest = line.text;
      const auto service = next_pam_word(rest);
      if (!service || !iequals(*service, service_.name)) continue;
      if (!add_line(rest, {std::string(kConf), line.number, 1}, std::nullopt, 0, 0)) return false;
    }
    return !parsed.broken;
  }

 private:
  using File = std::pair<std::string, std::string_view>;

  std::optional<File> find_service(const std::string& name) {
    for (const std::string_view directory : kDirectories)
      if (auto found = read(join_path(directory, name))) return found;
    return std::nullopt;
  }

  /// Debian's libpam 1.5.2 looks for includes in /etc/pam.d alone; later ones in both directories.
  std::optional<File> find_include(const std::string& name) {
    if (name.starts_with('/')) return read(name);
    auto found = read(join_path(kDirectories[0], name));
    const std::string vendor = join_path(kDirectories[1], name);
    if (!found && root_.exists(vendor))
      facts_.gap({ErrorCode::unsupported,
                  "an include that only /usr/lib/pam.d has: Debian 12's libpam does not find it, "
                  "later ones do",
                  {vendor, 0, 0}},
                 service_.name);
    return found;
  }

  std::optional<File> read(const std::string& path) {
    const auto text = root_.read(path);
    if (text) return File{path, *text};
    if (text.error().code != ErrorCode::not_found) facts_.gap(text.error(), service_.name);
    return std::nullopt;
  }

  bool give_up(std::string why, const std::string& file) {
    if (!gave_up_)
      facts_.gap({ErrorCode::limit,
                  "PAM service `" + service_.name + "`: " + why,
                  {file.starts_with('/') ? file : "/etc/pam.d/" + file, 0, 0}},
                 service_.name);
    gave_up_ = true;
    return false;
  }

  /// False when libpam would abandon the whole configuration.
  bool add_line(std::string_view rest, Origin origin, std::optional<PamType> wanted, unsigned level,
                unsigned depth) {
    if (gave_up_) return false;
    PamHandler handler;
    handler.level = level;
    handler.origin = std::move(origin);
    auto word = next_pam_word(rest);
    if (word && word->starts_with('-')) {
      handler.quiet = true;
      word->erase(0, 1);
    }
    if (word && iequals(*word, "@include"))  // Debian's: splices lines of every type
      return include_any(rest, handler, wanted, depth);
    const auto type = word ? type_named(*word) : std::nullopt;
    // A line without a proper type denies where it would have stood, in `auth` for want of better.
    if (!type) handler.kind = PamHandler::Kind::must_fail;
    const PamType where = type.value_or(wanted.value_or(PamType::auth));
    if (wanted && where != *wanted) return true;
    return add_entry(rest, std::move(handler), where, depth);
  }

  bool include_any(std::string_view rest, PamHandler& handler, std::optional<PamType> wanted,
                   unsigned depth) {
    const auto file = next_pam_word(rest);
    if (file) {
      note_include(*file);
      if (load(*file, wanted, handler.level, depth + 1)) return true;
    }
    if (!wanted) return false;  // libpam has no type to hang the failure on, and aborts
    // Below a typed include libpam adds an entry, with actions that it never set.
    facts_.gap({ErrorCode::invalid,
                "a missing @include below an include: what libpam does is chance", handler.origin},
               service_.name);
    handler.kind = PamHandler::Kind::must_fail;
    handler.control = "@include";
    handler.actions = all_actions(kPamBad);
    return push(std::move(handler), *wanted);
  }

  bool add_entry(std::string_view rest, PamHandler handler, PamType type, unsigned depth) {
    rest = trim_left(rest, " \t\n");
    const bool bracketed = rest.starts_with('[');
    const auto control = next_pam_word(rest);
    if (!control) {
      handler.kind = PamHandler::Kind::must_fail;
      handler.actions = all_actions(kPamBad);
      return push(std::move(handler), type);
    }
    handler.control = control_text(*control, bracketed);
    // libpam looks at the word without its brackets, so `[include]` includes, too.
    if (iequals(*control, "include") || iequals(*control, "substack"))
      return include(rest, std::move(handler), type, depth, iequals(*control, "substack"));
    handler.actions = parse_pam_control(*control);
    const auto module = next_pam_word(rest);
    if (!module)
      handler.kind = PamHandler::Kind::must_fail;
    else
      handler.module = base_name(*module);
    while (const auto argument = next_pam_word(rest)) handler.arguments.push_back(*argument);
    return push(std::move(handler), type);
  }

  bool include(std::string_view rest, PamHandler handler, PamType type, unsigned depth,
               bool substack) {
    const auto file = next_pam_word(rest);
    if (file) note_include(*file);
    if (substack) {
      PamHandler mark = handler;
      mark.kind = PamHandler::Kind::substack;
      if (!push(std::move(mark), type)) return false;
    }
    const unsigned level = handler.level + (substack ? 1 : 0);
    if (file && level < kSubstackLevels && load(*file, type, level, depth + 1)) return true;
    if (gave_up_) return false;
    handler.kind = PamHandler::Kind::must_fail;
    handler.actions = all_actions(kPamBad);
    return push(std::move(handler), type);
  }

  bool push(PamHandler handler, PamType type) {
    if (!common_.count_entry()) {
      gave_up_ = true;
      return false;
    }
    if (++entries_ > kEntries) return give_up("more than 2048 entries", handler.origin.file);
    if (handler.kind == PamHandler::Kind::must_fail) handler.module.clear();
    service_.stacks[static_cast<std::size_t>(type)].push_back(std::move(handler));
    return true;
  }

  void note_include(const std::string& file) { included_.insert(std::string(base_name(file))); }

  const Root& root_;
  Common& common_;
  Facts& facts_;
  bool gave_up_ = false;
  std::size_t entries_ = 0;
  PamService service_;
  std::set<std::string> included_;
};

/// Copies that packaging tools and editors leave beside a file; no program asks for such a service.
bool is_leftover(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kSuffixes = {
      "~",         ".dpkg-old", ".dpkg-new", ".dpkg-dist",
      ".dpkg-bak", ".ucf-old",  ".ucf-dist", ".pam-old"};
  return name.starts_with('.') ||
         std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

/// Names of services; empty optional when there is no directory for them.
std::optional<std::set<std::string>> service_names(const Root& root, Facts& facts) {
  std::optional<std::set<std::string>> names;
  for (const std::string_view directory : kDirectories) {
    const auto entries = root.list(directory);
    if (!entries) {
      if (entries.error().code == ErrorCode::not_found) continue;
      if (entries.error().code == ErrorCode::wrong_type) continue;  // libpam asks for a directory
      facts.gap(entries.error(), {}, Gap::Effect::may_add);
      names.emplace();
      continue;
    }
    if (!names) names.emplace();
    for (const DirEntry& entry : *entries)
      if (!is_leftover(entry.name) && entry.type != FileType::directory) names->insert(entry.name);
  }
  return names;
}

std::set<std::string> conf_names(std::string_view text) {
  std::set<std::string> names;
  for (const PamLine& line : pam_lines(text).lines) {
    std::string_view rest = line.text;
    if (const auto service = next_pam_word(rest)) names.insert(lower(*service));
  }
  return names;
}

/// A configuration that libpam abandons denies every request.
void replace_aborted(PamService& service, std::string_view file) {
  PamHandler denial;
  denial.kind = PamHandler::Kind::must_fail;
  denial.actions = all_actions(kPamDie);
  denial.control = "abort";
  denial.origin.file = file;
  service.stacks.fill({denial});
  service.from_other.fill(false);
}

/// Fills the types that a service does not define from `other`; a broken `other` breaks all.
void fall_back(std::vector<PamService>& services) {
  const auto other = std::find_if(services.begin(), services.end(),
                                  [](const PamService& s) { return s.name == kOther; });
  if (other == services.end()) return;
  for (PamService& service : services) {
    if (&service == &*other) continue;
    service.aborts = service.aborts || other->aborts;
    for (std::size_t type = 0; type < kPamTypes; ++type) {
      if (service.fragment || !service.stacks[type].empty()) continue;
      service.stacks[type] = other->stacks[type];
      service.from_other[type] = true;
    }
  }
}

/// What all probes of a root share.
struct Reading {
  std::vector<PamService> services;
  Facts found;  ///< gaps, or why nothing applies
};

Reading read_services(const Root& root) {
  Reading reading;
  Facts& facts = reading.found;
  std::vector<PamService>& services = reading.services;
  std::set<std::string> included;
  auto names = service_names(root, facts);
  std::string_view conf;
  const bool in_conf = !names.has_value();
  if (in_conf) {
    const auto text = root.read(kConf);
    if (!text) {
      if (text.error().code != ErrorCode::not_found)
        facts.gap(text.error());
      else
        facts.not_applicable = "there is no /etc/pam.d, /usr/lib/pam.d or /etc/pam.conf";
      return reading;
    }
    conf = *text;
    names = conf_names(conf);
  }
  Common common;
  for (const std::string& name : *names) {
    Loader loader(root, common, facts, name);
    const bool whole = in_conf ? loader.load_conf(conf) : loader.load(name, std::nullopt, 0, 0);
    if (common.is_full()) {
      facts.gap({ErrorCode::limit,
                 "more than 65536 entries in the stacks of all PAM services; the rest from `" +
                     name + "` on was not read",
                 {in_conf ? std::string(kConf) : std::string(kDirectories[0]), 0, 0}});
      break;
    }
    included.insert(loader.included().begin(), loader.included().end());
    services.push_back(loader.take());
    services.back().aborts = !whole;
  }
  for (PamService& service : services) service.fragment = included.contains(service.name);
  fall_back(services);
  for (PamService& service : services)
    if (service.aborts)
      replace_aborted(service, in_conf ? std::string(kConf) : "/etc/pam.d/" + service.name);
  return reading;
}

}  // namespace

std::string_view name_of(PamType type) {
  switch (type) {
    case PamType::auth:
      return "auth";
    case PamType::account:
      return "account";
    case PamType::password:
      return "password";
    case PamType::session:
      return "session";
  }
  return "auth";
}

const std::vector<PamService>& read_pam_services(const Root& root, Facts& facts) {
  const Reading& reading = root.derived(&read_services);
  facts.gaps.insert(facts.gaps.end(), reading.found.gaps.begin(), reading.found.gaps.end());
  if (facts.not_applicable.empty()) facts.not_applicable = reading.found.not_applicable;
  return reading.services;
}

}  // namespace plimsoll
