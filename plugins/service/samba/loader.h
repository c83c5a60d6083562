#pragma once

#include <string>
#include <string_view>

#include "plugins/service/samba/configuration.h"
#include "scanner/root/root.h"

namespace plimsoll::samba {

/// Who reads.
struct Reading {
  const Root& root;
  /// Of a source tree: relative paths lie beside the document, and what is not in the tree may be
  /// elsewhere.
  bool is_document = false;
};

/// Reads a file with what it includes into `out`, which has been begun.
void load_file(const Reading& reading, const std::string& path, Configuration& out);
/// The same with the text of a document.
void load_document(const Reading& reading, const std::string& path, std::string_view text,
                   Configuration& out);

}  // namespace plimsoll::samba
