#include "zygote/fork_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "zygote/exit_codes.h"

namespace codecell::zygote {

int ForkServer::Run() {
  sigset_t child_signal;
  sigemptyset(&child_signal);
  sigaddset(&child_signal, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child_signal, nullptr);
  signals_ = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
  control_.Send({Answer::kReady, 0, kControlVersion, 0});
  std::array<pollfd, 2> both{{{control_.descriptor(), POLLIN, 0}, {signals_, POLLIN, 0}}};
  for (;;) {
    if (poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return -1;
    if ((both[1].revents & POLLIN) != 0) Reap();
    if (both[0].revents == 0) continue;
    const std::optional<Received> received = control_.Receive();
    if (!received) return -1;
    if (received->request.ask == Ask::kKill) {
      Kill(received->request.child);
      continue;
    }
    const int channel = Fork(received->request.child, received->descriptor);
    if (channel >= 0) return channel;
  }
}

int ForkServer::Fork(uint32_t child, int channel) {
  const pid_t helper = getpid();
  const pid_t process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != helper) _exit(kHostIsGone);  // It died before it was asked for.
    close(control_.descriptor());
    close(signals_);
    return channel;
  }
  close(channel);
  if (process < 0) {
    control_.Send({Answer::kFailed, child, errno, 0});
    return -1;
  }
  by_number_[child] = process;
  by_process_[process] = child;
  control_.Send({Answer::kForked, child, process, 0});
  return -1;
}

void ForkServer::Kill(uint32_t child) {
  const auto found = by_number_.find(child);
  if (found != by_number_.end()) kill(found->second, SIGKILL);
}

void ForkServer::Reap() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) > 0) {
  }
  for (;;) {
    int status = 0;
    rusage used{};
    const pid_t process = wait4(-1, &status, WNOHANG, &used);
    if (process <= 0) return;
    const auto found = by_process_.find(process);
    if (found == by_process_.end()) continue;
    control_.Send({Answer::kReaped, found->second, status, static_cast<uint32_t>(used.ru_maxrss)});
    by_number_.erase(found->second);
    by_process_.erase(found);
  }
}

}  // namespace codecell::zygote
