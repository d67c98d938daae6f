#include "base/fault_guard.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <span>

#include "check.h"

// A sanitizer has handlers of its own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace codecell::test {

namespace {

using base::Fault;
using base::FaultGuard;

constexpr size_t kStackBytes = size_t{4} << 20;
constexpr int kFirstCode =
    100;  // Of a process whose guard was called, and one more for each fault.
constexpr int kWentOn = 1;

int CodeOf(Fault fault) { return kFirstCode + static_cast<int>(fault); }

// Instead of the default of a signal.
constexpr int kFirstInstead = 200;

// How a guarded process ends that does this: its exit code, or minus the signal.
int Guarded(void (*does)(), bool lets_go = false, void (*instead)(int signal) = nullptr) {
  const pid_t process = fork();
  if (process == 0) {
    const rlimit stack{kStackBytes, kStackBytes};
    setrlimit(RLIMIT_STACK, &stack);
    base::InstallFaultGuard([](Fault fault) { _exit(CodeOf(fault)); }, instead);
    const FaultGuard guarded(kStackBytes);
    if (lets_go) FaultGuard::LetGo();
    does();
    _exit(kWentOn);
  }
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// Without an end, which the compiler must not see.
int Descend(const volatile int& depth) {
  volatile char page[4096];
  page[0] = static_cast<char>(depth);
  const volatile int next = depth + 1;
  return next == 0 ? 0 : Descend(next) + page[0];
}

void OverflowStack() {
  const volatile int depth = 1;
  static_cast<void>(Descend(depth));
}

void TestFaultsAreTold() {
  Expect(Guarded(OverflowStack) == CodeOf(Fault::kStackOverflow), "the end of the stack");
  Expect(Guarded([] { raise(SIGSEGV); }) == CodeOf(Fault::kAccess), "memory elsewhere");
  Expect(Guarded([] { raise(SIGTRAP); }) == CodeOf(Fault::kTrap), "a trap");
  Expect(Guarded([] { raise(SIGABRT); }) == CodeOf(Fault::kTrap), "an abort");
  Expect(Guarded([] {}) == kWentOn, "nothing where there is no fault");
}

void TestFaultsElsewhereAreAsEver() {
  Expect(Guarded(OverflowStack, true) == -SIGSEGV, "the end of the stack");
  Expect(Guarded([] { raise(SIGABRT); }, true) == -SIGABRT, "an abort");
}

void TestFaultsElsewhereMayEndOtherwise() {
  const auto instead = [](int signal) { _exit(kFirstInstead + signal); };
  Expect(Guarded([] { raise(SIGBUS); }, true, instead) == kFirstInstead + SIGBUS, "a bus error");
  Expect(Guarded([] { raise(SIGILL); }, true, instead) == kFirstInstead + SIGILL, "no instruction");
  Expect(Guarded([] { raise(SIGABRT); }, false, instead) == CodeOf(Fault::kTrap), "a guarded one");
  Expect(Guarded([] { raise(SIGBUS); }, true, [](int) {}) == -SIGBUS, "the default after all");
}

constexpr Test kTests[] = {
    {"a guard is told how its thread failed", TestFaultsAreTold},
    {"a fault on a thread without a guard does what it did before", TestFaultsElsewhereAreAsEver},
    {"it can end the process in another way", TestFaultsElsewhereMayEndOtherwise},
};

}  // namespace

std::span<const Test> FaultGuardTests() { return kTests; }

}  // namespace codecell::test

#else

namespace codecell::test {

// Nothing is tried.
std::span<const Test> FaultGuardTests() { return {}; }

}  // namespace codecell::test

#endif
