// What a Node for musl finds in Alpine's libraries of GCC, and not in those that musl-node.mjs makes.
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// std::string::_M_replace_cold of GCC 13's libstdc++: a part of a string takes the place of another part of it.
// Weak, as a newer GCC has it.
__attribute__((weak)) void _ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE15_M_replace_coldEPcmPKcmm(
    void *string, char *place, size_t replaced, const char *source, size_t length, size_t after) {
  (void)string;
  char *copy = malloc(length + 1);
  if (copy == NULL) abort();
  memcpy(copy, source, length);
  memmove(place + length, place + replaced, after);
  memcpy(place, copy, length);
  free(copy);
}

// The rest is for this machine's libgcc. It has these under old versions only, which musl does not look at. Who compiles
// today has them in its own program.
unsigned int __cpu_model[4];
int __cpu_indicator_init(void) { return 0; }

// It asks glibc where the code is that an exception passes.

// As <dlfcn.h> of glibc 2.35 has it.
struct dl_find_object {
  unsigned long long flags;
  void *map_start;
  void *map_end;
  struct link_map *link_map;
  void *eh_frame;
  unsigned long long reserved[7];
};

struct search {
  ElfW(Addr) pc;
  struct dl_find_object *found;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  struct search *search = data;
  ElfW(Addr) frames = 0;
  int is_here = 0;
  for (size_t i = 0; i < info->dlpi_phnum; i += 1) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    const ElfW(Addr) start = info->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME) frames = start;
    if (part->p_type != PT_LOAD || search->pc < start || search->pc >= start + part->p_memsz) continue;
    is_here = 1;
    search->found->map_start = (void *)start;
    search->found->map_end = (void *)(start + part->p_memsz);
  }
  if (!is_here || frames == 0) return 0;
  search->found->flags = 0;
  search->found->link_map = NULL;
  search->found->eh_frame = (void *)frames;
  return 1;
}

int _dl_find_object(void *pc, struct dl_find_object *found) {
  struct search search = {(ElfW(Addr))pc, found};
  return dl_iterate_phdr(look_at, &search) == 1 ? 0 : -1;
}
