#include "plugins/service/nginx/claim.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::nginx {
namespace {

/// Blocks at the left edge of a file that is one, or a part of one.
constexpr std::string_view kBlocks =
    "server http upstream location events map geo limit_except if split_clients types";
/// Simple directives that begin a line of nearly every configuration; other formats with braces
/// (HOCON, BIND, nftables) have none of them with a `;` at the end.
constexpr std::string_view kSimple =
    "listen server_name root alias proxy_pass proxy_set_header add_header return rewrite index "
    "server worker_connections worker_processes include access_log error_log fastcgi_pass "
    "try_files default set allow deny ssl_certificate ssl_protocols internal keepalive uwsgi_pass "
    "resolver proxy_redirect valid_referers expires default_type server_tokens autoindex";

std::string_view first_word(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  line.remove_prefix(start);
  return line.substr(0, line.find_first_of(" \t{;\r"));
}

}  // namespace

bool is_named_so(std::string_view path) {
  if (path.ends_with(".conf") || path.ends_with(".vhost") || path.ends_with(".nginx")) return true;
  return path.find("/sites-available/") != std::string_view::npos ||
         path.find("/sites-enabled/") != std::string_view::npos;
}

bool looks_so(const Document& document) {
  const std::string_view text = document.text;
  if (base_name(document.path) == "nginx.conf") return true;
  if (text.find('{') == std::string_view::npos || text.find(';') == std::string_view::npos)
    return false;
  bool has_block = false, has_simple = false;
  for (const Line& line : lines(text)) {
    const std::string_view word = first_word(line.text);
    if (word.empty() || word.front() == '#') continue;
    // The signs are looked for first: few lines of other formats have them.
    const bool may_open =
        line.text.find('{') != std::string_view::npos || trim_right(line.text).ends_with(word);
    if (!has_block && may_open) has_block = is_one_of(word, kBlocks);
    if (!has_simple && line.text.find(';') != std::string_view::npos)
      has_simple = is_one_of(word, kSimple);
    if (has_block && has_simple) return true;
  }
  return false;
}

}  // namespace plimsoll::nginx
