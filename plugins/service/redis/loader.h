#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/redis/configuration.h"
#include "scanner/root/root.h"

namespace plimsoll::redis {

/// A line of the command line, in words: `--port 0` is `port`, `0`.
struct OptionLine {
  std::vector<std::string> words;
  Origin origin;
};

/// Who reads.
struct Reading {
  const Root& root;
  /// Of a source tree: no server is known, so what no version has is no mistake, relative paths lie
  /// beside the document, and what is not in the tree may be elsewhere.
  bool is_document = false;
};

/// Reads a file with what it includes, and after it the command line, into `out`, whose version and
/// directory say where it begins. `path` may be empty: there is no file.
void load_files(const Reading& reading, const std::string& path,
                const std::vector<OptionLine>& options, Configuration& out);
/// The same with the text of a document.
void load_document(const Reading& reading, const std::string& path, std::string_view text,
                   Configuration& out);

}  // namespace plimsoll::redis
