#include "isolate/globals/web_natives.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "isolate/globals/web_text.h"
#include "isolate/globals/web_values.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

void Idna(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Object> exports;
  if (LoadWebLibrary(CellContext::From(info.GetIsolate()), WebLibrary::kIdna).ToLocal(&exports)) {
    info.GetReturnValue().Set(exports);
  }
}

void Now(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(CellContext::From(info.GetIsolate()).ambient().NowMs());
}

void Origin(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(CellContext::From(info.GetIsolate()).ambient().origin_ms());
}

void FillRandom(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsArrayBufferView()) return;
  const v8::Local<v8::ArrayBufferView> view = info[0].As<v8::ArrayBufferView>();
  auto* data = static_cast<uint8_t*>(view->Buffer()->Data());
  if (!cell.ambient().FillRandom(data + view->ByteOffset(), view->ByteLength())) {
    ThrowError(cell.scope(), u"crypto: the operating system has no random bytes yet; try again");
  }
}

void Report(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  cell.NoteUncaught(info[0]);
}

void RunMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  const v8::TryCatch caught(info.GetIsolate());
  LeavePending(info.Data().As<v8::Function>()->Call(cell.scope().context(),
                                                    v8::Undefined(info.GetIsolate()), 0, nullptr));
  cell.NoteUncaught(caught);
}

struct NativeFunction {
  const char* name;
  v8::FunctionCallback callback;
};

constexpr NativeFunction kFunctions[] = {
    {"copyRegExp", CopyRegExp},
    {"decode", DecodeText},
    {"detach", DetachBuffer},
    {"encodeInto", EncodeUtf8Into},
    {"fillRandom", FillRandom},
    {"fromBase64", DecodeBase64},
    {"idna", Idna},
    {"isDetached", IsDetached},
    {"kindOf", KindOf},
    {"namedKeys", NamedKeys},
    {"now", Now},
    {"openBytes", OpenBytes},
    {"origin", Origin},
    {"report", Report},
    {"setBackgroundTimer", Timers::SetBackground},
    {"shareBuffer", ShareBuffer},
    {"toBase64", EncodeBase64},
    {"utf8Length", Utf8Length},
};

v8::MaybeLocal<v8::Object> NativesOf(CellContext& cell) {
  IsolateScope& scope = cell.scope();
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Object> natives;
  if (cell.web().natives(scope).ToLocal(&natives)) return natives;
  natives = v8::Object::New(scope.isolate());
  for (const NativeFunction& native : kFunctions) {
    v8::Local<v8::Function> function;
    if (!v8::Function::New(context, native.callback, {}, 0, v8::ConstructorBehavior::kThrow)
             .ToLocal(&function) ||
        natives->CreateDataProperty(context, Literal(scope, native.name), function).IsNothing()) {
      return {};
    }
  }
  cell.web().KeepNatives(scope, natives);
  return natives;
}

}  // namespace

v8::MaybeLocal<v8::Object> LoadWebLibrary(CellContext& cell, WebLibrary library) {
  v8::Local<v8::Object> natives;
  if (!NativesOf(cell).ToLocal(&natives)) return {};
  return cell.web().Load(cell.scope(), library, natives);
}

void QueueMicrotask(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsFunction()) {
    ThrowTypeError(cell.scope(), std::string_view("queueMicrotask expects a function callback"));
    return;
  }
  v8::Local<v8::Function> task;
  // What the engine keeps of a microtask counts for the heap of the cell.
  if (v8::Function::New(cell.scope().context(), RunMicrotask, info[0], 0,
                        v8::ConstructorBehavior::kThrow)
          .ToLocal(&task)) {
    info.GetIsolate()->EnqueueMicrotask(task);
  }
}

}  // namespace codecell::isolate
