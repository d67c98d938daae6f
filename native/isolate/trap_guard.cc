#include "isolate/trap_guard.h"

#include <signal.h>

#include <mutex>

namespace codecell::isolate {

namespace {

void (*g_on_trap)() = nullptr;
struct sigaction g_previous = {};  // What SIGTRAP did before.

thread_local bool t_guarded = false;

void OnTrap(int signal, siginfo_t* info, void* context) {
  if (t_guarded) g_on_trap();
  if ((g_previous.sa_flags & SA_SIGINFO) != 0 && g_previous.sa_sigaction != nullptr) {
    g_previous.sa_sigaction(signal, info, context);
  } else if (g_previous.sa_handler != SIG_DFL && g_previous.sa_handler != SIG_IGN) {
    g_previous.sa_handler(signal);
  } else {
    // The signal is blocked here; it is delivered, with its default, when this handler returns.
    sigaction(signal, &g_previous, nullptr);
    raise(signal);
  }
}

}  // namespace

void GuardTraps(void (*on_trap)()) {
  static std::once_flag once;
  std::call_once(once, [on_trap] {
    g_on_trap = on_trap;
    struct sigaction action = {};
    action.sa_sigaction = OnTrap;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTRAP, &action, &g_previous);
  });
}

void SetTrapsGuarded(bool guarded) { t_guarded = guarded; }

}  // namespace codecell::isolate
