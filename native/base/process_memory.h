#pragma once

#include <cstddef>

namespace codecell::base {

// Bytes of memory the process holds in RAM; 0 where the system does not tell.
size_t ResidentMemoryBytes();

// Has the allocator give unused memory back to the system, where it can be asked to. Slow.
void ReturnFreeMemory();

}  // namespace codecell::base
