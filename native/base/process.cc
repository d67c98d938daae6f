#include "base/process.h"

#if defined(_WIN32)
#include <windows.h>

#include <cstdlib>
#else
#include <dlfcn.h>
#include <unistd.h>
#endif

namespace codecell::base {

#if defined(_WIN32)

void ExitAtOnce(int code) {
  // Unlike _exit() it does not wait for locks that the threads it ends may hold.
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
  std::abort();
}

void* FindExport(const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(nullptr), name));
}

#else

void ExitAtOnce(int code) { _exit(code); }

void* FindExport(const char* name) { return dlsym(RTLD_DEFAULT, name); }

#endif

}  // namespace codecell::base
