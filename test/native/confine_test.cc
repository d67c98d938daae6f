#include "zygote/confine.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <span>
#include <string_view>

#include "check.h"
#include "protocol/wire.h"

// The filter would refuse what a sanitizer does by itself.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace codecell::test {

namespace {

// How a confined process fared with what it tried.
struct Fate {
  bool was_killed = false;  // For the system call itself.
  int exit_code = -1;
};

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kNotConfined = 2;

// Without a sanitizer's work at exit, which the filter would not allow.
[[noreturn]] void Leave(int code) {
  syscall(SYS_exit_group, code);
  __builtin_unreachable();
}

// Runs `attempt` in a process that has given up what the process of a cell gives up. It returns
// whether the attempt succeeded.
Fate Confined(bool (*attempt)()) {
  std::array<int, 2> channel{};
  Expect(socketpair(AF_UNIX, SOCK_STREAM, 0, channel.data()) == 0, "there is a channel");
  const pid_t process = fork();
  if (process == 0) {
    zygote::ConfineHelper();
    if (!zygote::KeepOnly({channel[1], eventfd(0, 0)})) Leave(kNotConfined);
    const uint32_t given_up = zygote::ConfineChild();
    if ((given_up & protocol::kSeccomp) == 0) Leave(kNotConfined);
    if ((given_up & protocol::kResourceLimits) == 0) Leave(kNotConfined);
    Leave(attempt() ? kDone : kRefused);
  }
  int status = 0;
  waitpid(process, &status, 0);
  close(channel[0]);
  close(channel[1]);
  return {WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
          WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

void ExpectOut(std::string_view power, bool (*attempt)()) {
  const Fate fate = Confined(attempt);
  Expect(fate.was_killed || fate.exit_code == kRefused, power);
}

void ExpectLeft(std::string_view power, bool (*attempt)()) {
  Expect(Confined(attempt).exit_code == kDone, power);
}

void TestPowersAreGone() {
  ExpectOut("it opens no file", [] { return syscall(SYS_openat, -100, "/etc/passwd", 0) >= 0; });
  ExpectOut("not in the old way", [] { return syscall(SYS_open, "/etc/passwd", 0) >= 0; });
  ExpectOut("it makes no socket", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; });
  ExpectOut("it makes no pair", [] {
    std::array<int, 2> ends{};
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0;
  });
  ExpectOut("it connects nowhere", [] {
    sockaddr address{AF_UNIX, {}};
    return connect(0, &address, sizeof address) == 0;
  });
  ExpectOut("it takes no descriptor", [] {
    msghdr message{};
    return recvmsg(0, &message, MSG_DONTWAIT) >= 0;
  });
  ExpectOut("it runs no program", [] {
    char* const nothing[] = {nullptr};
    return execve("/bin/true", nothing, nothing) == 0;
  });
  ExpectOut("it does not fork", [] { return syscall(SYS_fork) >= 0; });
  ExpectOut("not by clone", [] { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0; });
  ExpectOut("it traces nobody", [] { return ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0; });
  ExpectOut("it signals nobody", [] { return kill(getppid(), 0) == 0; });
  ExpectOut("not its own threads",
            [] { return syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGKILL) == 0; });
  // No such process: without the filter it would hear that.
  Expect(Confined([] { return syscall(SYS_tgkill, INT_MAX, INT_MAX, SIGABRT) == 0; }).was_killed,
         "it aborts no other process");
  ExpectOut("it reads no other memory",
            [] { return syscall(SYS_process_vm_readv, getpid(), nullptr, 0, nullptr, 0, 0) >= 0; });
  ExpectOut("it maps no file",
            [] { return mmap(nullptr, 4096, PROT_READ, MAP_SHARED, 0, 0) != MAP_FAILED; });
  ExpectOut("it shares no memory", [] {
    return mmap(nullptr, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  });
  ExpectOut("it reads the channel in one way only", [] {
    char byte = 0;
    return read(0, &byte, 1) >= 0;
  });
  ExpectOut("it takes no filter away", [] { return syscall(SYS_seccomp, 0, 0, nullptr) == 0; });
  ExpectOut("it makes no namespace", [] { return syscall(SYS_unshare, 0) == 0; });
  ExpectOut("it has no io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr) >= 0; });
  ExpectOut("it has no bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0) >= 0; });
}

void TestWhatIsNeededIsLeft() {
  ExpectLeft("it writes to its channel", [] { return send(0, "x", 1, MSG_NOSIGNAL) == 1; });
  ExpectLeft("it is woken", [] {
    uint64_t count = 1;
    return write(1, &count, sizeof count) == sizeof count && read(1, &count, sizeof count) > 0;
  });
  ExpectLeft("it has memory, also for code", [] {
    constexpr int kAll = PROT_READ | PROT_WRITE | PROT_EXEC;
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, kAll) == 0 && munmap(page, 4096) == 0;
  });
  ExpectLeft("it has random bytes", [] {
    uint64_t bytes = 0;
    return syscall(SYS_getrandom, &bytes, sizeof bytes, 0) == sizeof bytes;
  });
  ExpectLeft("it aborts itself", [] {
    sigset_t abort_signal;
    sigemptyset(&abort_signal);
    sigaddset(&abort_signal, SIGABRT);
    pthread_sigmask(SIG_BLOCK, &abort_signal, nullptr);
    return syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGABRT) == 0;
  });
  ExpectLeft("its environment is empty", [] { return environ == nullptr || *environ == nullptr; });
}

constexpr Test kTests[] = {
    {"a confined process has no power that a cell must not have", TestPowersAreGone},
    {"a confined process has what an engine needs", TestWhatIsNeededIsLeft},
};

}  // namespace

std::span<const Test> ConfineTests() { return kTests; }

}  // namespace codecell::test

#else

namespace codecell::test {

// Elsewhere nothing is tried.
std::span<const Test> ConfineTests() { return {}; }

}  // namespace codecell::test

#endif
