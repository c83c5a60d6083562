// A line feed of the client's in a header, or in the line of a request that is handed on, begins a
// header of its own.
#include <fmt/format.h>

#include <array>

#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

bool is_redirect_status(std::string_view status) {
  return is_one_of(status, "301 302 303 307 308");
}

/// ngx_http_rewrite_module: a replacement with a scheme, or one of the two flags, is an answer.
bool is_redirect(const Directive& rewrite) {
  const std::string_view to = rewrite.arg(1);
  return to.starts_with("http://") || to.starts_with("https://") || to.starts_with("$scheme") ||
         rewrite.arg(2) == "redirect" || rewrite.arg(2) == "permanent";
}

/// The argument that becomes a part of a header or of a request line; empty: none does.
std::string_view exposed(const Directive& one) {
  if (one.name == "return") {
    if (one.args.size() == 1) return one.arg(0);
    return is_redirect_status(one.arg(0)) ? one.arg(1) : std::string_view();
  }
  // The escaping of an ordinary rewrite covers the path; what follows `?` goes out as it is.
  if (one.name == "rewrite") {
    const std::size_t query = one.arg(1).find('?');
    if (is_redirect(one)) return one.arg(1);
    return query == std::string_view::npos ? std::string_view() : one.arg(1).substr(query);
  }
  if (one.name == "proxy_pass") return one.arg(0);
  return one.arg(1);
}

constexpr std::array<std::string_view, 8> kSinks = {
    "return",           "rewrite",         "add_header", "add_trailer",
    "proxy_set_header", "grpc_set_header", "proxy_pass", "more_set_headers"};

bool is_number(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

void look_at(Analysis& analysis, const Block& block, const Directive& one) {
  const std::string_view text = one.name == "more_set_headers" ? one.arg(0) : exposed(one);
  for (const Part& part : parts_of(text)) {
    // Numbered captures of the rewrite itself are escaped (ngx_http_script_copy_capture_code).
    if (!part.is_variable || (one.name == "rewrite" && is_number(part.text))) continue;
    const Content& content = analysis.values.of(part.text, block);
    const bool is_line_feed = has(content.bytes, '\n');
    if (!is_line_feed && !has(content.bytes, '\r')) continue;
    // What a password file knows is no stranger's.
    if (part.text == "remote_user" && is_guarded(block)) continue;
    return analysis.tell("@splitting", block, one,
                         fmt::format("{}: ${} may hold a {}", text, part.text,
                                     is_line_feed ? "line feed" : "carriage return"));
  }
}

}  // namespace

void look_at_splitting(Analysis& analysis, const Block& block) {
  for (const std::string_view name : kSinks)
    for (const Directive* one : block.lines(name)) look_at(analysis, block, *one);
}

}  // namespace plimsoll::nginx
