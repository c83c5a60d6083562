#include "plugins/service/apache2/servers.h"

#include <algorithm>
#include <array>

#include "plugins/service/apache2/rows.h"
#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

Server make(const Directive& section, std::string scope, const Server* main) {
  Server out;
  out.section = &section;
  out.scope = std::move(scope);
  out.main = main;
  for (const Directive& one : section.children)
    if (!one.is_section()) out.lines[one.name].push_back(&one);
  return out;
}

constexpr std::array<std::string_view, 5> kVersions = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2",
                                                       "TLSv1.3"};

constexpr std::array<std::string_view, 7> kOptions = {
    "ExecCGI",    "FollowSymLinks",      "Includes", "IncludesNOEXEC", "Indexes",
    "MultiViews", "SymLinksIfOwnerMatch"};
constexpr std::string_view kOfAll = "execcgi followsymlinks includes indexes";

/// Adds up the Require, Allow and Deny lines of a section and the containers in it.
struct Rules {
  bool has_open = false, has_denied = false, has_other = false;

  void add(const Directive& section) {
    for (const Directive& one : section.children) {
      const std::string value = lower(join(all_words(one.args), " "));
      if (one.name == "require") {
        const bool is_all = value == "all granted" || value == "all denied";
        (value == "all granted" ? has_open : is_all ? has_denied : has_other) = true;
      } else if (one.name == "allow") {
        (value == "from all" ? has_open : has_other) = true;
      } else if (one.name == "deny") {
        (value == "from all" ? has_denied : has_other) = true;
      } else if (one.name == "<requireany") {
        add(one);
      } else if (one.name == "<requireall") {
        Rules inner;
        inner.add(one);
        if (inner.has_other || inner.has_denied)
          has_other = true;
        else
          has_open = has_open || inner.has_open;
      } else if (one.name == "<requirenone") {
        has_other = true;
      }
    }
  }
};

}  // namespace

const Directive* Server::line(std::string_view name) const {
  const auto found = lines.find(name);
  if (found != lines.end()) return found->second.back();
  return main == nullptr ? nullptr : main->line(name);
}

bool Server::has_tls() const {
  const Directive* engine = line("sslengine");
  return engine != nullptr && !iequals(value_of(*engine), "off");
}

bool Server::only_redirects() const {
  for (const std::string_view name : {"redirect", "redirectpermanent", "redirectmatch"}) {
    const auto found = lines.find(name);
    if (found == lines.end()) continue;
    for (const Directive* one : found->second) {
      const auto given = all_words(one->args);
      for (const std::string& word : given)
        if (word == "/" || word == "^" || word == "^/" || word == "^/(.*)$" || word == "^(.*)$" ||
            word == "(.*)")
          return true;
    }
  }
  return false;
}

std::vector<Server> servers_of(const Tree& tree) {
  std::vector<Server> out;
  std::size_t hosts = 0;
  for (const Directive& one : tree.top.children) hosts += one.name == "<virtualhost" ? 1 : 0;
  out.reserve(hosts + 1);  // virtual hosts point at the first
  out.push_back(make(tree.top, {}, nullptr));
  for (const Directive& one : tree.top.children)
    if (one.name == "<virtualhost") out.push_back(make(one, scope_within({}, one), &out.front()));
  return out;
}

Access access_of(const Directive& section) {
  Rules rules;
  rules.add(section);
  if (rules.has_open) return Access::open;
  if (rules.has_other) return Access::limited;
  return rules.has_denied ? Access::denied : Access::unsaid;
}

std::string tls_versions(std::string_view value) {
  std::array<bool, kVersions.size()> on{};
  for (const std::string_view given : words(value)) {
    const bool has_sign = given.front() == '+' || given.front() == '-';
    const std::string_view name = has_sign ? given.substr(1) : given;
    if (!has_sign) on.fill(false);
    for (std::size_t i = 0; i < kVersions.size(); ++i)
      if (iequals(name, "all") || iequals(name, kVersions[i])) on[i] = given.front() != '-';
  }
  std::string out;
  for (std::size_t i = 0; i < kVersions.size(); ++i)
    if (on[i]) out += (out.empty() ? "" : " ") + std::string(kVersions[i]);
  return out;
}

std::string options_on(const std::vector<const Directive*>& lines) {
  std::array<bool, kOptions.size()> on{};
  for (const Directive* line : lines) {
    bool is_first = true;
    for (const std::string& given : all_words(line->args)) {
      if (given.empty()) continue;
      const bool has_sign = given.front() == '+' || given.front() == '-';
      const std::string name = lower(has_sign ? given.substr(1) : given);
      if (!has_sign && is_first) on.fill(false);
      is_first = false;
      for (std::size_t i = 0; i < kOptions.size(); ++i) {
        const std::string option = lower(kOptions[i]);
        if (name == option || (name == "all" && is_one_of(option, kOfAll)))
          on[i] = given.front() != '-';
      }
    }
  }
  std::string out;
  for (std::size_t i = 0; i < kOptions.size(); ++i)
    if (on[i]) out += (out.empty() ? "" : " ") + std::string(kOptions[i]);
  return out;
}

bool is_on_host(std::string_view url) {
  if (istarts_with(url, "unix:")) return true;
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return true;
  std::string_view host = url.substr(start + 3);
  host = host.substr(0, host.find('/'));
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return iequals(host, "localhost") || host.starts_with("127.");
}

}  // namespace plimsoll::apache2
