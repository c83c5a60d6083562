// Who gets at what.
#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/nginx/addresses.h"
#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// What follows the prefix of the location is put behind the alias: after `/files` that may be
/// `../`, which the slash at the end of the alias lets out of the directory.
void look_at_alias(Analysis& analysis, const Block& block, const Directive& alias) {
  const Block* place = block.within(kLocation);
  if (place == nullptr || place->at == nullptr) return;
  const Location location = location_of(*place->at);
  if (location.is_regex() || location.modifier == "=" || location.name.starts_with('@')) return;
  if (location.name.ends_with('/')) return;
  // Without the slash it is files beside the directory whose names begin like its own.
  const bool is_open = alias.arg(0).ends_with('/');
  analysis.tell(is_open ? "@alias_traversal" : "@alias_prefix", block, alias,
                fmt::format("location {} with alias {}", location.name, alias.arg(0)));
}

bool is_everybody(std::string_view who) {
  return who == "all" || who == "0.0.0.0/0" || who == "::/0";
}

/// ngx_http_access_module: who matches no rule may come in.
void look_at_rules(Analysis& analysis, const Block& block) {
  const Lines& allowed = block.lines("allow");
  const Lines& denied = block.lines("deny");
  const auto names_all = [](const Lines& lines) {
    return std::any_of(lines.begin(), lines.end(),
                       [](const Directive* one) { return is_everybody(one->arg(0)); });
  };
  if (allowed.empty() || names_all(allowed) || names_all(denied)) return;
  analysis.tell("@allow_without_deny", block, *allowed.front(),
                fmt::format("allow {} and no deny all", allowed.front()->arg(0)));
}

bool listens_to_itself(const Analysis& analysis, const Block& block) {
  const Server* server = analysis.config.server_of(block);
  return server != nullptr && !server->listens.empty() &&
         std::all_of(server->listens.begin(), server->listens.end(),
                     [](const Listen& one) { return is_loopback(one.address); });
}

/// ngx_http_dav_module, ngx_http_stub_status_module.
void look_at_handlers(Analysis& analysis, const Block& block) {
  for (const std::string_view name : {"stub_status", "dav_methods"})
    for (const Directive* one : block.lines(name)) {
      if (name == "dav_methods" && one->arg(0) == "off") continue;
      if (is_guarded(block) || listens_to_itself(analysis, block)) continue;
      analysis.tell(name == "stub_status" ? "@open_status" : "@open_dav", block, *one,
                    name == "stub_status" ? "for everybody" : one->text());
    }
}

void look_at_password(Analysis& analysis, const Block& block) {
  const Directive* one = block.line("auth_basic");
  if (one == nullptr || one->arg(0) == "off") return;
  const Server* server = analysis.config.server_of(block);
  if (server == nullptr || listens_to_itself(analysis, block)) return;
  if (server->has_plain() && !server->listens.empty())
    analysis.tell("@password_in_clear", block, *one, one->text());
}

/// crypt(3) as ngx_crypt has it: `{PLAIN}`, `{SHA}`, `{SSHA}`, `$apr1$`, else the library.
std::string_view weak_scheme(std::string_view hash) {
  for (const std::string_view strong : {"$2", "$y$", "$gy$", "$7$", "$6$", "$5$"})
    if (hash.starts_with(strong)) return {};
  if (hash.starts_with("{PLAIN}")) return "no hash";
  if (hash.starts_with("{SSHA}") || hash.starts_with("{SHA}")) return "SHA-1";
  if (hash.starts_with("$apr1$") || hash.starts_with("$1$")) return "MD5";
  return "DES";
}

void look_at_password_file(Analysis& analysis, const Block& block) {
  const Directive* one = block.line("auth_basic_user_file");
  if (one == nullptr || one->arg(0).find('$') != std::string_view::npos) return;
  const std::string& from = analysis.config.tree.files.front();
  const std::string path = join_path(parent_path(from), one->arg(0));
  const auto text = analysis.root.read(path);
  if (!text) return;
  for (const Line& line : lines(*text)) {
    const std::size_t colon = line.text.find(':');
    if (line.text.starts_with('#') || colon == std::string_view::npos) continue;
    const std::string_view hash = line.text.substr(colon + 1);
    const std::string_view scheme = weak_scheme(trim(hash.substr(0, hash.find(':'))));
    if (!scheme.empty())
      return analysis.tell("@weak_password_hash", block, *one,
                           fmt::format("{}: {}", one->arg(0), scheme));
  }
}

void look_at_trust(Analysis& analysis, const Block& block) {
  for (const Directive* one : block.lines("set_real_ip_from"))
    if (one->arg(0).ends_with("/0")) analysis.tell("@real_ip_any", block, *one, one->text());
  for (const Directive* one : block.lines("valid_referers"))
    if (std::find(one->args.begin(), one->args.end(), "none") != one->args.end())
      analysis.tell("@referers_none", block, *one, one->text());
  for (const Directive* one : block.lines("resolver"))
    for (const std::string& who : one->args)
      if (who.find('=') == std::string::npos && who.find('$') == std::string::npos &&
          !is_private(who))
        return analysis.tell("@public_resolver", block, *one, one->text());
}

}  // namespace

void look_at_access(Analysis& analysis, const Block& block) {
  for (const Directive* alias : block.lines("alias")) look_at_alias(analysis, block, *alias);
  look_at_rules(analysis, block);
  look_at_handlers(analysis, block);
  look_at_password(analysis, block);
  look_at_password_file(analysis, block);
  look_at_trust(analysis, block);
}

}  // namespace plimsoll::nginx
