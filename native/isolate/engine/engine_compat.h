#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What differs between the V8 versions of Node 20 (11.3) to 26 (14.6), in one place.
namespace codecell::isolate::engine {

// See Terminator::Deferral.
#if V8_MAJOR_VERSION < 13
constexpr bool kMustDeferTermination = true;
#else
constexpr bool kMustDeferTermination = false;
#endif

// `column` is the first column of the source's first line.
inline v8::ScriptOrigin ModuleOrigin([[maybe_unused]] v8::Isolate* isolate,
                                     v8::Local<v8::Value> name, int column = 0) {
  constexpr int kNoScriptId = -1;
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(name, 0, column, false, kNoScriptId, {}, false, false, true);
#else
  return v8::ScriptOrigin(isolate, name, 0, column, false, kNoScriptId, {}, false, false, true);
#endif
}

inline v8::ScriptOrigin ScriptOrigin([[maybe_unused]] v8::Isolate* isolate,
                                     v8::Local<v8::Value> name) {
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(name);
#else
  return v8::ScriptOrigin(isolate, name);
#endif
}

inline v8::Local<v8::Module> NewSyntheticModule(
    v8::Isolate* isolate, v8::Local<v8::String> name,
    const std::vector<v8::Local<v8::String>>& export_names,
    v8::Module::SyntheticModuleEvaluationSteps evaluate) {
#if V8_MAJOR_VERSION >= 12
  return v8::Module::CreateSyntheticModule(
      isolate, name,
      v8::MemorySpan<const v8::Local<v8::String>>(export_names.data(), export_names.size()),
      evaluate);
#else
  return v8::Module::CreateSyntheticModule(isolate, name, export_names, evaluate);
#endif
}

inline v8::Local<v8::ModuleRequest> RequestAt([[maybe_unused]] v8::Local<v8::Context> context,
                                              v8::Local<v8::FixedArray> requests, int i) {
#if V8_MAJOR_VERSION >= 14
  return requests->Get(i).As<v8::ModuleRequest>();
#else
  return requests->Get(context, i).As<v8::ModuleRequest>();
#endif
}

inline void CopyLatin1(v8::Isolate* isolate, v8::Local<v8::String> from, char* to, int length) {
  auto* bytes = reinterpret_cast<uint8_t*>(to);
#if V8_MAJOR_VERSION >= 13
  from->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(length), bytes);
#else
  from->WriteOneByte(isolate, bytes, 0, length, v8::String::NO_NULL_TERMINATION);
#endif
}

inline void CopyUtf16(v8::Isolate* isolate, v8::Local<v8::String> from, char16_t* to, int length) {
  auto* units = reinterpret_cast<uint16_t*>(to);
#if V8_MAJOR_VERSION >= 13
  from->WriteV2(isolate, 0, static_cast<uint32_t>(length), units);
#else
  from->Write(isolate, units, 0, length, v8::String::NO_NULL_TERMINATION);
#endif
}

inline size_t Utf8Length(v8::Isolate* isolate, v8::Local<v8::String> string) {
#if V8_MAJOR_VERSION >= 13
  return string->Utf8LengthV2(isolate);
#else
  return static_cast<size_t>(string->Utf8Length(isolate));
#endif
}

struct Utf8Written {
  size_t units;  // Of the string, that have been read.
  size_t bytes;
};

// Writes whole characters while there is room. A lone surrogate becomes U+FFFD.
inline Utf8Written CopyUtf8(v8::Isolate* isolate, v8::Local<v8::String> from, char* to,
                            size_t capacity) {
#if V8_MAJOR_VERSION >= 13
  size_t units = 0;
  const size_t bytes =
      from->WriteUtf8V2(isolate, to, capacity, v8::String::WriteFlags::kReplaceInvalidUtf8, &units);
  return {units, bytes};
#else
  constexpr size_t kMost = 0x7FFFFFFF;
  int units = 0;
  const int bytes =
      from->WriteUtf8(isolate, to, static_cast<int>(capacity < kMost ? capacity : kMost), &units,
                      v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
  return {static_cast<size_t>(units), static_cast<size_t>(bytes)};
#endif
}

inline std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::String> from) {
  std::string bytes(Utf8Length(isolate, from), '\0');
  CopyUtf8(isolate, from, bytes.data(), bytes.size());
  return bytes;
}

// The object that has the property which a native getter was called for.
template <typename T>
v8::Local<v8::Object> HolderOf(const v8::PropertyCallbackInfo<T>& info) {
#if V8_MAJOR_VERSION >= 13
  return info.HolderV2();
#else
  return info.Holder();
#endif
}

inline v8::Maybe<bool> RemovePrototype(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                       v8::Local<v8::Object> object) {
#if V8_MAJOR_VERSION >= 13
  return object->SetPrototypeV2(context, v8::Null(isolate));
#else
  return object->SetPrototype(context, v8::Null(isolate));
#endif
}

// Property interceptors: older engines take a request as answered when a return value is set; newer
// ones are told by what the callback returns.
#if V8_MAJOR_VERSION >= 12
using Intercepted = v8::Intercepted;
using StoreInfo = v8::PropertyCallbackInfo<void>;
inline Intercepted Answered() { return v8::Intercepted::kYes; }
inline Intercepted NotAnswered() { return v8::Intercepted::kNo; }
#else
using Intercepted = void;
using StoreInfo = v8::PropertyCallbackInfo<v8::Value>;
inline void Answered() {}
inline void NotAnswered() {}
#endif

}  // namespace codecell::isolate::engine
