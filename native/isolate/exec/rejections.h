#pragma once

#include <v8.h>

#include <vector>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Rejected promises of the cell that have no handler.
class Rejections {
 public:
  // Callback of the isolate.
  static void OnReject(v8::PromiseRejectMessage message);

  // What a model should read about each of them. May run the cell's code (getters of errors).
  std::vector<base::Text> Texts(IsolateScope& scope);

  // Drops every handle, before the isolate is disposed.
  void Reset() { unhandled_.clear(); }

 private:
  std::vector<v8::Global<v8::Promise>> unhandled_;
};

}  // namespace codecell::isolate
