#include "base/random.h"

#if defined(__linux__)

#include <sys/random.h>

#include <cerrno>
#include <cstdint>

#elif defined(__APPLE__)

#include <cstdlib>

#elif defined(_WIN32)

#include <windows.h>
// After windows.h, whose types it uses.
#include <bcrypt.h>

#endif

namespace codecell::base {

#if defined(__linux__)

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

#elif defined(__APPLE__)

bool FillRandom(void* data, size_t size) {
  arc4random_buf(data, size);
  return true;
}

#elif defined(_WIN32)

bool FillRandom(void* data, size_t size) {
  return BCryptGenRandom(nullptr, static_cast<PUCHAR>(data), static_cast<ULONG>(size),
                         BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}

#endif

}  // namespace codecell::base
