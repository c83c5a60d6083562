#include "scanner/probe/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "scanner/probe/together.h"
#include "scanner/root/ignore_rules.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostDocuments = 1U << 20U;
constexpr std::size_t kDeepest = 128;

/// One directory after the other, entries by name. What is ignored is not even opened.
class Search {
 public:
  Search(const Root& root, std::span<const Probe* const> probes) : root_(root), probes_(probes) {}

  DocumentList run() {
    descend("/", 0);
    std::sort(out_.paths.begin(), out_.paths.end());
    return std::move(out_);
  }

 private:
  void descend(const std::string& directory, std::size_t depth) {
    const auto entries = root_.list(directory);
    if (!entries) {
      out_.errors.push_back(entries.error());
      return;
    }
    const std::size_t before = ignore_.size();
    for (const DirEntry& entry : *entries)
      if (entry.name == ".gitignore" || entry.name == ".plimsollignore")
        add_ignore(directory, entry.name);
    for (const DirEntry& entry : *entries) look_at(directory, entry, depth);
    ignore_.truncate(before);
  }

  void add_ignore(const std::string& directory, const std::string& name) {
    // A link in its place is not read: neither does git.
    const std::string path = join_path(directory, name);
    const auto there = root_.lstat(path);
    if (!there || there->type != FileType::regular) return;
    const auto text = root_.read(path);
    if (text)
      ignore_.add(directory, *text);
    else
      out_.errors.push_back(text.error());
  }

  void look_at(const std::string& directory, const DirEntry& entry, std::size_t depth) {
    std::string path = join_path(directory, entry.name);
    const FileType type = type_of(path, entry);
    const bool is_directory = type == FileType::directory;
    if (!is_directory && type != FileType::regular) return;
    if (is_directory ? entry.name == ".git" : !is_claimed(path)) return;
    if (ignore_.ignores(path, is_directory)) return;
    if (is_directory && depth < kDeepest) return descend(path, depth + 1);
    if (is_directory)
      out_.errors.push_back(
          {ErrorCode::limit, fmt::format("more than {} directories deep", kDeepest), {path}});
    else if (out_.paths.size() < kMostDocuments)
      out_.paths.push_back(std::move(path));
    else if (out_.paths.size() == kMostDocuments && !full_)
      full_ = true,
      out_.errors.push_back(
          {ErrorCode::limit, fmt::format("more than {} documents", kMostDocuments), {path}});
  }

  /// Some file systems do not tell it while listing. A link to a file in the tree that is not found
  /// by its own name is that file; a link to a directory is not followed.
  [[nodiscard]] FileType type_of(const std::string& path, const DirEntry& entry) const {
    FileType type = entry.type;
    if (type == FileType::unknown)
      if (const auto there = root_.lstat(path)) type = there->type;
    if (type != FileType::symlink || !is_claimed(path)) return type;
    const auto target = root_.resolve(path);
    const auto behind = root_.stat(path);
    const bool is_file = target && behind && behind->type == FileType::regular;
    return is_file && !is_claimed(*target) ? FileType::regular : type;
  }

  [[nodiscard]] bool is_claimed(const std::string& path) const {
    return std::any_of(probes_.begin(), probes_.end(),
                       [&](const Probe* probe) { return probe->documents.by_name(path); });
  }

  const Root& root_;
  std::span<const Probe* const> probes_;
  IgnoreRules ignore_;
  DocumentList out_;
  bool full_ = false;
};

/// What one probe keeps of the documents that one worker read.
struct Kept {
  std::vector<DocumentNotes> notes;
  std::vector<Error> errors;  ///< the first document that has a gap

  void keep(const std::string& path, const NoteDesk& desk, const Facts& facts) {
    if (desk.notes != nullptr) notes.push_back({path, desk.notes});
    if (!facts.gaps.empty() && errors.empty()) errors.push_back(facts.gaps.front().error);
  }
};

/// What all documents together tell. What is wanting because a document, or a directory (`errors`),
/// could not be read may still be there.
void tell_of_all(const Probe& probe, const Request& request, std::span<Kept> parts,
                 std::vector<Error> errors, const Together::Sink& sink) {
  std::vector<DocumentNotes> all;
  for (Kept& part : parts) {
    std::move(part.notes.begin(), part.notes.end(), std::back_inserter(all));
    errors.insert(errors.end(), part.errors.begin(), part.errors.end());
  }
  if (all.empty()) return;
  std::sort(all.begin(), all.end(),
            [](const DocumentNotes& a, const DocumentNotes& b) { return a.path < b.path; });
  const auto first =
      std::min_element(errors.begin(), errors.end(),
                       [](const Error& a, const Error& b) { return a.where.file < b.where.file; });
  probe.documents.together->tell(request, all, [&](Facts facts) {
    if (first != errors.end()) facts.gap(*first);
    sink(std::move(facts));
  });
}

Facts unreadable(const Error& error) {
  Facts facts;
  facts.gap(error);
  return facts;
}

}  // namespace

DocumentList find_documents(const Root& root, std::span<const Probe* const> probes) {
  // What lies in an image is not source: nothing is built or deployed from it.
  if (root.image() != nullptr) return {};
  if (!root.only_file().empty()) return {{root.only_file()}, {}};
  return Search(root, probes).run();
}

void visit_documents(const Root& root, const DocumentList& documents, const Wanted& wanted,
                     const std::map<std::string, std::string, std::less<>>& context, unsigned jobs,
                     const DocumentVisitor& visit) {
  std::atomic<std::size_t> next{0};
  const std::size_t workers =
      std::clamp<std::size_t>(documents.paths.size(), 1, std::max(jobs, 1U));
  std::map<const Probe*, std::vector<Kept>> kept;
  std::map<const Probe*, std::shared_ptr<const void>> surveys;
  for (const auto& [probe, selections] : wanted) {
    if (probe->documents.together != nullptr) kept[probe].resize(workers);
    if (probe->documents.survey != nullptr)
      surveys[probe] = probe->documents.survey(root, documents.paths);
  }
  const auto look_at = [&](const std::string& path, unsigned worker) {
    const auto text = root.read_once(path);
    const Document document{path, text ? std::string_view(*text) : std::string_view()};
    std::vector<DocumentFacts> found;
    for (const auto& [probe, selections] : wanted) {
      const DocumentClaim& claim = probe->documents;
      const bool asked_for = path == root.only_file() && claim.by_text != nullptr;
      if (!asked_for && !claim.by_name(path)) continue;
      NoteDesk desk;
      const auto survey = surveys.find(probe);
      const Request request{
          root,    context,   selections, 1,
          nullptr, &document, &desk,      survey == surveys.end() ? nullptr : survey->second.get()};
      if (!text)
        found.push_back({probe, unreadable(text.error())});
      else if (claim.by_text == nullptr || claim.by_text(document))
        found.push_back({probe, probe->run(request)});
      else
        continue;
      if (const auto mine = kept.find(probe); mine != kept.end())
        mine->second[worker].keep(path, desk, found.back().facts);
    }
    if (!found.empty()) visit(document, found, worker);
  };
  const auto work = [&](unsigned worker) {
    for (std::size_t i = next++; i < documents.paths.size(); i = next++)
      look_at(documents.paths[i], worker);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work, i);
  work(0);
  for (std::thread& thread : threads) thread.join();
  for (auto& [probe, parts] : kept)
    tell_of_all(*probe, {root, context, wanted.at(probe), jobs}, parts, documents.errors,
                [&, about = probe](Facts facts) {
                  const std::array<DocumentFacts, 1> all = {{{about, std::move(facts)}}};
                  visit({}, all, 0);
                });
}

Facts Probe::run(Request request) const {
  request.self = self;
  if (!reads_documents_of(request.root) || request.document != nullptr) return read(request);
  Facts all;
  const std::array<const Probe*, 1> probes = {this};
  const DocumentList found = find_documents(request.root, probes);
  for (const Error& error : found.errors) all.gap(error, {}, Gap::Effect::may_add);
  const Wanted wanted = {{this, {request.selections.begin(), request.selections.end()}}};
  bool any = false;
  std::string idle;
  visit_documents(request.root, found, wanted, request.context, 1,
                  [&](const Document& document, std::span<const DocumentFacts> here, unsigned) {
                    any = true;
                    const Facts& facts = here.front().facts;
                    if (idle.empty()) idle = facts.not_applicable;
                    all.rows.insert(all.rows.end(), facts.rows.begin(), facts.rows.end());
                    // What was said of a document is not said again of all together.
                    for (const Gap& gap : facts.gaps)
                      if (!document.path.empty() || gap.error.where.file.empty())
                        all.gaps.push_back(gap);
                  });
  if (all.rows.empty() && all.gaps.empty()) all.not_applicable = idle;
  if (!any && found.errors.empty())
    all.not_applicable = fmt::format("the tree has no {}", documents.called);
  return all;
}

}  // namespace plimsoll
