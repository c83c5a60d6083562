#include <algorithm>
#include <array>
#include <utility>

#include "plugins/os/pam/pam_paths.h"
#include "plugins/os/pam/pam_stack.h"
#include "plugins/os/pam/unix_hash.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"service", Type::text, "the name that a program gives to PAM: `sshd`, `login`"},
    Field{"type", Type::text, "auth, account, password or session"},
    Field{"position", Type::integer, "place in the stack after all includes, from 1"},
    Field{"control", Type::text, "`required`, `[success=1 default=ignore]`, ... as written"},
    Field{"module", Type::text,
          "`pam_unix.so`, without its directory; empty for a line that libpam cannot use, which "
          "denies"},
    Field{"arguments", Type::list, "what the module is given, brackets resolved"},
    Field{"values", Type::set, "what stands behind `=` in its arguments"},
    Field{"quiet", Type::boolean, "`-` before the type: a missing module is not logged"},
    Field{"depth", Type::integer, "how many substacks it lies in"},
    Field{"fallback", Type::boolean,
          "the service has no stack of that type, and that of `other` stands in"},
    Field{"fragment", Type::boolean, "not a service of its own: other files include it"},
    Field{"can_succeed", Type::boolean, "the stack has a way to success"},
    Field{"on_every_success", Type::boolean,
          "no way to success goes round this module: it runs on each"},
    Field{"failure_denies", Type::boolean,
          "where this module runs and fails no way leads to success"},
    Field{"before", Type::set,
          "modules that lie on ways to success and on none run before this one has run"},
    Field{"holds_for_users", Type::boolean,
          "on each way to success of a caller who is not root it runs and succeeds"},
    Field{
        "hash", Type::text,
        "pam_unix of the type password: how it hashes: yescrypt, gost_yescrypt, blowfish, sha512, "
        "sha256, md5, bigcrypt or des"},
    Field{"rounds", Type::integer,
          "with `hash`: rounds of sha512 and sha256, the cost (2 to the power of it) of yescrypt, "
          "gost_yescrypt and blowfish"},
};

constexpr std::array<std::string_view, 5> kFiles = {"/etc/pam.d/sshd", "/etc/pam.d/other",
                                                    "/etc/pam.d/common-auth", "/etc/pam.conf",
                                                    "/etc/login.defs"};

std::vector<std::string> values_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const std::string& argument : arguments)
    if (const auto equals = argument.find('='); equals != std::string::npos)
      out.push_back(argument.substr(equals + 1));
  return out;
}

bool holds(const PamPosition& position) {
  return position.on_every_success && position.failure_denies;
}

/// The last two columns.
void add_hash(const PamService& service, const PamHandler& handler, UnixHashes& hashes,
              std::vector<Value>& row, Facts& facts) {
  if (const auto hash = hashes.of(handler.arguments)) {
    row.emplace_back(hash->method);
    if (hash->rounds) row.emplace_back(*hash->rounds);
    return;
  }
  Error error = hashes.error();
  if (error.where.file.empty()) error.where = handler.origin;
  facts.gap(std::move(error), service.name, Gap::Effect::may_override, {"hash", "rounds"});
}

void add_stack(const PamService& service, PamType type, UnixHashes& hashes, Facts& facts) {
  const PamStack& stack = service.stacks[static_cast<std::size_t>(type)];
  const PamPaths paths = analyse_pam_stack(stack, type);
  const bool knows_root = std::any_of(stack.begin(), stack.end(), [](const PamHandler& handler) {
    return handler.module == "pam_rootok.so";
  });
  const PamPaths of_users = knows_root ? analyse_pam_stack(stack, type, PamCaller::user) : paths;
  if (!paths.bounded)
    facts.gap(
        {ErrorCode::limit, "PAM service `" + service.name + "`: too many ways through its stack",
         stack.front().origin},
        service.name);
  for (std::size_t at = 0; at < stack.size(); ++at) {
    const PamHandler& handler = stack[at];
    if (handler.kind == PamHandler::Kind::substack) continue;
    std::vector<Value> row{service.name,
                           std::string(name_of(type)),
                           static_cast<std::int64_t>(at + 1),
                           handler.control,
                           handler.module,
                           handler.arguments,
                           values_of(handler.arguments),
                           handler.quiet,
                           std::int64_t{handler.level},
                           service.from_other[static_cast<std::size_t>(type)],
                           service.fragment};
    if (paths.bounded) {
      const PamPosition& position = paths.positions[at];
      row.emplace_back(paths.can_succeed);
      row.emplace_back(position.on_every_success);
      row.emplace_back(position.failure_denies);
      row.emplace_back(std::vector<std::string>(position.before.begin(), position.before.end()));
      if (of_users.bounded) row.emplace_back(holds(of_users.positions[at]));
    }
    if (type == PamType::password && handler.module == "pam_unix.so") {
      row.resize(kFields.size() - 2);
      add_hash(service, handler, hashes, row, facts);
    }
    row.resize(kFields.size());
    facts.row(std::move(row), handler.origin).scope = service.name;
  }
}

Facts read_pam(const Request& request) {
  Facts facts;
  UnixHashes hashes(request.root);
  for (const PamService& service : read_pam_services(request.root, facts))
    for (std::size_t type = 0; type < kPamTypes; ++type)
      add_stack(service, static_cast<PamType>(type), hashes, facts);
  return facts;
}

}  // namespace

extern const Probe pam_probe;
const Probe pam_probe{
    .name = "pam",
    .group = "os",
    .summary = "module stacks of each PAM service, and which modules no success goes round",
    .semantics = "pam.conf(5), pam.d(5), pam(7), pam_unix(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_pam,
    .files = kFiles,
};

}  // namespace plimsoll
