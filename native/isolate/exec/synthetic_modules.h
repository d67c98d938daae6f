#pragma once

#include <v8.h>

#include <string>
#include <utility>
#include <vector>

#include "isolate/engine/isolate_scope.h"
#include "protocol/options.h"

namespace codecell::isolate {

class CellContext;

// Modules without source: tools.js, tools/<namespace>.js, the helpers' module under its three
// names, and those the host gave as values.
class SyntheticModules {
 public:
  explicit SyntheticModules(CellContext& cell) : cell_(cell) {}

  bool IsBuiltIn(const std::string& specifier) const;

  // Empty with an exception pending.
  v8::MaybeLocal<v8::Module> MakeBuiltIn(IsolateScope& scope, const std::string& specifier,
                                         v8::Local<v8::String> name);
  v8::MaybeLocal<v8::Module> MakeFromValues(IsolateScope& scope,
                                            const protocol::ValueModule& values,
                                            v8::Local<v8::String> name);
  // Drops every handle, before the isolate is disposed.
  void Reset() { pending_.clear(); }

 private:
  using Exports = std::vector<std::pair<std::string, v8::Local<v8::Value>>>;  // Names in UTF-8.

  // A module that has been made and not evaluated.
  struct Pending {
    v8::Global<v8::Module> module;
    std::vector<std::string> names;
    std::vector<v8::Global<v8::Value>> values;
  };

  static v8::MaybeLocal<v8::Value> Evaluate(v8::Local<v8::Context> context,
                                            v8::Local<v8::Module> module);

  bool CollectTools(IsolateScope& scope, Exports& exports);
  bool CollectNamespace(IsolateScope& scope, const std::vector<uint32_t>& tools, Exports& exports);
  const std::vector<uint32_t>* NamespaceOf(const std::string& specifier) const;
  v8::MaybeLocal<v8::Module> Make(IsolateScope& scope, v8::Local<v8::String> name,
                                  const Exports& exports);
  bool SetExports(IsolateScope& scope, v8::Local<v8::Module> module);

  CellContext& cell_;
  std::vector<Pending> pending_;
};

}  // namespace codecell::isolate
