#pragma once

#include <v8.h>

#include <array>
#include <cstddef>

#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// A file of JavaScript that makes some of the web's globals.
enum class WebLibrary { kWeb, kUrl, kIdna, kNewer };
inline constexpr size_t kWebLibraries = 4;

// What an isolate has made of those files so far: each runs when what it makes is first touched.
class WebLibraries {
 public:
  // Any thread, once: for a process whose isolates cannot read files later.
  static void ReadFiles();

  // The exports of a library, which is run first if it has not been. `natives` is what it is given
  // of the native layer. Empty with an exception pending, or while the cell is being stopped.
  v8::MaybeLocal<v8::Object> Load(IsolateScope& scope, WebLibrary library,
                                  v8::Local<v8::Object> natives);
  // Whether the library is being run: it must not find what it is about to make.
  bool is_loading(WebLibrary library) const { return loading_[static_cast<size_t>(library)]; }

  // The object that libraries are given; empty until it has been kept.
  v8::MaybeLocal<v8::Object> natives(IsolateScope& scope) const;
  void KeepNatives(IsolateScope& scope, v8::Local<v8::Object> natives);

  // Drops every handle, before the isolate is disposed.
  void Reset();

 private:
  std::array<v8::Global<v8::Object>, kWebLibraries> exports_;
  std::array<bool, kWebLibraries> loading_{};
  v8::Global<v8::Object> natives_;
};

}  // namespace codecell::isolate
