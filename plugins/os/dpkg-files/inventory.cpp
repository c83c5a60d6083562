#include "plugins/os/dpkg-files/inventory.h"

#include <fmt/format.h>

#include <unordered_map>

namespace plimsoll::dpkg_files {
namespace {

constexpr std::size_t kMostFiles = 4000000;
constexpr std::size_t kSumSize = 32;

class Reader {
 public:
  explicit Reader(const Root& root) : info_(root), diversions_(DpkgDiversions::read(root)) {
    out_.status = read_dpkg_status(root);
  }

  Inventory read() {
    out_.has_database = out_.status.present;
    if (!out_.has_database) return std::move(out_);
    out_.errors = std::move(out_.status.errors);
    if (info_.error()) out_.errors.push_back(*info_.error());
    if (!diversions_) out_.errors.push_back(diversions_.error());
    for (const DpkgPackage& package : out_.status.packages) {
      if (package.status == "not-installed") continue;
      add(package);
      if (out_.files.size() <= kMostFiles) continue;
      out_.errors.push_back(
          {ErrorCode::limit, fmt::format("the packages list more than {} files", kMostFiles), {}});
      break;
    }
    if (out_.packages == 0)
      out_.errors.push_back({ErrorCode::not_found,
                             "no package is installed by this database",
                             {"/var/lib/dpkg/status"}});
    return std::move(out_);
  }

 private:
  using Sums = std::unordered_map<std::string, std::string_view>;

  void add(const DpkgPackage& package) {
    ++out_.packages;
    out_.texts.push_back(full_name(package));
    const std::string_view name = out_.texts.back();
    const Sums sums = read_sums(package, name);
    if (has_sums_only(package)) return;
    const auto conffiles = conffiles_of(package);
    const auto text = info_.read(package, "list");
    const std::string file = info_.path_of(package, "list");
    if (!text || !*text) {
      if (text || package.is_unpacked())
        out_.errors.push_back(text ? text->error() : missing_list(file));
      return;
    }
    const auto wrong = each_listed(**text, file, [&](std::string_view line) {
      const std::string path = dpkg_path(line);
      Listed listed = place(path, package, name);
      const auto conffile = conffiles.find(path);
      const auto sum = sums.find(path);
      listed.is_conffile = conffile != conffiles.end();
      if (sum != sums.end())
        listed.sum = sum->second;
      else if (listed.is_conffile && conffile->second.size() == kSumSize)
        listed.sum = conffile->second;
      out_.files.push_back(std::move(listed));
    });
    if (wrong) out_.errors.push_back(*wrong);
  }

  Listed place(std::string_view path, const DpkgPackage& package, std::string_view name) const {
    if (diversions_) path = diversions_->place_of(path, package.name);
    return {std::string(path), {}, name, false};
  }

  /// The sums by path; files of a package that has nothing else are listed by them.
  Sums read_sums(const DpkgPackage& package, std::string_view name) {
    Sums sums;
    auto text = info_.read(package, "md5sums");
    if (!text) return sums;  // files that then have no sum are reported one by one
    if (!*text) {
      out_.errors.push_back(text->error());
      return sums;
    }
    out_.texts.push_back(std::move(**text));
    const auto wrong = each_sum(out_.texts.back(), info_.path_of(package, "md5sums"),
                                [&](std::string_view sum, std::string_view line) {
                                  std::string path = dpkg_path(line);
                                  if (has_sums_only(package)) {
                                    Listed listed = place(path, package, name);
                                    listed.sum = sum;
                                    out_.files.push_back(std::move(listed));
                                  }
                                  sums.insert_or_assign(std::move(path), sum);
                                });
    if (wrong) out_.errors.push_back(*wrong);
    return sums;
  }

  DpkgInfo info_;
  Result<DpkgDiversions> diversions_;
  Inventory out_;
};

}  // namespace

Inventory read_inventory(const Root& root) { return Reader(root).read(); }

}  // namespace plimsoll::dpkg_files
