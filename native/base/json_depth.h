#pragma once

#include <cstddef>

#include "base/text.h"

namespace codecell::base {

// How deep the arrays and objects of a JSON text are nested; 0 for a scalar. The text need not be
// valid.
size_t JsonDepth(const Text& json);

}  // namespace codecell::base
