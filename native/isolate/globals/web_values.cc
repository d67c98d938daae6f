#include "isolate/globals/web_values.h"

#include <cstdint>

#include "isolate/exec/cell_context.h"

namespace codecell::isolate {

namespace {

// As web/native.ts numbers them.
enum class Kind : uint32_t {
  kUncloneable,
  kPlain,
  kArray,
  kDate,
  kRegExp,
  kMap,
  kSet,
  kBuffer,
  kView,
  kError,
  kWrapper,
};

bool IsWrapper(v8::Local<v8::Value> value) {
  return value->IsBooleanObject() || value->IsNumberObject() || value->IsStringObject() ||
         value->IsBigIntObject();
}

bool IsUncloneable(v8::Local<v8::Value> value) {
  return !value->IsObject() || value->IsFunction() || value->IsSymbolObject() || value->IsProxy() ||
         value->IsPromise() || value->IsWeakMap() || value->IsWeakSet() || value->IsWeakRef() ||
         value->IsGeneratorObject() || value->IsMapIterator() || value->IsSetIterator() ||
         value->IsModuleNamespaceObject();
}

Kind KindOfValue(v8::Local<v8::Value> value) {
  if (IsUncloneable(value)) return Kind::kUncloneable;
  if (value->IsArray()) return Kind::kArray;
  if (value->IsDate()) return Kind::kDate;
  if (value->IsRegExp()) return Kind::kRegExp;
  if (value->IsMap()) return Kind::kMap;
  if (value->IsSet()) return Kind::kSet;
  if (value->IsArrayBuffer()) return Kind::kBuffer;
  if (value->IsArrayBufferView()) return Kind::kView;
  if (value->IsNativeError()) return Kind::kError;
  if (IsWrapper(value)) return Kind::kWrapper;
  // What the native layer has made has fields of its own.
  return value.As<v8::Object>()->InternalFieldCount() > 0 ? Kind::kUncloneable : Kind::kPlain;
}

}  // namespace

void KindOf(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(static_cast<uint32_t>(KindOfValue(info[0])));
}

void NamedKeys(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsObject()) return;
  v8::Local<v8::Array> names;
  if (info[0]
          .As<v8::Object>()
          ->GetPropertyNames(
              info.GetIsolate()->GetCurrentContext(), v8::KeyCollectionMode::kOwnOnly,
              static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
              v8::IndexFilter::kSkipIndices, v8::KeyConversionMode::kConvertToString)
          .ToLocal(&names)) {
    info.GetReturnValue().Set(names);
  }
}

void CopyRegExp(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsRegExp()) return;
  const v8::Local<v8::RegExp> original = info[0].As<v8::RegExp>();
  v8::Local<v8::RegExp> copy;
  if (v8::RegExp::New(info.GetIsolate()->GetCurrentContext(), original->GetSource(),
                      original->GetFlags())
          .ToLocal(&copy)) {
    info.GetReturnValue().Set(copy);
  }
}

void IsDetached(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info[0]->IsArrayBuffer() &&
                            info[0].As<v8::ArrayBuffer>()->WasDetached());
}

void ShareBuffer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsArrayBuffer()) return;
  const v8::Local<v8::ArrayBuffer> buffer = info[0].As<v8::ArrayBuffer>();
  if (buffer->WasDetached() || !buffer->IsDetachable()) return;
  info.GetReturnValue().Set(v8::ArrayBuffer::New(info.GetIsolate(), buffer->GetBackingStore()));
}

void DetachBuffer(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsArrayBuffer()) return;
  LeavePending(info[0].As<v8::ArrayBuffer>()->Detach(v8::Local<v8::Value>()));
}

}  // namespace codecell::isolate
