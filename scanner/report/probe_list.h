#pragma once

#include <span>
#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// Name and summary of each probe, by group.
std::string probe_list_text(std::span<const Probe* const> probes, bool color, std::size_t width);
/// One probe: what it reads, and its schema.
std::string probe_page_text(const Probe& probe, bool color, std::size_t width);
/// An array of objects with schema: schemas/probes.schema.json describes it.
std::string probes_json(std::span<const Probe* const> probes);

}  // namespace plimsoll
