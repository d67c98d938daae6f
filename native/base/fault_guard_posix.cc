#if !defined(_WIN32)

#include <signal.h>

#include <cstdint>
#include <iterator>
#include <mutex>

#include "base/fault_guard.h"

namespace codecell::base {

namespace {

constexpr int kSignals[] = {SIGTRAP, SIGILL, SIGABRT, SIGSEGV, SIGBUS};
constexpr size_t kSignalStackBytes = size_t{64} << 10;
// How far from the end of the stack an access counts as an overflow. Below it lies the guard.
constexpr uintptr_t kOverflowSlack = uintptr_t{1} << 20;

void (*g_on_fault)(Fault fault) = nullptr;
void (*g_instead)(int signal) = nullptr;
struct sigaction g_previous[std::size(kSignals)] = {};  // What each signal did before.

thread_local bool t_guarded = false;
thread_local uintptr_t t_stack_end = 0;  // The lowest address, about.

struct sigaction& PreviousOf(int signal) {
  size_t i = 0;
  while (i + 1 < std::size(kSignals) && kSignals[i] != signal) ++i;
  return g_previous[i];
}

Fault KindOf(int signal, const siginfo_t* info) {
  if (signal != SIGSEGV && signal != SIGBUS) return Fault::kTrap;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  const bool is_near_end =
      address > t_stack_end - kOverflowSlack * 2 && address < t_stack_end + kOverflowSlack;
  return is_near_end ? Fault::kStackOverflow : Fault::kAccess;
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  if (t_guarded) g_on_fault(KindOf(signal, info));
  struct sigaction& previous = PreviousOf(signal);
  if ((previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal);
  } else {
    if (g_instead != nullptr) g_instead(signal);
    // The signal is blocked here; it is delivered, with its default, when this handler returns.
    sigaction(signal, &previous, nullptr);
    raise(signal);
  }
}

}  // namespace

void InstallFaultGuard(void (*on_fault)(Fault fault), void (*instead)(int signal)) {
  static std::once_flag once;
  std::call_once(once, [on_fault, instead] {
    g_on_fault = on_fault;
    g_instead = instead;
    for (size_t i = 0; i < std::size(kSignals); ++i) {
      struct sigaction action = {};
      action.sa_sigaction = OnSignal;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK;
      sigemptyset(&action.sa_mask);
      sigaction(kSignals[i], &action, &g_previous[i]);
    }
  });
}

FaultGuard::FaultGuard(size_t stack_bytes)
    : signal_stack_(std::make_unique_for_overwrite<char[]>(kSignalStackBytes)) {
  stack_t stack = {};
  stack.ss_sp = signal_stack_.get();
  stack.ss_size = kSignalStackBytes;
  sigaltstack(&stack, nullptr);
  t_stack_end = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - stack_bytes;
  t_guarded = true;
}

FaultGuard::~FaultGuard() {
  LetGo();
  stack_t none = {};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

void FaultGuard::LetGo() { t_guarded = false; }

}  // namespace codecell::base

#endif
