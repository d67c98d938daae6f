#pragma once

#include <v8.h>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/terminator.h"
#include "isolate/exec/lenient_source.h"
#include "protocol/error.h"

namespace codecell::isolate {

class CellContext;

// A cell's modules: its own source, and the one answer to every import, static or dynamic.
class ModuleLoader {
 public:
  explicit ModuleLoader(CellContext& cell) : cell_(cell) {}

  // Compiles, links and starts the cell's source. The promise settles when the cell's code is done.
  base::Result<v8::Local<v8::Promise>, protocol::CellError> Start(IsolateScope& scope,
                                                                  const base::Text& source);
  // Whether a form compiles; nothing of it runs. Leaves no exception pending.
  bool Compiles(IsolateScope& scope, const BodyForm& form);
  // The function of a form. Empty: it is none, or does not compile and an exception is pending.
  v8::MaybeLocal<v8::Function> CompileBody(IsolateScope& scope, const BodyForm& form);
  // What the cell's own module exports under a name; undefined where it exports nothing so. Empty
  // with an exception pending.
  v8::MaybeLocal<v8::Value> ExportOf(IsolateScope& scope, std::string_view name);

  // While microtasks run: defers stops where one of them may set up the evaluation of an
  // asynchronous module, whose dependency has just ended.
  void DeferStops(std::optional<Terminator::Deferral>& deferred);
  // Drops every handle, before the isolate is disposed.
  void Reset() {
    main_.Reset();
    modules_.clear();
  }

  // Callback of the isolate.
  static v8::MaybeLocal<v8::Promise> ImportDynamically(v8::Local<v8::Context> context,
                                                       v8::Local<v8::Data> host_defined_options,
                                                       v8::Local<v8::Value> referrer,
                                                       v8::Local<v8::String> specifier,
                                                       v8::Local<v8::FixedArray> attributes);

 private:
  static v8::MaybeLocal<v8::Module> ResolveImport(v8::Local<v8::Context> context,
                                                  v8::Local<v8::String> specifier,
                                                  v8::Local<v8::FixedArray> attributes,
                                                  v8::Local<v8::Module> referrer);

  // Adds the place of the import that could not be resolved, which the engine does not tell.
  void PointAtUnsupportedImport(IsolateScope& scope, v8::Local<v8::Module> module,
                                protocol::CellError& error);
  v8::MaybeLocal<v8::Module> Compile(IsolateScope& scope, v8::Local<v8::String> name,
                                     const base::Text& source, int first_column = 0);
  // The module of that name, made at the first request. Empty with an exception pending.
  v8::MaybeLocal<v8::Module> Find(IsolateScope& scope, v8::Local<v8::String> specifier);
  v8::MaybeLocal<v8::Module> Make(IsolateScope& scope, const std::string& specifier,
                                  v8::Local<v8::String> name);
  // Evaluates a linked module; the promise of its end. Empty: the cell is to stop.
  v8::MaybeLocal<v8::Value> Evaluate(IsolateScope& scope, v8::Local<v8::Module> module);
  // The promise of a module's namespace; it is rejected where the module cannot be loaded.
  v8::MaybeLocal<v8::Promise> Import(IsolateScope& scope, v8::Local<v8::String> specifier);
  v8::MaybeLocal<v8::Promise> TryImport(IsolateScope& scope, v8::Local<v8::String> specifier);
  static void ImportAgain(const v8::FunctionCallbackInfo<v8::Value>& info);

  CellContext& cell_;
  v8::Global<v8::Module> main_;  // Empty: the cell's source has not been run as a module.
  std::unordered_map<std::string, v8::Global<v8::Module>> modules_;  // By specifier.
  bool has_asynchronous_ = false;  // Among `modules_`, where that matters.
};

}  // namespace codecell::isolate
