#include "zygote/program_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace codecell::zygote {

// fork() copies the page table of a mapping only if that has had a page of this process's own. So
// one byte of each is replaced by the same one: through this file the system does that in spite of
// the page's protection. Then the mapping is emptied, as to copy all that its start has used takes
// longer than it saves; it fills again, from the file. Where the system refuses any of this, only
// time is lost.
void SharePagesOfCode() {
  FILE* mappings = std::fopen("/proc/self/maps", "r");
  const int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  char line[512];
  while (mappings != nullptr && memory >= 0 && std::fgets(line, sizeof line, mappings) != nullptr) {
    void* begin = nullptr;
    void* end = nullptr;
    char rights[5] = {};
    if (std::sscanf(line, "%p-%p %4s", &begin, &end, rights) != 3) continue;
    // What is not of a file has no other copy.
    const bool is_of_file = std::strchr(line, '/') != nullptr;
    if (!is_of_file || std::strcmp(rights, "r-xp") != 0) continue;
    const char same = *static_cast<const volatile char*>(begin);
    if (pwrite(memory, &same, 1, reinterpret_cast<off_t>(begin)) != 1) continue;
    madvise(begin, static_cast<char*>(end) - static_cast<char*>(begin), MADV_DONTNEED);
  }
  if (memory >= 0) close(memory);
  if (mappings != nullptr) std::fclose(mappings);
}

}  // namespace codecell::zygote
