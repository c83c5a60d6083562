#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "plugins/os/dpkg-files/unpackaged.h"
#include "plugins/os/dpkg-files/verify.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace dpkg_files {
namespace {

enum class Column : std::size_t {
  path,
  state,
  package,
  conffile,
  expected,
  actual,
  packages,
  files,
  bytes,
  count
};

constexpr std::array<Field, static_cast<std::size_t>(Column::count)> kFields = {{
    {"path", Type::text, "where the file lies, or would: diversions are followed"},
    {"state", Type::text,
     "altered, missing, not-regular (a link, a directory, ... in place of a file), unpackaged (an "
     "executable that no package has brought); checked: the sum of all that was looked at"},
    {"package", Type::text, "the package whose file it is: `bash`, `libc6:amd64`"},
    {"conffile", Type::boolean, "a configuration file: its administrator may change it"},
    {"expected", Type::text, "the MD5 sum that the package gives"},
    {"actual", Type::text, "the MD5 sum of what is there, or what is there in place of a file"},
    {"packages", Type::integer, "of `checked`: packages whose files were looked at"},
    {"files", Type::integer, "of `checked`: paths that were looked at"},
    {"bytes", Type::size, "of `checked`: bytes that were read and summed up"},
}};

constexpr std::array<std::string_view, 7> kFiles = {"/var/lib/dpkg/status",
                                                    "/var/lib/dpkg/info/base-files.list",
                                                    "/var/lib/dpkg/info/base-files.md5sums",
                                                    "/var/lib/dpkg/diversions",
                                                    "/etc/dpkg/dpkg.cfg",
                                                    "/var/lib/dpkg/info/libc6:amd64.list",
                                                    "/var/lib/dpkg/info/libc6:amd64.md5sums"};

/// Whether a selection can be satisfied by such a row, as far as these two fields decide it.
bool accepts(const Selection& selection, State state, std::optional<bool> conffile) {
  const Value is_conffile = conffile ? Value{*conffile} : Value{};
  return std::all_of(selection.where.begin(), selection.where.end(), [&](const Predicate& one) {
    if (one.on != Predicate::On::field) return true;
    const auto column = static_cast<Column>(one.index);
    if (column == Column::state)
      return one.matcher.test(Value{std::string(name_of(state))}).value_or(true);
    return column != Column::conffile || one.matcher.test(is_conffile).value_or(true);
  });
}

bool is_wanted(const Request& request, State state, std::optional<bool> conffile) {
  const auto& all = request.selections;
  return all.empty() || std::any_of(all.begin(), all.end(), [&](const Selection& selection) {
           return accepts(selection, state, conffile);
         });
}

Depth depth_of(const Request& request, bool conffile) {
  if (is_wanted(request, State::altered, conffile) ||
      is_wanted(request, State::not_regular, conffile) || is_wanted(request, State::checked, {}))
    return Depth::content;
  return is_wanted(request, State::missing, conffile) ? Depth::presence : Depth::nothing;
}

/// A text that is empty does not apply.
Value text_or_nothing(std::string_view text) {
  return text.empty() ? Value{} : Value{std::string(text)};
}

class Reader {
 public:
  explicit Reader(const Request& request)
      : request_(request), depths_{depth_of(request, false), depth_of(request, true)} {}

  Facts read() {
    if (depths_.files != Depth::nothing || depths_.conffiles != Depth::nothing) verify_all();
    if (is_wanted(request_, State::unpackaged, {})) find_unpackaged();
    std::stable_sort(facts_.rows.begin(), facts_.rows.end(),
                     [](const Fact& a, const Fact& b) { return a.origin.file < b.origin.file; });
    return std::move(facts_);
  }

 private:
  // What was not read of the database may hold more files; a file that was not read may differ.
  void gap(Error error, std::string subject = {}) {
    if (!told_.insert(error.where.file + '\n' + error.what).second) return;  // both halves met it
    facts_.gap(std::move(error), std::move(subject), Gap::Effect::may_add);
  }

  void verify_all() {
    const Inventory inventory = read_inventory(request_.root);
    if (!inventory.has_database) return no_database();
    const Filters filters = read_filters(request_.root);
    for (const auto* errors : {&inventory.errors, &filters.errors})
      for (const Error& error : *errors) gap(error);
    Verified verified = verify(request_.root, inventory, filters, depths_, request_.jobs);
    for (Difference& difference : verified.differences) add(std::move(difference));
    for (Error& error : verified.errors) {
      std::string path = error.where.file;
      gap(std::move(error), std::move(path));
    }
    add_sum(inventory, verified);
  }

  void add(Difference difference) {
    const Listed& listed = *difference.listed;
    facts_.row({listed.path,
                std::string(name_of(difference.state)),
                std::string(listed.name),
                listed.is_conffile,
                text_or_nothing(listed.sum),
                text_or_nothing(difference.actual),
                {},
                {},
                {}},
               {listed.path, 0, 0});
  }

  void add_sum(const Inventory& inventory, const Verified& verified) {
    constexpr std::string_view kStatus = "/var/lib/dpkg/status";
    facts_.row({std::string(kStatus),
                std::string(name_of(State::checked)),
                {},
                {},
                {},
                {},
                static_cast<std::int64_t>(inventory.packages),
                static_cast<std::int64_t>(verified.files),
                static_cast<std::int64_t>(verified.bytes)},
               {std::string(kStatus), 0, 0});
  }

  void find_unpackaged() {
    Unpackaged found = find_unpackaged_programs(request_.root, request_.jobs);
    if (!found.has_database) return no_database();
    for (Error& error : found.errors) gap(std::move(error));
    for (std::string& path : found.paths)
      facts_.row({path, std::string(name_of(State::unpackaged)), {}, {}, {}, {}, {}, {}, {}},
                 {path, 0, 0});
  }

  void no_database() { facts_.not_applicable = "there is no dpkg database below /var/lib/dpkg"; }

  const Request& request_;
  Depths depths_;
  std::set<std::string> told_;
  Facts facts_;
};

Facts read_dpkg_files(const Request& request) { return Reader(request).read(); }

}  // namespace
}  // namespace dpkg_files

extern const Probe dpkg_files_probe;
const Probe dpkg_files_probe{
    .name = "dpkg-files",
    .group = "os",
    .summary = "files of installed packages that are not as the packages left them",
    .semantics = "dpkg(1) --verify, dpkg-divert(1), dpkg.cfg(5), deb-md5sums(5), deb-conffiles(5)",
    .shape = Shape::rows,
    .fields = dpkg_files::kFields,
    .read = dpkg_files::read_dpkg_files,
    .files = dpkg_files::kFiles,
};

}  // namespace plimsoll
