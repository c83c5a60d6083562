#pragma once

#include <string>
#include <vector>

#include "plugins/container/kube-flags/documents.h"
#include "plugins/container/kube-flags/flags.h"
#include "scanner/root/root.h"

namespace plimsoll::kubelet {

/// The configuration files of a kubelet, put together.
struct Config {
  kube::Settings settings;
  std::vector<std::string> files;
  std::vector<Error> errors;
  bool is_missing = false;  ///< the file that it is told to read is not there
};

/// "Set Kubelet Parameters Via A Configuration File": the file, then every `.conf` below the
/// directory, in the order of their paths; maps merge, everything else is replaced. Either may be
/// empty.
Config read_config(const Root& root, const std::string& file, const std::string& directory);

/// One KubeletConfiguration on top of what is there.
void take_configuration(const DataNode& root, const kube::Place& place, Config& config);

}  // namespace plimsoll::kubelet
