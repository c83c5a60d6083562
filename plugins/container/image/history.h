#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll {

/// One entry of an image's history, as the instruction that made it.
struct HistoryStep {
  std::string instruction;  ///< `RUN apt-get update`, `COPY x /y`, without the builder's dressing
  std::string name;         ///< `RUN`, upper case; empty when it is no instruction
  std::string command;      ///< of RUN: the shell command
};

/// Undoes what builders write: `/bin/sh -c #(nop) CMD ["x"]`, `RUN /bin/sh -c x # buildkit`,
/// `|1 ARG=x /bin/sh -c y`.
HistoryStep read_step(std::string_view created_by);

/// The first step that is not the base image's: what follows the last CMD or ENTRYPOINT before the
/// end, as the images of distributions close with one; 1 when there is none such.
std::size_t first_above_base(const std::vector<HistoryStep>& steps);

/// The keys (`history.sudo`, ...) that hold of a step, each with the instruction or the name of the
/// secret.
std::vector<std::pair<std::string, std::string>> marks_of(const HistoryStep& step, bool above_base);

/// Whether a variable of that name with that value holds a secret: the name ends like one, and the
/// value is neither empty nor a reference.
bool is_credential(std::string_view name, std::string_view value);

}  // namespace plimsoll
