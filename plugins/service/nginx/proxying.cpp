// Where requests are handed on to, and with which headers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/nginx/addresses.h"
#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kMostSpellings = 16;
constexpr std::size_t kDeepestSet = 6;

/// A piece of a URL: text, or what a variable may hold.
struct Piece {
  std::string text;
  Content content;
  bool is_variable = false;
};
using Pieces = std::vector<Piece>;

/// All that a text can be once variables that are `set` are replaced.
class Spellings {
 public:
  Spellings(Analysis& analysis, const Block& block) : values_(analysis.values), block_(block) {}

  std::vector<Pieces> of(std::string_view text, std::size_t depth = 0) {
    std::vector<Pieces> out(1);
    for (const Part& part : parts_of(text)) {
      const Lines& sets = part.is_variable ? values_.sets(part.text, block_) : none_;
      if (sets.empty() || depth == kDeepestSet) {
        const Piece piece{std::string(part.text),
                          part.is_variable ? values_.of(part.text, block_) : Content(),
                          part.is_variable};
        for (Pieces& one : out) one.push_back(piece);
        continue;
      }
      std::vector<Pieces> next;
      for (const Directive* set : sets)
        for (const Pieces& tail : of(set->arg(1), depth + 1))
          for (const Pieces& head : out) {
            if (next.size() == kMostSpellings) break;
            next.push_back(head);
            next.back().insert(next.back().end(), tail.begin(), tail.end());
          }
      out = std::move(next);
    }
    return out;
  }

 private:
  Values& values_;
  const Block& block_;
  const Lines none_;
};

/// Whether what follows on the host part pins the name that a client may write into it.
bool is_pinned(const Pieces& url, std::size_t at) {
  if ((url[at].content.bytes & bytes_of("/?#:@\\")).any()) return false;
  if (at + 1 == url.size() || url[at + 1].is_variable) return false;
  const std::string_view rest = url[at + 1].text;
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#:"));
  return host.starts_with('.') && host.size() > 1;
}

/// The variable through which a client chooses scheme or host; empty: there is none.
std::string chosen_by(const Pieces& url) {
  bool is_host = std::none_of(url.begin(), url.end(), [](const Piece& one) {
    return !one.is_variable && one.text.find("://") != std::string::npos;
  });
  for (std::size_t i = 0; i < url.size(); ++i) {
    const Piece& one = url[i];
    if (one.is_variable) {
      if (is_host && one.content.begins_with_slash) return {};
      if (has(one.content.bytes, '.') && !is_pinned(url, i)) return one.content.from;
      continue;
    }
    std::string_view text = one.text;
    const std::size_t scheme = is_host ? std::string_view::npos : text.find("://");
    if (scheme != std::string_view::npos) {
      is_host = true;
      text.remove_prefix(scheme + 3);
    }
    if (is_host && text.find_first_of("/?#") != std::string_view::npos) return {};
  }
  return {};
}

bool is_internal(const Block& block) {
  for (const Block* at = &block; at != nullptr; at = at->parent)
    if (!at->lines("internal").empty()) return true;
  return false;
}

void look_at_target(Analysis& analysis, const Block& block, const Directive& pass) {
  if (is_internal(block) || pass.arg(0).find('$') == std::string_view::npos) return;
  for (const Pieces& url : Spellings(analysis, block).of(pass.arg(0))) {
    const std::string from = chosen_by(url);
    if (from.empty()) continue;
    return analysis.tell("@ssrf", block, pass,
                         fmt::format("{}: {} is the client's", pass.arg(0), from));
  }
}

/// Hosts of a URL without variables, those of an upstream one by one.
std::vector<std::string> hosts_of(const Analysis& analysis, std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || url.find('$') != std::string_view::npos) return {};
  const std::string_view rest = url.substr(scheme + 3);
  if (rest.starts_with("unix:")) return {};
  const std::string_view name = rest.substr(0, rest.find_first_of("/?"));
  const auto upstream = analysis.config.upstreams.find(name);
  if (upstream != analysis.config.upstreams.end()) {
    std::vector<std::string> out;
    for (const Directive* one : upstream->second->lines("server")) out.emplace_back(one->arg(0));
    return out;
  }
  return {std::string(name)};
}

void look_at_transport(Analysis& analysis, const Block& block, const Directive& pass) {
  const std::string_view url = pass.arg(0);
  if (url.starts_with("https://") && effective_word("proxy_ssl_verify", block) != "on" &&
      (analysis.config.is_whole || effective_line("proxy_ssl_verify", block) != nullptr ||
       block.within(kServer) != nullptr))
    analysis.tell("@proxy_unverified", block, pass, std::string(url));
  if (!url.starts_with("http://")) return;
  const auto hosts = hosts_of(analysis, url);
  if (std::any_of(hosts.begin(), hosts.end(),
                  [](const std::string& host) { return !is_loopback(host); }))
    analysis.tell("@proxy_plain", block, pass, std::string(url));
}

/// ngx_http_proxy_module: a name that the client sends, where the server behind takes it for its
/// own.
void look_at_host(Analysis& analysis, const Block& block) {
  for (const std::string_view name : {"proxy_set_header", "grpc_set_header"})
    for (const Directive* one : block.lines(name)) {
      if (!iequals(one->arg(0), "host")) continue;
      for (const Part& part : parts_of(one->arg(1)))
        if (part.is_variable && (part.text.starts_with("http_") || part.text.starts_with("arg_") ||
                                 part.text.starts_with("cookie_")))
          analysis.tell("@host_spoofing", block, *one, std::string(one->arg(1)));
    }
}

/// An upgrade that the client asks for is passed on whatever it is: `h2c` opens a tunnel past every
/// location (RFC 7540, 3.2). A constant, or a map that lets only websocket through, is none.
void look_at_upgrade(Analysis& analysis, const Block& block) {
  const Block* version_from = nullptr;
  const Block* header_from = nullptr;
  const Lines& version = effective("proxy_http_version", block, &version_from);
  const Lines& headers = effective("proxy_set_header", block, &header_from);
  if (version.empty() || version.back()->arg(0) != "1.1") return;
  if (version_from != &block && header_from != &block && block.lines("proxy_pass").empty()) return;
  const Directive* upgrade = nullptr;
  bool is_kept = false;
  for (const Directive* one : headers) {
    if (iequals(one->arg(0), "upgrade") &&
        has(analysis.values
                .of(one->arg(1).substr(std::min<std::size_t>(1, one->arg(1).size())), block)
                .bytes,
            '2'))
      upgrade = one;
    is_kept = is_kept || (iequals(one->arg(0), "connection") && !one->arg(1).empty() &&
                          !iequals(one->arg(1), "close"));
  }
  if (upgrade != nullptr && is_kept)
    analysis.tell("@h2c", block, *upgrade, std::string(upgrade->text()));
}

}  // namespace

void look_at_proxying(Analysis& analysis, const Block& block) {
  look_at_host(analysis, block);
  const bool is_place = (block.level & (kLocation | kLocationIf | kLimitExcept)) != 0;
  for (const Directive* pass : block.lines("proxy_pass")) {
    look_at_target(analysis, block, *pass);
    look_at_transport(analysis, block, *pass);
  }
  if (is_place) look_at_upgrade(analysis, block);
  if (is_place && analysis.config.is_whole && !block.lines("proxy_pass").empty()) {
    const Lines& hidden = effective("proxy_hide_header", block);
    if (std::none_of(hidden.begin(), hidden.end(),
                     [](const Directive* one) { return iequals(one->arg(0), "x-powered-by"); }))
      analysis.tell("@powered_by", block, *block.lines("proxy_pass").front(),
                    std::string(block.line("proxy_pass")->arg(0)));
  }
}

}  // namespace plimsoll::nginx
