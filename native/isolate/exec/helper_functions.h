#pragma once

#include <v8.h>

#include <string>
#include <unordered_map>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// The helpers' functions as they were installed, whatever the cell has made of the globals: what
// the helpers' module exports.
class HelperFunctions {
 public:
  void Keep(IsolateScope& scope, const std::string& name, v8::Local<v8::Function> function) {
    functions_[name].Reset(scope.isolate(), function);
  }

  // Undefined if there is none of that name.
  v8::Local<v8::Value> Get(IsolateScope& scope, const std::string& name) const {
    const auto found = functions_.find(name);
    if (found == functions_.end()) return v8::Undefined(scope.isolate());
    return found->second.Get(scope.isolate());
  }

  // Drops every handle, before the isolate is disposed.
  void Reset() { functions_.clear(); }

 private:
  std::unordered_map<std::string, v8::Global<v8::Function>> functions_;
};

}  // namespace codecell::isolate
