#pragma once

#include "plugins/service/apache2/tree.h"

namespace plimsoll::apache2 {

/// Writes what follows from several lines together: what sections switch on, what each server with
/// TLS offers, who gets at what. `is_whole`: what the configuration leaves out has its default.
void write_analysis(const Root& root, const Tree& tree, bool is_document, bool is_whole,
                    Facts& facts);

}  // namespace plimsoll::apache2
