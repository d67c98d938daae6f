#pragma once

#include <cstddef>

namespace codecell::base {

// Fills the memory with random bytes of the operating system, without waiting. False: it has none
// yet, which happens only while a machine starts.
bool FillRandom(void* data, size_t size);

}  // namespace codecell::base
