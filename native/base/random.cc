#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdint>

namespace codecell::base {

bool FillRandom(void* data, size_t size) {
  auto* bytes = static_cast<uint8_t*>(data);
  while (size > 0) {
    const ssize_t filled = getrandom(bytes, size, GRND_NONBLOCK);
    if (filled < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes += filled;
    size -= static_cast<size_t>(filled);
  }
  return true;
}

}  // namespace codecell::base
