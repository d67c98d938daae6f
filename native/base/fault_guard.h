#pragma once

#include <cstddef>
#include <memory>

namespace codecell::base {

enum class Fault {
  kTrap,  // The engine found that it cannot go on, and traps instead of returning an error.
  kStackOverflow,  // The thread has run past the end of its stack.
  kAccess,         // It touched memory it may not.
};

// From the first call on, a fault on a guarded thread calls `on_fault` on that thread, inside a
// handler of signals, or on Windows of exceptions. If that returns, and on any other thread, the
// fault does what it did before. Where that was the signal's default, `instead` is called first:
// it is for a process that may not ask for the default any more. On Windows there are no signals.
void InstallFaultGuard(void (*on_fault)(Fault fault), void (*instead)(int signal) = nullptr);

// Guards the thread it lives on, which must have been started with that much stack and not have
// used much of it.
class FaultGuard {
 public:
  explicit FaultGuard(size_t stack_bytes);
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;
  ~FaultGuard();

  // Calling thread: from here on a fault does what it did before.
  static void LetGo();

 private:
  // Where signals are handled: after an overflow the thread's own stack has no room. Null on
  // Windows, which keeps room on the stack itself.
  const std::unique_ptr<char[]> signal_stack_;
};

}  // namespace codecell::base
