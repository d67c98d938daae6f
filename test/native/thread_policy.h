#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace codecell::test {

// What the kernel says of the calling thread: SCHED_OTHER, … In musl sched_getscheduler() does nothing.
inline int PolicyOfThread() { return static_cast<int>(syscall(SYS_sched_getscheduler, 0)); }

}  // namespace codecell::test
