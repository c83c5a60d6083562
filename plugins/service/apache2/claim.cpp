#include "plugins/service/apache2/claim.h"

#include "plugins/service/apache2/directives.h"
#include "plugins/service/apache2/syntax.h"
#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::apache2 {
namespace {

/// Sections that begin a line of nearly every configuration; ProFTPD has some of them, too.
constexpr std::string_view kSections =
    "<virtualhost <directory <directorymatch <location <locationmatch <files <filesmatch <proxy "
    "<proxymatch";
/// Words of ProFTPD at the start of a line.
constexpr std::string_view kForeign =
    "servertype defaultroot passiveports requirevalidshell <anonymous maxinstances allowoverwrite "
    "useftpusers authorder";
/// Directives that no other format has.
constexpr std::string_view kOwn =
    "loadmodule serverroot documentroot serveradmin servertokens serversignature traceenable "
    "allowoverride rewriteengine rewriterule customlog sslengine sslprotocol sslciphersuite "
    "proxypass wsgiscriptalias";

}  // namespace

bool is_main(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == "httpd.conf" || name == "apache2.conf";
}

bool is_named_so(std::string_view path) {
  return path.ends_with(".conf") || path.ends_with(".vhost") ||
         path.find("/sites-available/") != std::string_view::npos ||
         path.find("/sites-enabled/") != std::string_view::npos;
}

bool looks_so(const Document& document) {
  std::size_t sections = 0, own = 0;
  for (const Line& line : lines(document.text)) {
    const std::string_view text = trim(line.text);
    if (text.empty() || text.front() == '#') continue;
    const std::string word = lower(text.substr(0, text.find_first_of(" \t>")));
    if (word.size() > 30) continue;
    if (is_one_of(word, kForeign)) return false;
    // A line of nginx ends in a sign that no line here ends in.
    if (text.ends_with(';') || text.ends_with('{')) return false;
    if (is_one_of(word, kSections)) ++sections;
    if (is_one_of(word, kOwn)) ++own;
  }
  return sections > 0 || own > (is_main(document.path) ? 0U : 1U);
}

}  // namespace plimsoll::apache2
