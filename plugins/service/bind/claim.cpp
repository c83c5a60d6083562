#include "plugins/service/bind/claim.h"

#include "plugins/service/bind/lexer.h"
#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::bind {
namespace {

/// Statements that stand outside of all blocks.
constexpr std::string_view kStatements =
    "acl controls dnssec-policy http logging masters options parental-agents primaries "
    "remote-servers key-store statistics-channels tls view dlz dyndb key managed-keys plugin "
    "server trust-anchors trusted-keys zone include";
/// Of these other formats with braces have none in this form: a name in quotes and a brace.
constexpr std::string_view kOwn =
    "options zone acl view controls logging statistics-channels primaries masters trust-anchors "
    "managed-keys key dnssec-policy";

}  // namespace

bool is_named_so(std::string_view path) {
  const std::string_view name = base_name(path);
  if (name.find("named.conf") != std::string_view::npos) return true;
  if (!name.ends_with(".conf") && !name.ends_with(".zones") && !name.ends_with(".options") &&
      !name.ends_with(".local"))
    return false;
  return name.starts_with("named") || name.starts_with("bind") ||
         path.find("/bind/") != std::string_view::npos ||
         path.find("/bind9/") != std::string_view::npos ||
         path.find("/named/") != std::string_view::npos;
}

bool looks_so(const Document& document) {
  constexpr std::size_t kMostStatements = 20;
  std::vector<std::uint32_t> begun;
  Lexer lexer(begun);
  lexer.open(0, document.text);
  std::size_t own = 0;
  for (std::size_t count = 0; count < kMostStatements; ++count) {
    const Token word = lexer.take(Want::words);
    if (word.kind == Token::Kind::end) break;
    const std::string name = lower(word.text);
    if (!word.is_text() || !is_one_of(name, kStatements)) return false;
    if (is_one_of(name, kOwn)) ++own;
    // Up to the semicolon behind the last brace.
    for (std::size_t depth = 0;;) {
      const Token token = lexer.take(Want::strings);
      if (token.kind == Token::Kind::end || token.kind == Token::Kind::bad) return own > 0;
      if (token.is('{')) ++depth;
      if (token.is('}') && depth-- == 0) return false;
      if (token.is(';') && depth == 0) break;
    }
  }
  return own > 0;
}

}  // namespace plimsoll::bind
