#include "isolate/engine/engine_flags.h"

#include <v8.h>

#include <mutex>

namespace codecell::isolate {

void SetEngineFlags() {
#if V8_MAJOR_VERSION >= 13
  static std::once_flag once;
  std::call_once(once, [] {
    // The phase that unrolls loops also drops the check for interrupts from loops that only call
    // builtins, such as `for (;;) new Array(1000).fill(1)`: nothing can stop those.
    v8::V8::SetFlagsFromString("--no-turboshaft-loop-unrolling");
  });
#endif
}

}  // namespace codecell::isolate
