#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "zygote/zygote_main.h"

// What the addon takes the place of in a process that it is preloaded into.

namespace {

using Main = int (*)(int argc, char** argv, char** environment);
using Start = int (*)(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end);

// MADV_DONTFORK, whose header declares what is defined here.
constexpr int kDontFork = 10;

}  // namespace

extern "C" {

// Node builds V8 so that its heap is not there after a fork.
__attribute__((visibility("default"))) int madvise(void* address, size_t length, int advice) {
  if (advice == kDontFork) return 0;
  return static_cast<int>(syscall(SYS_madvise, address, length, advice));
}

// Called with Node's main, before any of Node has run.
__attribute__((visibility("default"))) int __libc_start_main(  // NOLINT: glibc's name.
    Main main, int argc, char** argv, void (*init)(), void (*fini)(), void (*rtld_fini)(),
    void* stack_end) {
  const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  const bool is_helper = argc > 1 && std::strcmp(argv[1], codecell::zygote::kHelperArgument) == 0;
  const Main helper = [](int count, char** arguments, char**) {
    return codecell::zygote::Main(count, arguments);
  };
  return start(is_helper ? helper : main, argc, argv, init, fini, rtld_fini, stack_end);
}

}  // extern "C"
