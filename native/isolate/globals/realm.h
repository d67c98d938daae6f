#pragma once

#include <v8.h>

#include "isolate/engine/isolate_scope.h"
#include "protocol/options.h"

namespace codecell::isolate {

// The context of a cell with the globals given to the model and without those taken away.
class Realm {
 public:
  // Creates the context. False: the engine could not (it is out of memory or being terminated).
  bool Create(IsolateScope& scope);
  // Adds what the cell that begins is given. In the context; false: the engine could not.
  bool Begin(IsolateScope& scope, const protocol::CellOptions& options);

  bool exists() const { return !context_.IsEmpty(); }
  v8::Local<v8::Context> context(IsolateScope& scope) const {
    return context_.Get(scope.isolate());
  }

 private:
  v8::Global<v8::Context> context_;
};

}  // namespace codecell::isolate
