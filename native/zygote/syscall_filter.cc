#include "zygote/syscall_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "zygote/confine.h"

namespace codecell::zygote {

#if defined(__x86_64__)

namespace {

// A program of the kernel's packet filter: it sees the number and the arguments of a system call.
// Arguments are compared in their lower half: those that matter are 32 bits wide.
class Filter {
 public:
  Filter() {
    Add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    If(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
    Return(SECCOMP_RET_KILL_PROCESS);
    Load();
    // Another numbering of the same calls.
    constexpr uint32_t kOtherNumbers = 0x40000000;
    If(BPF_JGE, kOtherNumbers, 0, 1);
    Return(SECCOMP_RET_KILL_PROCESS);
  }

  void Allow(std::initializer_list<int> calls) {
    for (const int call : calls) On(call, SECCOMP_RET_ALLOW);
  }

  void Refuse(int error, std::initializer_list<int> calls) {
    for (const int call : calls) On(call, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error));
  }

  // Allows the call where the argument is one of these.
  void AllowWhere(int call, int argument, std::initializer_list<uint32_t> values,
                  uint32_t otherwise) {
    const auto count = static_cast<uint8_t>(values.size());
    // The comparisons, what is returned otherwise, and what is returned on a match.
    If(BPF_JEQ, static_cast<uint32_t>(call), 0, static_cast<uint8_t>(count + 3));
    LoadArgument(argument);
    uint8_t left = count;
    for (const uint32_t value : values) {
      If(BPF_JEQ, value, left, 0);
      --left;
    }
    Return(otherwise);
    Return(SECCOMP_RET_ALLOW);
  }

  // Allows the call where all these bits of the argument are set.
  void AllowWithBits(int call, int argument, uint32_t bits) {
    If(BPF_JEQ, static_cast<uint32_t>(call), 0, 5);
    LoadArgument(argument);
    Add(BPF_ALU | BPF_AND | BPF_K, bits);
    If(BPF_JEQ, bits, 1, 0);
    Return(SECCOMP_RET_KILL_PROCESS);
    Return(SECCOMP_RET_ALLOW);
  }

  // Allows what abort() does: SIGABRT to this process, and to no other.
  void AllowAbort(uint32_t process) {
    If(BPF_JEQ, SYS_tgkill, 0, 6);
    LoadArgument(0);
    If(BPF_JEQ, process, 0, 3);
    LoadArgument(2);
    If(BPF_JEQ, SIGABRT, 0, 1);
    Return(SECCOMP_RET_ALLOW);
    Return(SECCOMP_RET_KILL_PROCESS);
  }

  bool Install() {
    Return(SECCOMP_RET_KILL_PROCESS);
    sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
  }

 private:
  void Add(int code, uint32_t value) {
    code_.push_back(BPF_STMT(static_cast<unsigned short>(code), value));
  }
  void If(int how, uint32_t value, uint8_t then_skip, uint8_t else_skip) {
    code_.push_back(
        BPF_JUMP(static_cast<unsigned short>(BPF_JMP | how | BPF_K), value, then_skip, else_skip));
  }
  void Return(uint32_t what) { Add(BPF_RET | BPF_K, what); }
  void Load() { Add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)); }
  void LoadArgument(int argument) {
    Add(BPF_LD | BPF_W | BPF_ABS,
        static_cast<uint32_t>(offsetof(seccomp_data, args) + sizeof(uint64_t) * argument));
  }
  void On(int call, uint32_t what) {
    If(BPF_JEQ, static_cast<uint32_t>(call), 0, 1);
    Return(what);
  }

  std::vector<sock_filter> code_;
};

}  // namespace

bool FilterSystemCalls() {
  constexpr auto kChannel = static_cast<uint32_t>(kConfinedDescriptors.channel);
  constexpr auto kWake = static_cast<uint32_t>(kConfinedDescriptors.wake);
  constexpr uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
  const auto refused = [](int error) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(error); };
  Filter filter;
  // The most frequent first: the kernel goes through them one by one.
  filter.Allow({SYS_futex, SYS_clock_gettime});
  filter.AllowWhere(SYS_recvfrom, 0, {kChannel}, kKill);
  filter.AllowWhere(SYS_sendto, 0, {kChannel}, kKill);
  filter.AllowWhere(SYS_read, 0, {kWake}, kKill);
  filter.AllowWhere(SYS_write, 0, {kWake, STDERR_FILENO}, kKill);
  filter.Allow({SYS_ppoll, SYS_poll, SYS_sched_yield, SYS_munmap, SYS_mprotect});
  filter.AllowWithBits(SYS_mmap, 3, MAP_PRIVATE | MAP_ANONYMOUS);
  filter.AllowWhere(SYS_madvise, 2,
                    {MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTFORK},
                    refused(EINVAL));
  filter.Allow({SYS_mremap, SYS_brk, SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_rt_sigprocmask,
                SYS_restart_syscall, SYS_gettimeofday, SYS_clock_nanosleep, SYS_gettid, SYS_getpid,
                SYS_getrandom, SYS_getrusage, SYS_getcpu, SYS_rseq, SYS_set_robust_list,
                SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler});
  // A thread of this process; another process it cannot start.
  filter.AllowWithBits(SYS_clone, 0, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD);
  filter.AllowWhere(SYS_prctl, 0, {PR_SET_NAME}, refused(EINVAL));
  // Its own limits, which it can only lower.
  filter.AllowWhere(SYS_prlimit64, 0, {0}, kKill);
  filter.AllowAbort(static_cast<uint32_t>(getpid()));
  // glibc then uses clone, which can be looked at.
  filter.Refuse(ENOSYS, {SYS_clone3});
  // The engine and glibc look for files of the system at odd moments.
  filter.Refuse(ENOENT, {SYS_openat, SYS_readlink, SYS_newfstatat, SYS_access});
  filter.Refuse(EPERM,
                {SYS_close, SYS_lseek, SYS_sched_setscheduler, SYS_setpriority, SYS_sysinfo});
  return filter.Install();
}

#else

bool FilterSystemCalls() { return false; }

#endif

}  // namespace codecell::zygote
