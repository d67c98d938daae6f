#include "zygote/confine.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "protocol/wire.h"
#include "zygote/syscall_filter.h"

namespace codecell::zygote {

namespace {

// Bytes of private memory that this process may write to, shared with the helper or not.
size_t DataBytes() {
  FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return 0;
  size_t kib = 0;
  char line[256];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::sscanf(line, "VmData: %zu kB", &kib) == 1) break;
  }
  std::fclose(file);
  return kib << 10;
}

// Of the helper, when it began to fork.
size_t g_data_bytes = 0;

bool Limit(int resource, rlim_t most) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min(limit.rlim_max, most);
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(resource, &limit) == 0;
}

// The variables, and the memory that the system shows as this process's environment.
void EmptyEnvironment() {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    std::memset(*variable, 0, std::strlen(*variable));
  }
  environ = nullptr;
}

}  // namespace

uint32_t ConfineHelper() {
  uint32_t given_up = protocol::kEmptyEnvironment | protocol::kDiesWithHost;
  EmptyEnvironment();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) given_up |= protocol::kNoNewPrivileges;
  // Another user's namespace gives an ordinary user the right to have the others.
  constexpr int kOthers = CLONE_NEWNET | CLONE_NEWIPC;
  if (unshare(CLONE_NEWUSER | kOthers) == 0 || unshare(kOthers) == 0) {
    given_up |= protocol::kNamespaces;
  }
  g_data_bytes = DataBytes();
  return given_up;
}

bool KeepOnly(const ChildDescriptors& descriptors) {
  // To numbers that are not in the way first.
  const int channel = fcntl(descriptors.channel, F_DUPFD, 10);
  const int wake = fcntl(descriptors.wake, F_DUPFD, 10);
  if (dup2(channel, kConfinedDescriptors.channel) < 0) return false;
  if (dup2(wake, kConfinedDescriptors.wake) < 0) return false;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 2U, ~0U, 0U) == 0) return true;
#endif
  const long most = sysconf(_SC_OPEN_MAX);
  for (int descriptor = 2; descriptor < (most > 0 && most < 4096 ? most : 4096); ++descriptor) {
    close(descriptor);
  }
  return true;
}

uint32_t ConfineChild() {
  uint32_t given_up = 0;
  // poll() takes as many descriptors as could be open. Memory is limited when the cell is known.
  const bool has_limits =
      Limit(RLIMIT_CORE, 0) && Limit(RLIMIT_FSIZE, 0) && Limit(RLIMIT_NOFILE, 2);
  if (has_limits && g_data_bytes > 0) {
    given_up |= protocol::kResourceLimits;
  }
  if (FilterSystemCalls()) given_up |= protocol::kSeccomp;
  return given_up;
}

bool LimitMemory(size_t resident) {
  rusage used{};
  if (g_data_bytes == 0 || getrusage(RUSAGE_SELF, &used) != 0) return false;
  const size_t left = resident - std::min(resident, static_cast<size_t>(used.ru_maxrss) << 10);
  return Limit(RLIMIT_DATA, g_data_bytes + left);
}

}  // namespace codecell::zygote
