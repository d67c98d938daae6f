#include "isolate/terminator.h"

#include <v8.h>

#include "isolate/isolate_scope.h"

namespace codecell::isolate {

void Terminator::Terminate() {
  requested_.store(true, std::memory_order_release);
  target_.With([](v8::Isolate*& isolate) {
    if (isolate != nullptr) isolate->TerminateExecution();
  });
}

void Terminator::Attach(IsolateScope& scope) {
  target_.With([&](v8::Isolate*& isolate) { isolate = scope.isolate(); });
  // A request from before this moment reached nobody.
  if (requested()) scope.isolate()->TerminateExecution();
}

void Terminator::Detach(IsolateScope&) { Forget(); }

void Terminator::Forget() {
  target_.With([](v8::Isolate*& isolate) { isolate = nullptr; });
}

}  // namespace codecell::isolate
