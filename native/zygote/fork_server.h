#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

#include "zygote/control.h"

namespace codecell::zygote {

// Forks a child for each cell that the host asks for, and reaps it.
class ForkServer {
 public:
  explicit ForkServer(int control) : control_(control) {}

  // Serves until the host is gone; -1 then. In a child it returns that child's end of its channel.
  int Run();

 private:
  // In the child: its channel. Else -1.
  int Fork(uint32_t child, int channel);
  void Kill(uint32_t child);
  void Reap();

  Control control_;
  int signals_ = -1;  // A signalfd for SIGCHLD.
  std::map<uint32_t, pid_t> by_number_;
  std::map<pid_t, uint32_t> by_process_;
};

}  // namespace codecell::zygote
