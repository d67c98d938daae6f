#include "isolate/exec/module_loader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/moments.h"
#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/values/exception.h"
#include "isolate/values/source_position.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

void ThrowUnsupportedImport(IsolateScope& scope, v8::Local<v8::String> specifier) {
  ThrowError(scope, u"Unsupported import in exec: " + ToShown(scope, specifier, kMaxNameUnits));
}

// False also for one that could not be linked.
bool IsAsynchronous(v8::Local<v8::Module> module) {
  const v8::Module::Status status = module->GetStatus();
  return status >= v8::Module::kInstantiated && status != v8::Module::kErrored &&
         module->IsSourceTextModule() && module->IsGraphAsync();
}

void ReturnData(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.Data());
}

}  // namespace

v8::MaybeLocal<v8::Module> ModuleLoader::Compile(IsolateScope& scope, v8::Local<v8::String> name,
                                                 const base::Text& source, int first_column) {
  v8::Local<v8::String> text;
  if (!ToV8(scope, source).ToLocal(&text)) return {};
  v8::ScriptCompiler::Source compiled(text,
                                      engine::ModuleOrigin(scope.isolate(), name, first_column));
  return v8::ScriptCompiler::CompileModule(scope.isolate(), &compiled);
}

base::Result<v8::Local<v8::Promise>, protocol::CellError> ModuleLoader::Start(
    IsolateScope& scope, const base::Text& source) {
  const v8::TryCatch caught(scope.isolate());
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Module> module;
  v8::Local<v8::Value> result;
  if (!Compile(scope, Literal(scope, kMainModule), source).ToLocal(&module)) {
    return TakeError(scope, caught, cell_.options().source);
  }
  base::Moments::Note(base::Moment::kLinks);
  if (!module->InstantiateModule(context, ResolveImport).FromMaybe(false)) {
    protocol::CellError error = TakeError(scope, caught, cell_.options().source);
    if (!error.position) PointAtUnsupportedImport(scope, module, error);
    return error;
  }
  base::Moments::Note(base::Moment::kEvaluates);
  if (!Evaluate(scope, module).ToLocal(&result))
    return TakeError(scope, caught, cell_.options().source);
  main_.Reset(scope.isolate(), module);
  result.As<v8::Promise>()->MarkAsHandled();
  return result.As<v8::Promise>();
}

bool ModuleLoader::Compiles(IsolateScope& scope, const BodyForm& form) {
  const v8::TryCatch caught(scope.isolate());
  return !Compile(scope, Literal(scope, kMainModule), form.text, form.first_column).IsEmpty();
}

v8::MaybeLocal<v8::Function> ModuleLoader::CompileBody(IsolateScope& scope, const BodyForm& form) {
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Module> module;
  v8::Local<v8::Value> bodies;
  v8::Local<v8::Value> body;
  if (!Compile(scope, Literal(scope, kMainModule), form.text, form.first_column).ToLocal(&module) ||
      !module->InstantiateModule(context, ResolveImport).FromMaybe(false) ||
      Evaluate(scope, module).IsEmpty() ||
      !module->GetModuleNamespace()
           .As<v8::Object>()
           ->Get(context, Literal(scope, "default"))
           .ToLocal(&bodies) ||
      !bodies->IsArray() || !bodies.As<v8::Object>()->Get(context, 0).ToLocal(&body)) {
    return {};
  }
  if (!body->IsAsyncFunction()) return {};
  return body.As<v8::Function>();
}

v8::MaybeLocal<v8::Value> ModuleLoader::ExportOf(IsolateScope& scope, std::string_view name) {
  if (main_.IsEmpty()) return v8::Undefined(scope.isolate()).As<v8::Value>();
  return main_.Get(scope.isolate())
      ->GetModuleNamespace()
      .As<v8::Object>()
      ->Get(scope.context(), Literal(scope, name));
}

void ModuleLoader::PointAtUnsupportedImport(IsolateScope& scope, v8::Local<v8::Module> module,
                                            protocol::CellError& error) {
  const v8::Local<v8::FixedArray> requests = module->GetModuleRequests();
  for (int i = 0; i < requests->Length(); ++i) {
    const auto request = engine::RequestAt(scope.context(), requests, i);
    const std::string specifier = ToName(scope, request->GetSpecifier()).value_or("");
    if (cell_.synthetic_modules().IsBuiltIn(specifier) ||
        cell_.options().setup.modules->count(specifier) > 0) {
      continue;
    }
    v8::Location place = module->SourceOffsetToLocation(request->GetSourceOffset());
    error.position =
        PositionAt(cell_.options().source, place.GetLineNumber() + 1, place.GetColumnNumber() + 1);
    const std::u16string text =
        error.text.is_latin1() ? Widen(error.text.latin1()) : error.text.utf16();
    error.text = base::Text::Narrowed(text + PointedAt(cell_.options().source, *error.position));
    return;
  }
}

v8::MaybeLocal<v8::Module> ModuleLoader::ResolveImport(v8::Local<v8::Context>,
                                                       v8::Local<v8::String> specifier,
                                                       v8::Local<v8::FixedArray>,
                                                       v8::Local<v8::Module>) {
  CellContext& cell = CellContext::From(v8::Isolate::GetCurrent());
  return cell.modules().Find(cell.scope(), specifier);
}

v8::MaybeLocal<v8::Module> ModuleLoader::Find(IsolateScope& scope,
                                              v8::Local<v8::String> specifier) {
  const std::optional<std::string> key = ToName(scope, specifier);
  if (!key) {
    ThrowUnsupportedImport(scope, specifier);
    return {};
  }
  const auto known = modules_.find(*key);
  if (known != modules_.end()) return known->second.Get(scope.isolate());
  v8::Local<v8::Module> module;
  if (!Make(scope, *key, specifier).ToLocal(&module)) return {};
  modules_[*key].Reset(scope.isolate(), module);
  return module;
}

v8::MaybeLocal<v8::Module> ModuleLoader::Make(IsolateScope& scope, const std::string& specifier,
                                              v8::Local<v8::String> name) {
  SyntheticModules& synthetic = cell_.synthetic_modules();
  if (synthetic.IsBuiltIn(specifier)) return synthetic.MakeBuiltIn(scope, specifier, name);
  const protocol::ModuleTable& table = *cell_.options().setup.modules;
  const auto found = table.find(specifier);
  if (found == table.end()) {
    ThrowUnsupportedImport(scope, name);
    return {};
  }
  if (const auto* source = std::get_if<protocol::SourceModule>(&found->second)) {
    // What a callback of the engine throws must be thrown by the callback itself: left to the
    // compiler it reaches the TryCatch outside and the engine finds nothing pending.
    v8::TryCatch caught(scope.isolate());
    v8::Local<v8::Module> module;
    if (!Compile(scope, name, source->source).ToLocal(&module)) caught.ReThrow();
    return module;
  }
  return synthetic.MakeFromValues(scope, *std::get_if<protocol::ValueModule>(&found->second), name);
}

v8::MaybeLocal<v8::Promise> ModuleLoader::ImportDynamically(v8::Local<v8::Context>,
                                                            v8::Local<v8::Data>,
                                                            v8::Local<v8::Value>,
                                                            v8::Local<v8::String> specifier,
                                                            v8::Local<v8::FixedArray>) {
  CellContext& cell = CellContext::From(v8::Isolate::GetCurrent());
  return cell.modules().Import(cell.scope(), specifier);
}

v8::MaybeLocal<v8::Value> ModuleLoader::Evaluate(IsolateScope& scope,
                                                 v8::Local<v8::Module> module) {
  std::optional<Terminator::Deferral> deferred;
  if (engine::kMustDeferTermination && module->IsGraphAsync()) {
    deferred.emplace(cell_.terminator());
    has_asynchronous_ = std::any_of(modules_.begin(), modules_.end(), [&scope](const auto& entry) {
      return IsAsynchronous(entry.second.Get(scope.isolate()));
    });
  }
  if (cell_.stopping()) return {};
  return module->Evaluate(scope.context());
}

void ModuleLoader::DeferStops(std::optional<Terminator::Deferral>& deferred) {
  if (has_asynchronous_) deferred.emplace(cell_.terminator());
}

void ModuleLoader::ImportAgain(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::Promise> imported;
  if (cell.modules().Import(cell.scope(), info.Data().As<v8::String>()).ToLocal(&imported)) {
    info.GetReturnValue().Set(imported);
  }
}

v8::MaybeLocal<v8::Promise> ModuleLoader::TryImport(IsolateScope& scope,
                                                    v8::Local<v8::String> specifier) {
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Module> module;
  v8::Local<v8::Value> evaluated;
  v8::Local<v8::Function> next;
  if (!Find(scope, specifier).ToLocal(&module) ||
      !module->InstantiateModule(context, ResolveImport).FromMaybe(false)) {
    return {};
  }
  // A module that is being evaluated has reached its first await, or its end, in the next job.
  if (module->GetStatus() == v8::Module::kEvaluating) {
    v8::Local<v8::Promise::Resolver> job;
    if (!v8::Promise::Resolver::New(context).ToLocal(&job) ||
        job->Resolve(context, v8::Undefined(scope.isolate())).IsNothing() ||
        !v8::Function::New(context, ImportAgain, specifier, 0, v8::ConstructorBehavior::kThrow)
             .ToLocal(&next)) {
      return {};
    }
    return job->GetPromise()->Then(context, next);
  }
  if (!Evaluate(scope, module).ToLocal(&evaluated) ||
      !v8::Function::New(context, ReturnData, module->GetModuleNamespace(), 0,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&next)) {
    return {};
  }
  return evaluated.As<v8::Promise>()->Then(context, next);
}

v8::MaybeLocal<v8::Promise> ModuleLoader::Import(IsolateScope& scope,
                                                 v8::Local<v8::String> specifier) {
  v8::Local<v8::Promise::Resolver> failed;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&failed)) return {};
  v8::TryCatch caught(scope.isolate());
  v8::Local<v8::Promise> imported;
  if (TryImport(scope, specifier).ToLocal(&imported)) return imported;
  // The engine asks for an exception where there is no promise.
  if (!caught.HasCaught() && cell_.stopping()) {
    cell_.StopNow();
  } else if (!caught.HasCaught()) {
    // Near the end of the stack the engine may fail without an exception.
    ThrowRangeError(scope, "import: the engine could not load the module here");
  }
  if (!caught.HasCaught() || !caught.CanContinue() ||
      failed->Reject(scope.context(), caught.Exception()).IsNothing()) {
    caught.ReThrow();
    return {};
  }
  return failed->GetPromise();
}

}  // namespace codecell::isolate
