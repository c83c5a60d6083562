// How requests are answered: `if`, redirects, PHP.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// In a location, `return` and a rewrite that ends it are all that an `if` can do safely: whatever
/// else stands in it makes a location of its own that inherits by half.
bool is_safe_in_if(const Directive& one) {
  return one.name == "return" ||
         (one.name == "rewrite" && is_one_of(one.arg(2), "last redirect permanent"));
}

void look_at_if(Analysis& analysis, const Block& block) {
  if (block.level != kLocationIf || block.at == nullptr) return;
  for (const Directive* one : block.order)
    if (!is_safe_in_if(*one))
      return analysis.tell("@if_is_evil", block, *one,
                           fmt::format("{} in if {}", one->name, block.at->text()));
}

/// The target of an answer that sends elsewhere, or nothing.
std::string_view redirect_target(const Directive& one) {
  if (one.name == "return") {
    if (one.args.size() == 1) return one.arg(0);
    return is_one_of(one.arg(0), "301 302 303 307 308") ? one.arg(1) : std::string_view();
  }
  const std::string_view to = one.arg(1);
  const bool is_answer = to.starts_with("http://") || to.starts_with("https://") ||
                         to.starts_with("$scheme") || is_one_of(one.arg(2), "redirect permanent");
  return one.arg(2).empty() && !is_answer ? std::string_view()
         : is_answer                      ? to
                                          : std::string_view();
}

void look_at_redirects(Analysis& analysis, const Block& block) {
  for (const std::string_view name : {"return", "rewrite"})
    for (const Directive* one : block.lines(name)) {
      const std::string_view to = redirect_target(*one);
      if (to.empty()) continue;
      if (istarts_with(to, "http://"))
        analysis.tell("@insecure_redirect", block, *one, one->text());
      const Server* server = analysis.config.server_of(block);
      if (name == "rewrite" && !istarts_with(to, "http") && server != nullptr &&
          server->has_plain() && !server->listens.empty())
        analysis.tell("@redirect_keeps_scheme", block, *one, one->text());
      const std::size_t scheme = to.find("://");
      if (scheme == std::string_view::npos) continue;
      const std::string_view host =
          to.substr(scheme + 3, to.find_first_of("/?", scheme + 3) - scheme - 3);
      if (host.find("$http_host") != std::string_view::npos ||
          host.find("${http_host}") != std::string_view::npos)
        analysis.tell("@host_in_redirect", block, *one, one->text());
    }
}

bool accepts(const Location& location, std::string_view uri) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  options.set_case_sensitive(location.modifier == "~");
  const re2::RE2 compiled(location.name, options);
  return compiled.ok() &&
         re2::RE2::PartialMatch(re2::StringPiece(uri.data(), uri.size()), compiled);
}

bool checks_file(const Block& block) {
  if (!block.lines("try_files").empty()) return true;
  return std::any_of(block.children.begin(), block.children.end(), [](const Block* child) {
    const std::string text = child->at->text();
    return child->at->name == "if" &&
           (text.find("!-f") != std::string::npos || text.find("!-e") != std::string::npos);
  });
}

/// PHP walks up a path to find a script (cgi.fix_pathinfo): `/upload/a.jpg/x.php` runs the picture.
void look_at_php(Analysis& analysis, const Block& block) {
  const Directive* pass = block.line("fastcgi_pass");
  if (pass != nullptr && block.at != nullptr && block.level == kLocation) {
    const Location location = location_of(*block.at);
    if (location.is_regex() && location.name.find("php") != std::string::npos &&
        accepts(location, "/upload/a.jpg/x.php") && !checks_file(block))
      analysis.tell("@php_any_file", block, *pass, fmt::format("location {}", block.at->text()));
  }
  for (const Directive* one : block.lines("fastcgi_param")) {
    if (one->arg(0) != "SCRIPT_FILENAME") continue;
    for (const Part& part : parts_of(one->arg(1))) {
      if (!part.is_variable ||
          is_one_of(
              part.text,
              "document_root realpath_root fastcgi_script_name uri document_uri request_filename"))
        continue;
      const Content& content = analysis.values.of(part.text, block);
      if (has(content.bytes, '/') && has(content.bytes, '.') && !content.begins_with_slash)
        analysis.tell("@php_foreign_script", block, *one, one->text());
    }
  }
}

void look_at_privileges(Analysis& analysis, const Block& block) {
  if (block.level != kMain) return;
  const Directive* user = block.line("user");
  if (user != nullptr && (user->arg(0) == "root" || user->arg(0) == "0"))
    analysis.tell("@root_worker", block, *user, user->text());
  const Directive* pid = block.line("pid");
  if (pid != nullptr && (pid->arg(0).starts_with("/tmp/") || pid->arg(0).starts_with("/var/tmp/")))
    analysis.tell("@pid_anybody", block, *pid, pid->text());
}

}  // namespace

void look_at_handling(Analysis& analysis, const Block& block) {
  look_at_if(analysis, block);
  look_at_redirects(analysis, block);
  look_at_php(analysis, block);
  look_at_privileges(analysis, block);
}

}  // namespace plimsoll::nginx
