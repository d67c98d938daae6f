#include "base/process_memory.h"

#if defined(__linux__)

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#elif defined(__APPLE__)

#include <mach/mach.h>
#include <malloc/malloc.h>

#elif defined(_WIN32)

#include <malloc.h>
#include <windows.h>
// After windows.h, whose types it uses.
#include <psapi.h>

#endif

namespace codecell::base {

#if defined(__linux__)

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

void ReturnFreeMemory() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

#elif defined(__APPLE__)

size_t ResidentMemoryBytes() {
  mach_task_basic_info_data_t info = {};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  const kern_return_t result = task_info(mach_task_self(), MACH_TASK_BASIC_INFO,
                                         reinterpret_cast<task_info_t>(&info), &count);
  return result == KERN_SUCCESS ? static_cast<size_t>(info.resident_size) : 0;
}

void ReturnFreeMemory() { malloc_zone_pressure_relief(nullptr, 0); }

#elif defined(_WIN32)

size_t ResidentMemoryBytes() {
  PROCESS_MEMORY_COUNTERS counters = {};
  counters.cb = sizeof counters;
  // The name that kernel32 itself exports: no other library is needed.
  return K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) != 0
             ? counters.WorkingSetSize
             : 0;
}

void ReturnFreeMemory() { _heapmin(); }

#endif

}  // namespace codecell::base
