#include <fmt/format.h>

#include <algorithm>

#include "plugins/os/sshd/configuration.h"
#include "scanner/base/text.h"
#include "scanner/formats/openssh/address.h"

namespace plimsoll::sshd {
namespace {

constexpr std::string_view kMatchStands = "a Match block that applies to this connection sets it";

/// The keyword that switches an authentication method on.
std::string_view enabling_key(std::string_view method) {
  if (method == "publickey") return "pubkeyauthentication";
  if (method == "password") return "passwordauthentication";
  if (method == "keyboard-interactive") return "kbdinteractiveauthentication";
  if (method == "hostbased") return "hostbasedauthentication";
  return "gssapiauthentication";
}

}  // namespace

bool Reader::settle() {
  for (Block& block : blocks_) {
    finish_rekey(block, global().rekey);
    if (!settle_algorithms(block)) return false;
  }
  finish_rekey(connection_, global().rekey);
  if (!settle_algorithms(connection_)) return false;
  settle_main_part();
  if (!settle_listen_addresses() || !check_commands() || !check_methods()) return false;
  if (for_connection()) merge_connection();
  for (const Error& error : host_.errors()) facts_.gap(error);
  return true;
}

/// Works the algorithm lists of a block out. A list that comes to nothing is refused where it takes
/// effect; one from which everything was taken away is empty, and outside Match that is not set.
bool Reader::settle_algorithms(Block& block) {
  const bool in_force = &block == &global() || &block == &connection_;
  for (const auto& [key, kind] : kEditable) {
    const auto found = block.single.find(key);
    if (found == block.single.end() || !other_version_.empty()) continue;
    Entry& entry = *found->second;
    auto list = openssh::assemble_algorithms(openssh::algorithms(kind), entry.values[0]);
    if (!list && in_force)
      return refuse({ErrorCode::invalid,
                     fmt::format("`{}` names no algorithm of this build", entry.values[0]),
                     entry.origin});
    if (list && list->empty() && &block == &global())
      list = openssh::join_names(openssh::algorithms(kind).defaults);
    if (list) entry.values = {std::move(*list)};
  }
  return true;
}

/// Values that mean something else outside Match blocks than in them.
void Reader::settle_main_part() {
  Block& main = global();
  const auto principals = main.single.find("authorizedprincipalsfile");
  if (principals != main.single.end() && iequals(principals->second->values[0], "none"))
    principals->second->values = {"none"};
  const auto channels = main.single.find("channeltimeout");
  if (channels != main.single.end() && iequals(channels->second->values[0], "none")) {
    main.entries.erase(channels->second);  // the dump has no such line: nothing is limited
    main.single.erase(channels);
  }
}

/// sshd_config(5) RekeyLimit: both halves are first value wins, each for itself.
void Reader::finish_rekey(Block& block, const RekeyLimit& fallback) {
  const auto found = block.single.find("rekeylimit");
  if (found == block.single.end()) return;
  const long long bytes = block.rekey.bytes.value_or(fallback.bytes.value_or(0));
  const int seconds = block.rekey.seconds.value_or(fallback.seconds.value_or(0));
  found->second->values = {fmt::format("{} {}", bytes, seconds)};
}

/// The value with which sshd starts, the default included.
std::string Reader::effective(std::string_view key) const {
  const auto found = startup_.find(key);
  if (found != startup_.end()) return found->second.first;
  for (const Default& known : defaults())
    if (known.key == key) return std::string(known.value);
  return {};
}

/// sshd(8) checks this as it starts, whatever Match blocks say that need a connection.
bool Reader::check_commands() {
  for (const std::string_view key : {kKeysCommand, kPrincipalsCommand}) {
    const auto found = startup_.find(key);
    if (found == startup_.end() || iequals(found->second.first, "none")) continue;
    if (!startup_.contains(std::string(key) + "user"))
      return refuse({ErrorCode::invalid, fmt::format("`{}` is set without `{}user`", key, key),
                     found->second.second});
  }
  return true;
}

/// At least one list of AuthenticationMethods must consist of enabled methods.
bool Reader::check_methods() {
  const auto found = startup_.find("authenticationmethods");
  if (found == startup_.end() || found->second.first == "any") return true;
  const auto enabled = [&](std::string_view method) {
    const std::string_view name = method.substr(0, method.find(':'));
    return name == "none" || effective(enabling_key(name)) == "yes";
  };
  for (const std::string_view list : words(found->second.first, " ")) {
    const auto methods = split(list, ',');
    if (std::all_of(methods.begin(), methods.end(), enabled)) return true;
  }
  return refuse({ErrorCode::invalid,
                 "no list of `AuthenticationMethods` consists of enabled methods",
                 found->second.second});
}

/// sshd_config(5) ListenAddress: one socket for each port where none is given.
bool Reader::settle_listen_addresses() {
  std::vector<std::string> ports;
  for (const Entry& entry : global().entries)
    if (entry.key == "port" && !entry.refused) ports.push_back(entry.values[0]);
  if (ports.empty()) ports.emplace_back("22");
  const std::string family = effective("addressfamily");
  for (Entry& entry : global().entries) {
    if (entry.key != "listenaddress" || entry.refused) continue;
    const std::string host = entry.values[0];
    const std::string port = entry.values[1];
    std::vector<std::string> addresses{host};
    if (!openssh::parse_address(host)) {
      addresses = host_.addresses(host);
      if (addresses.empty()) addresses = {host};  // a name that only DNS knows
    }
    entry.values.clear();
    for (const std::string& one : port.empty() ? ports : std::vector<std::string>{port}) {
      for (const std::string& text : addresses) {
        const auto address = openssh::parse_address(text);
        if (address && family == (address->v6 ? "inet" : "inet6")) continue;
        entry.values.push_back(!address      ? text + ":" + one
                               : address->v6 ? fmt::format("[{}]:{}", address->text(), one)
                                             : address->text() + ":" + one);
      }
    }
    if (entry.values.empty() || host.empty())
      refuse({ErrorCode::invalid, fmt::format("`{}` is not an address of family {}", host, family),
              entry.origin});
    if (entry.values.empty()) entry.values = {host};
  }
  return true;
}

/// sshd_config(5) Match: settings of the blocks that hold replace those of the main part, lists
/// included.
void Reader::merge_connection() {
  Block& main = global();
  std::map<std::string, Entry*, std::less<>> first;
  for (Entry& entry : connection_.entries) first.try_emplace(entry.key, &entry);
  for (auto entry = main.entries.begin(); entry != main.entries.end();) {
    const auto winner = first.find(entry->key);
    if (winner == first.end()) {
      ++entry;
      continue;
    }
    for (const std::string& value : entry->values)
      winner->second->shadowed.push_back({value, entry->origin, std::string(kMatchStands)});
    entry = main.entries.erase(entry);
  }
  main.entries.splice(main.entries.end(), connection_.entries);
}

void Reader::emit() {
  struct Row {
    const Block* block;
    const Entry* entry;
  };
  std::vector<Row> rows;
  for (const Block& block : blocks_)
    for (const Entry& entry : block.entries) rows.push_back({&block, &entry});
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.entry->order < b.entry->order; });
  auto file = files_.begin();
  for (const Row& row : rows) {
    for (; file != files_.end() && file->first < row.entry->order; ++file)
      facts_.setting("@file", file->second.file, file->second);
    for (std::size_t i = 0; i < row.entry->values.size(); ++i) {
      Fact& fact =
          facts_.setting(row.entry->key, row.entry->values[i], row.entry->origin, row.block->scope);
      if (i == 0) fact.shadowed = row.entry->shadowed;
    }
  }
  for (; file != files_.end(); ++file) facts_.setting("@file", file->second.file, file->second);
  emit_defaults();
}

void Reader::emit_default(std::string key, std::string value) {
  const bool given = std::any_of(global().entries.begin(), global().entries.end(),
                                 [&](const Entry& entry) { return entry.key == key; });
  if (given) return;
  Fact& fact = facts_.setting(key, std::move(value), {});
  if (const auto lost = global().lost.find(key); lost != global().lost.end())
    fact.shadowed = lost->second;
}

void Reader::emit_defaults() {
  std::vector<std::string> ports;
  for (const Entry& entry : global().entries)
    if (entry.key == "port" && !entry.refused) ports.push_back(entry.values[0]);
  const std::string family = effective("addressfamily");
  if (std::none_of(global().entries.begin(), global().entries.end(),
                   [](const Entry& entry) { return entry.key == "listenaddress"; })) {
    for (const std::string& port : ports.empty() ? std::vector<std::string>{"22"} : ports) {
      if (family != "inet") facts_.setting("listenaddress", "[::]:" + port, {});
      if (family != "inet6") facts_.setting("listenaddress", "0.0.0.0:" + port, {});
    }
  }
  if (ports.empty()) facts_.setting("port", "22", {});
  if (std::none_of(global().entries.begin(), global().entries.end(),
                   [](const Entry& entry) { return entry.key == "hostkey"; }))
    for (const std::string_view type : {"rsa", "ecdsa", "ed25519"})
      facts_.setting("hostkey", fmt::format("/etc/ssh/ssh_host_{}_key", type), {});
  for (const auto& [key, kind] : kEditable)
    if (other_version_.empty())
      emit_default(std::string(key), openssh::join_names(openssh::algorithms(kind).defaults));
  emit_default("gssapikexalgorithms", std::string(openssh::default_gss_kex()));
  for (const Default& known : defaults())
    emit_default(std::string(known.key), std::string(known.value));
}

/// With a configuration that sshd refuses nothing is in force; what was read still tells where to
/// look.
void Reader::keep_files_only() {
  for (const auto& [order, origin] : files_) facts_.setting("@file", origin.file, origin);
}

}  // namespace plimsoll::sshd
