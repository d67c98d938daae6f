#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace codecell::test {

// SCHED_OTHER, …: what the kernel says of the calling thread. musl's sched_getscheduler() asks it
// nothing.
inline int PolicyOfThread() { return static_cast<int>(syscall(SYS_sched_getscheduler, 0)); }

}  // namespace codecell::test
