// What this machine's libgcc asks glibc for, and musl does not have: where the code is that an exception passes.
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>

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
