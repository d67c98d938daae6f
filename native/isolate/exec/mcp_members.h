#pragma once

#include <v8.h>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// What a program finds on the value of an MCP tool's result as if it were the result itself:
// `content` with the value as one text, `structuredContent` with the value, and `isError`. They are
// not enumerable, so copies, JSON and output are without them, and made when they are read. What a
// program assigns to them replaces them, as any other member.
class McpMembers {
 public:
  // Whether a program names one of them: to give them to a value takes as long as the call.
  static bool AreNamedIn(const base::Text& source);

  // Gives them to an object that has none of its own under their names. False with an exception
  // pending.
  bool AddTo(IsolateScope& scope, v8::Local<v8::Object> value);

  // Drops every handle, before the isolate is disposed.
  void Reset();

 private:
  struct Member {
    v8::Global<v8::Function> getter;  // Empty: not needed yet.
    v8::Global<v8::Function> setter;
  };
  static constexpr int kCount = 3;

  bool Make(IsolateScope& scope, int index);

  Member members_[kCount];
};

}  // namespace codecell::isolate
