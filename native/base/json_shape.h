#pragma once

#include <cstddef>

#include "base/text.h"

namespace codecell::base {

// What a JSON text is made of. It has no white space between values, and need not be valid.
struct JsonShape {
  size_t depth = 0;   // Of its arrays and objects inside each other; 0 for a scalar.
  size_t values = 0;  // Arrays, objects, keys and scalars.
};

JsonShape JsonShapeOf(const Text& json);

}  // namespace codecell::base
