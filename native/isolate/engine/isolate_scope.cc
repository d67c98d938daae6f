#include "isolate/engine/isolate_scope.h"

#include <cstdint>

namespace codecell::isolate {

namespace {

// As in Node, whatever the host's own --stack-size is. The thread's stack is far larger (see
// isolate_thread.cc): the engine's compilers recurse past this limit without asking, and so do
// native callbacks.
constexpr uintptr_t kStackForScripts = uintptr_t{984} * 1024;

}  // namespace

IsolateScope::IsolateScope(v8::Isolate* isolate)
    : isolate_(isolate),
      is_outermost_(!v8::Locker::IsLocked(isolate)),
      locker_(isolate),
      entered_(isolate),
      handles_(isolate) {
  // A thread that takes the lock gets the limit of the engine's flags. One that had it keeps its
  // limit: else each callback would have as much again.
  if (is_outermost_) {
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    isolate_->SetStackLimit(here - kStackForScripts);
  }
}

}  // namespace codecell::isolate
