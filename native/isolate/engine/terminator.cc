#include "isolate/engine/terminator.h"

#include <v8.h>

#include "base/scheduling.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/isolate_slots.h"

namespace codecell::isolate {

bool Terminator::Terminate(Stop why) {
  return state_.With([&](State& state) {
    const bool first = state.why.cause == StopCause::kNone;
    if (first) {
      state.why = why;
      cause_.store(why.cause, std::memory_order_release);
    }
    Ask(state);
    return first;
  });
}

void Terminator::Ask(State& state) {
  if (state.target == nullptr) return;
  if (state.deferrals == 0) {
    state.target->TerminateExecution();
  } else {
    state.target->RequestInterrupt(
        [](v8::Isolate* isolate, void*) { isolate->TerminateExecution(); }, nullptr);
  }
}

void Terminator::Insist(double cpu_ms) {
  // Setting up an evaluation takes microseconds.
  constexpr double kSetUpMs = 5;
  if (!requested()) return;
  state_.With([cpu_ms](State& state) {
    if (state.target == nullptr || state.deferrals == 0) return;
    if (cpu_ms - state.deferred_at_cpu_ms > kSetUpMs) state.target->TerminateExecution();
  });
}

Terminator::Deferral::Deferral(Terminator& terminator) : terminator_(terminator) {
  const double cpu_ms = base::CurrentCpuTimeMs();
  terminator_.state_.With([cpu_ms](State& state) {
    ++state.deferrals;
    state.deferred_at_cpu_ms = cpu_ms;
  });
}

Terminator::Deferral::~Deferral() {
  terminator_.state_.With([](State& state) {
    --state.deferrals;
    // The engine may have passed no check since it was asked.
    if (state.why.cause != StopCause::kNone) Ask(state);
  });
}

Stop Terminator::why() {
  return state_.With([](State& state) { return state.why; });
}

bool Terminator::IsStopping(IsolateScope& scope) {
  const void* attached = scope.isolate()->GetData(kTerminatorSlot);
  return attached == nullptr || static_cast<const Terminator*>(attached)->requested();
}

void Terminator::Attach(IsolateScope& scope) {
  scope.isolate()->SetData(kTerminatorSlot, this);
  state_.With([&](State& state) { state.target = scope.isolate(); });
  // A request from before this moment has not reached the engine.
  if (requested()) scope.isolate()->TerminateExecution();
}

void Terminator::Detach(IsolateScope& scope) {
  Forget();
  scope.isolate()->SetData(kTerminatorSlot, nullptr);
}

void Terminator::Forget() {
  state_.With([](State& state) { state.target = nullptr; });
}

}  // namespace codecell::isolate
