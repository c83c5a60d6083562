#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/os/file/plan.h"
#include "scanner/formats/dpkg_files.h"

namespace plimsoll {
namespace files {
namespace {

/// More rows than this are not a report but a copy of the tree.
constexpr std::size_t kRows = 200000;

struct Found {
  std::string path;
  std::vector<Value> fields;
};

/// What one thread of the walk keeps: its rows, and what is wanted of the directory it is in.
struct Worker {
  std::vector<Found> found;
  std::string directory;
  std::vector<const Ask*> asks;
};

class Reader {
 public:
  explicit Reader(const Request& request)
      : root_(request.root),
        jobs_(std::max(1U, request.jobs)),
        context_{root_, Names(root_), read_audit_log(root_), {}, {}},
        plan_(make_plan(request.selections, context_.names, context_.audit_log)) {
    for (const std::string& pattern : plan_.all_globs) context_.globs.emplace_back(pattern);
  }

  Facts read() {
    report_missing_names();
    for (const std::string& path : plan_.paths) look_at(path);
    for (const std::string& pattern : plan_.globs) expand(pattern);
    for (const std::string& directory : plan_.directories) list(directory);
    std::sort(found_.begin(), found_.end(), by_path);
    walk_all();
    std::stable_sort(found_.begin(), found_.end(), by_path);
    if (plan_.asks_packaged || plan_.wants_all) tell_packaged();
    for (Found& found : found_) facts_.row(std::move(found.fields), {std::move(found.path), 0, 0});
    return std::move(facts_);
  }

 private:
  static bool by_path(const Found& a, const Found& b) { return a.path < b.path; }

  void gap(const Error& error) { facts_.gap(error, error.where.file, Gap::Effect::may_add); }

  // Without names every file would be nobody's; no answer is better than that one.
  void report_missing_names() {
    const auto& users = context_.names.users_error();
    const auto& groups = context_.names.groups_error();
    if (plan_.asks_owner && users) facts_.gap(*users, "", Gap::Effect::may_add, {"unowned"});
    if (plan_.asks_audit_log && context_.audit_log.error)
      facts_.gap(*context_.audit_log.error, "", Gap::Effect::may_add);
    if (plan_.asks_group && groups) facts_.gap(*groups, "", Gap::Effect::may_add, {"ungrouped"});
  }

  static Found row_of(const Candidate& file) {
    Found found{file.path(), {}};
    found.fields.reserve(kFields.size());
    for (std::size_t i = 0; i < kFields.size(); ++i)
      found.fields.push_back(file.value(static_cast<Column>(i)));
    return found;
  }

  static bool is_wanted(const std::vector<Ask>& asks, const Candidate& file) {
    return std::any_of(asks.begin(), asks.end(), [&](const Ask& ask) { return ask.wants(file); });
  }

  /// A named path. A link stands for what it leads to: whoever opens the path gets that. The link
  /// itself is a row where that is asked for, or when it leads nowhere.
  void look_at(const std::string& asked) {
    const std::string path = normal_path(asked);
    if (!named_.insert(path).second) return;
    const auto own = root_.lstat(path);
    if (!own) {
      if (own.error().code != ErrorCode::not_found) gap(own.error());
      return;
    }
    judge(path, *own, path);
    if (own->type != FileType::symlink) return;
    const auto real = root_.resolve(path);
    const auto behind = real ? root_.lstat(*real) : Result<Stat>(fail(real.error()));
    if (behind)
      judge(path, *behind, *real);
    else if (behind.error().code != ErrorCode::not_found &&
             behind.error().code != ErrorCode::link_loop)
      gap(behind.error());
  }

  void judge(const std::string& path, const Stat& stat, const std::string& real) {
    const std::string_view name = base_name(path);
    const Candidate file{context_, parent_path(path), name, stat, nullptr, real};
    if (is_wanted(plan_.named, file)) found_.push_back(row_of(file));
  }

  std::vector<std::string> patterns(const std::string& with_braces) {
    auto plain = expand_braces(with_braces);
    if (plain.empty())
      gap({ErrorCode::limit, fmt::format("`{}` stands for too many patterns", with_braces), {}});
    return plain;
  }

  void expand(const std::string& pattern) {
    for (const std::string& plain : patterns(pattern)) {
      const Root::Glob matches = root_.glob(plain);
      for (const Error& error : matches.errors) gap(error);
      for (const std::string& path : matches.paths) look_at(path);
    }
  }

  void list(const std::string& directory) {
    const auto entries = root_.list(directory);
    if (!entries) {
      const ErrorCode code = entries.error().code;
      if (code != ErrorCode::not_found && code != ErrorCode::wrong_type) gap(entries.error());
      return;
    }
    for (const DirEntry& entry : *entries) look_at(join_path(normal_path(directory), entry.name));
  }

  /// The canonical directories to walk, none below another.
  std::vector<std::string> starts() {
    std::set<std::string> real;
    for (const std::string& asked : plan_.under)
      for (const std::string& plain : patterns(asked)) {
        auto canonical = root_.resolve(plain);
        if (!canonical) {
          if (canonical.error().code != ErrorCode::not_found) gap(canonical.error());
          continue;
        }
        if (*canonical != asked) context_.under_aliases.emplace_back(*canonical, asked);
        real.insert(std::move(*canonical));
      }
    std::vector<std::string> out;
    for (const std::string& path : real) {
      const bool is_covered = std::any_of(out.begin(), out.end(), [&](const std::string& start) {
        return start == "/" || path.starts_with(start + "/");
      });
      if (!is_covered) out.push_back(path);
    }
    return out;
  }

  void walk_all() {
    WalkOptions options{.starts = starts(), .jobs = jobs_};
    if (options.starts.empty()) return;
    if (!plan_.wants_all) options.types = 0;
    for (const Ask& ask : plan_.walked) options.types |= ask.where.types();
    std::vector<Worker> workers(jobs_);
    const std::size_t before = found_.size();
    const auto visit = [&](const WalkEntry& entry, unsigned worker) {
      Worker& mine = workers[worker];
      const Candidate file{context_, entry.directory, entry.name, entry.stat, &entry, {}};
      if (!is_wanted_of_walk(mine, file)) return;
      if (mine.found.size() <= kRows / jobs_ && !is_known(file, before))
        mine.found.push_back(row_of(file));
    };
    const WalkReport report = walk(root_, options, visit);
    for (const Error& error : report.errors) gap(error);
    for (Worker& mine : workers) {
      if (mine.found.size() > kRows / jobs_)
        gap({ErrorCode::limit, fmt::format("more than {} files to report", kRows), {}});
      std::move(mine.found.begin(), mine.found.end(), std::back_inserter(found_));
    }
  }

  bool is_wanted_of_walk(Worker& worker, const Candidate& file) const {
    if (plan_.wants_all) return true;
    if (file.name.empty()) return is_wanted(plan_.walked, file);
    if (worker.directory != file.directory) {
      worker.directory = file.directory;
      worker.asks.clear();
      for (const Ask& ask : plan_.walked)
        if (ask.where.hold_in_place(file)) worker.asks.push_back(&ask);
    }
    return std::any_of(worker.asks.begin(), worker.asks.end(),
                       [&](const Ask* ask) { return ask->wants_in_place(file); });
  }

  /// Whether a named path has given this very row already. A link that was named gave the row of
  /// what it leads to, so its own is still wanted.
  bool is_known(const Candidate& file, std::size_t before) const {
    if (before == 0) return false;
    const auto end = found_.begin() + static_cast<std::ptrdiff_t>(before);
    const std::string path = file.path();
    const auto same = std::lower_bound(
        found_.begin(), end, path,
        [](const Found& found, const std::string& text) { return found.path < text; });
    const Value type{std::string(name_of(file.stat.type))};
    return std::any_of(same, end, [&](const Found& found) {
      return found.path == path && found.fields[static_cast<std::size_t>(Column::type)] == type;
    });
  }

  /// All at once, when it is known which files matter: the lists of all packages are read once.
  void tell_packaged() {
    std::vector<Value*> values;
    std::vector<std::string> paths;
    for (Found& found : found_) {
      if (found.fields[static_cast<std::size_t>(Column::type)] != Value{std::string("file")})
        continue;
      values.push_back(&found.fields[static_cast<std::size_t>(Column::packaged)]);
      // A named path may lead through links; the walk gives canonical ones.
      paths.push_back(named_.contains(found.path) ? root_.resolve(found.path).value_or(found.path)
                                                  : found.path);
    }
    if (paths.empty()) return;
    const Packaged packaged = find_packaged(root_, paths);
    if (!packaged.has_database) return;
    // A list that was not read may name any file: the field does not apply to those not found.
    for (std::size_t i = 0; i < values.size(); ++i)
      if (packaged.is_packaged[i] || packaged.errors.empty())
        *values[i] = static_cast<bool>(packaged.is_packaged[i]);
    for (const Error& error : packaged.errors) {
      facts_.gap(error, "", Gap::Effect::may_override);
      facts_.gaps.back().fields = {kFields[static_cast<std::size_t>(Column::packaged)].name};
    }
  }

  const Root& root_;
  unsigned jobs_;
  Context context_;
  Plan plan_;
  std::set<std::string> named_;
  std::vector<Found> found_;
  Facts facts_;
};

Facts read_files(const Request& request) { return Reader(request).read(); }

}  // namespace

const std::array<Field, static_cast<std::size_t>(Column::count)> kFields = {{
    {"path", Type::text, "absolute path inside the root"},
    {"directory", Type::text, "the path without its last part"},
    {"name", Type::text, "the last part of the path"},
    {"under", Type::set, "every directory above it, from `/` down; ask with `contains`"},
    {"glob", Type::set, "the patterns that rules name here and that the path matches; `contains`"},
    {"type", Type::text,
     "file, directory, link, fifo, socket, character-device or block-device; a named path that is "
     "a link has the type of what it leads to"},
    {"mode", Type::mode,
     "permission bits with set-id and sticky; the group bits are an ACL's mask"},
    {"uid", Type::integer, "owner"},
    {"gid", Type::integer, "group"},
    {"user", Type::text, "owner by the root's own passwd, the number where it has no name"},
    {"group", Type::text, "group by the root's own group file, the number where it has no name"},
    {"size", Type::size, "bytes; of files, and of what a link says"},
    {"links", Type::integer, "hard links; not of directories"},
    {"setuid", Type::boolean, "runs with the owner's rights"},
    {"setgid", Type::boolean, "runs with the group's rights; a directory hands its group down"},
    {"sticky", Type::boolean, "only owners may delete what is in the directory"},
    {"group_writable", Type::boolean, "the group, or with an ACL somebody named in it, may write"},
    {"world_readable", Type::boolean, "everybody may read"},
    {"world_writable", Type::boolean, "everybody may write"},
    {"unowned", Type::boolean, "the owner is no user of the root"},
    {"ungrouped", Type::boolean, "the group is no group of the root"},
    {"has_acl", Type::boolean, "an access or default ACL says more than the mode"},
    {"capabilities", Type::set, "file capabilities, as `cap_net_raw=ep`; only where there are any"},
    {"target", Type::text, "what a link says; only of links and of named paths that are links"},
    {"home_of", Type::set, "the users who can log in whose home directory it is"},
    {"in_home_of", Type::set, "the users who can log in in whose home directory it lies directly"},
    {"home_owner", Type::boolean, "of those two: it belongs to one of these users"},
    {"home_group", Type::boolean, "of those two: its group is the primary group of one of them"},
    {"role", Type::set, "what it is to auditd, by auditd.conf; see the page"},
    {"packaged", Type::boolean, "of files: a package of dpkg has it in its list"},
}};

}  // namespace files

namespace {
constexpr std::array<std::string_view, 4> kFiles = {"/etc/passwd", "/etc/group",
                                                    "/etc/nsswitch.conf", "/etc/audit/auditd.conf"};
}  // namespace

extern const Probe file_probe;
const Probe file_probe{
    .name = "file",
    .group = "os",
    .summary = "type, permissions, owner, ACL and capability flags of files",
    .semantics = "inode(7), acl(5), capabilities(7), symlink(7), glob(7)",
    .shape = Shape::rows,
    .fields = files::kFields,
    .read = files::read_files,
    .files = kFiles,
};

}  // namespace plimsoll
