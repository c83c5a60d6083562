#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/rsyslog/messages.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::rsyslog {

/// What omfile gives the files and directories that it makes.
struct FileDefaults {
  std::string file_mode = "0644";
  std::string directory_mode = "0700";
  std::string owner, group;     // empty: those of the running process
  std::optional<Origin> given;  // where one of them was last set; none: all built in
};

/// A module, input, action or global parameter in reading order.
struct Item {
  std::string kind, name, value;
  std::string ruleset, filter;
  Share share = Share::all;      ///< of an action: what comes to it of the messages of its ruleset
  std::size_t calls_before = 0;  ///< of an action: in reading order, of any ruleset
  std::string target, port, protocol;
  FileDefaults files;
  std::string driver, driver_mode, auth_mode, ca_file;
  std::vector<std::string> peers;
  bool check_purpose = false;
  bool relp_tls = false;
  Origin origin;
};

struct Configuration {
  std::vector<Item> items;
  FileDefaults legacy;              // for actions in the old form, as they stand at the end
  FileDefaults actions;             // for action(): what module(load="builtin:omfile") says
  std::vector<std::string> called;  // rulesets that something hands messages to, sorted
  bool all_called = false;          // a ruleset's name is computed
  Messages messages;
  std::vector<Gap> gaps;
};

Configuration read_configuration(const Root& root, std::string_view main_file);

}  // namespace plimsoll::rsyslog
