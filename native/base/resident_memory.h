#pragma once

#include <cstddef>

namespace codecell::base {

// Bytes of memory the process holds in RAM; 0 where the system does not tell.
size_t ResidentMemoryBytes();

}  // namespace codecell::base
