#include "base/resident_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace codecell::base {

size_t ResidentMemoryBytes() {
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128] = {};
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  // "total resident …", in pages.
  char* rest = nullptr;
  std::strtoull(text, &rest, 10);
  const size_t pages = std::strtoull(rest, nullptr, 10);
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace codecell::base
