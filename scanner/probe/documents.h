#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scanner/probe/collect.h"

namespace plimsoll {

/// Files of a tree that some probe of documents may claim, found by name alone.
struct DocumentList {
  std::vector<std::string> paths;  ///< sorted
  std::vector<Error> errors;       ///< directories that could not be read, caps reached
};

/// Looks through the whole tree below the root. Links to directories are not followed; `.git` and
/// what .gitignore and .plimsollignore exclude (gitignore(5)) is passed over, unless an ignored
/// file was named itself.
DocumentList find_documents(const Root& root, std::span<const Probe* const> probes);

/// What one probe found in a document.
struct DocumentFacts {
  const Probe* probe = nullptr;
  Facts facts;
};

/// One document with the facts of every probe that claims it (at least one). `worker` is below
/// `jobs` and tells threads apart; each worker sees paths in ascending order.
using DocumentVisitor = std::function<void(const Document& document,
                                           std::span<const DocumentFacts> facts, unsigned worker)>;

/// Reads every document once, on up to `jobs` threads, and hands its facts to `visit`. A file that
/// could not be read yields facts with a gap to each probe that claims its name. At the end, on the
/// thread of the caller and with an empty document, the facts of each probe that has
/// a Together (scanner/probe/together.h). `wanted` has probes of documents only.
void visit_documents(const Root& root, const DocumentList& documents, const Wanted& wanted,
                     const std::map<std::string, std::string, std::less<>>& context, unsigned jobs,
                     const DocumentVisitor& visit);

}  // namespace plimsoll
