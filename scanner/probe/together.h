#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// What a probe of documents kept of one of them.
struct DocumentNotes {
  std::string path;
  std::shared_ptr<const void> notes;
};

/// DocumentClaim::together of a probe that also tells what only all documents of a tree together
/// show (a service and the pods it selects, which may lie in several files).
struct Together {
  using Sink = std::function<void(Facts facts)>;
  /// Called once, after all documents have been read, with the notes sorted by path. The facts
  /// that it hands over carry their own origins; each lot is judged like one more document, so a
  /// rule on such a probe had better not take an absent key for drift.
  void (*tell)(const Request& request, std::span<const DocumentNotes> notes,
               const Sink& sink) = nullptr;
};

/// What such a probe leaves of one document, to have it again in `tell`. Request::desk is null when
/// nobody will ask for it.
struct NoteDesk {
  std::shared_ptr<const void> notes;
};

}  // namespace plimsoll
