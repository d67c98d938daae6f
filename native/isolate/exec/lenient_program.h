#pragma once

#include <v8.h>

#include "base/result.h"
#include "base/text.h"
#include "isolate/engine/isolate_scope.h"
#include "protocol/error.h"

namespace codecell::isolate {

class CellContext;

// Runs a source as models write programs (Dialect::kLenient): as a module, unless that fails or is
// sure to hand nothing out. A `return` at the top level hands its value out. Where nothing else is
// handed out, the value of the last expression is, and a function that is never called is called.
class LenientProgram {
 public:
  explicit LenientProgram(CellContext& cell) : cell_(cell) {}

  // Compiles and starts the source. The promise settles when its code is done.
  base::Result<v8::Local<v8::Promise>, protocol::CellError> Start(IsolateScope& scope,
                                                                  const base::Text& source);
  // Whether code that has ended with this value has left work behind that it did not await, and
  // nothing else: then the work is run to its end before `Next`.
  bool HasLeftWork(v8::Local<v8::Value> value) const;
  // What is to be run after code that has ended with this value. Empty: nothing, or an exception is
  // pending.
  v8::MaybeLocal<v8::Promise> Next(IsolateScope& scope, v8::Local<v8::Value> value);

 private:
  // What has been run last.
  enum class Ran {
    kModule,       // Its value is what it exports.
    kBody,         // Its value is what it returns.
    kDeclaration,  // It returns a function that it declares, or nothing of interest.
    kFunction,     // The function that one of those had as its value.
  };

  bool HasDoneNothing() const;
  // Starts the first form of the last expression that compiles. Empty: none does.
  v8::MaybeLocal<v8::Promise> RunLastExpression(IsolateScope& scope, const base::Text& source);
  // Runs the source once more so that it returns the function that it declares and never calls.
  // Empty: it declares none.
  v8::MaybeLocal<v8::Promise> RunDeclaration(IsolateScope& scope, const base::Text& source);
  v8::MaybeLocal<v8::Promise> Run(IsolateScope& scope, v8::Local<v8::Function> body, Ran as);
  // What the module exports for others to use.
  v8::MaybeLocal<v8::Value> ExportedValue(IsolateScope& scope);
  v8::MaybeLocal<v8::Promise> CallUncalled(IsolateScope& scope, v8::Local<v8::Function> function);

  CellContext& cell_;
  Ran ran_ = Ran::kModule;
};

}  // namespace codecell::isolate
