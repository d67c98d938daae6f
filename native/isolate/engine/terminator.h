#pragma once

#include <atomic>

#include "base/guarded.h"
#include "isolate/engine/stop.h"

namespace v8 {
class Isolate;
}

namespace codecell::isolate {

class IsolateScope;

// A request to stop that outlives the isolate. Any thread may ask; after Detach() a request is only
// remembered.
class Terminator {
 public:
  // The first reason stays. False: there was one already, and the engine has been asked again.
  bool Terminate(Stop why);
  // Any thread. Asks again, past a deferral, once the thread has computed for a while: the
  // evaluation is set up by then, and some builtins react to a termination only. `cpu_ms` is its
  // processor time.
  void Insist(double cpu_ms);

  // V8 forgets a termination once it has unwound to the outermost call, so the loop asks here too.
  bool requested() const { return cause() != StopCause::kNone; }
  StopCause cause() const { return cause_.load(std::memory_order_acquire); }
  Stop why();

  // Isolate thread. Whether no more of the cell's code may run in the isolate.
  static bool IsStopping(IsolateScope& scope);

  // Isolate thread.
  void Attach(IsolateScope& scope);
  void Detach(IsolateScope& scope);  // Before dispose, always.
  void Forget();                     // The same for an isolate that can no longer be entered.

  // While one lives, a request takes effect at the engine's next check for interrupts. V8 up
  // to 12 crashes on a termination that comes while it sets up the evaluation of an asynchronous
  // module.
  class Deferral {
   public:
    explicit Deferral(Terminator& terminator);
    Deferral(const Deferral&) = delete;
    Deferral& operator=(const Deferral&) = delete;
    ~Deferral();

   private:
    Terminator& terminator_;
  };

 private:
  struct State {
    Stop why;
    v8::Isolate* target = nullptr;
    int deferrals = 0;
    double deferred_at_cpu_ms = 0;  // Processor time when the last deferral began.
  };

  static void Ask(State& state);

  std::atomic<StopCause> cause_{StopCause::kNone};  // That of `why`, to be read without the lock.
  base::Guarded<State> state_;
};

}  // namespace codecell::isolate
