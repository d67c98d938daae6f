#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "isolate/isolate_scope.h"
#include "protocol/command.h"
#include "protocol/options.h"

namespace codecell::isolate {

// A cell's tools: a function for each, made when it is first touched, and a promise for each call
// that the host has not settled.
class ToolBridge {
 public:
  explicit ToolBridge(std::shared_ptr<const protocol::ToolTable> table)
      : table_(std::move(table)), functions_(table_->tools.size()) {}

  const protocol::ToolTable& table() const { return *table_; }
  bool has_open_calls() const { return !open_.empty(); }

  // The tool's function, the same for every way to reach it.
  v8::MaybeLocal<v8::Function> FunctionOf(IsolateScope& scope, uint32_t tool);
  // [{name, description}] of every tool.
  v8::MaybeLocal<v8::Array> Listing(IsolateScope& scope);

  // What `tools` makes its answers for unknown names from; empty until it has made one. The engine
  // keeps every template it has instantiated, so there is one for the cell.
  v8::Global<v8::ObjectTemplate>& unknown_tool() { return unknown_tool_; }

  // Settles a call; unknown ids are ignored.
  void Resolve(IsolateScope& scope, const protocol::ToolResolved& resolved);
  void Reject(IsolateScope& scope, const protocol::ToolRejected& rejected);

  // Drops every handle, before the isolate is disposed.
  void Reset();

 private:
  struct OpenCall {
    v8::Global<v8::Promise::Resolver> resolver;
    v8::Global<v8::StackTrace> site;  // Where the cell made the call, for the error's stack.
    uint32_t tool;
  };

  static void Call(const v8::FunctionCallbackInfo<v8::Value>& info);

  v8::MaybeLocal<v8::Value> NewToolError(IsolateScope& scope, const OpenCall& call,
                                         const base::Text& message);
  OpenCall Take(protocol::ToolCallId call);

  const std::shared_ptr<const protocol::ToolTable> table_;
  std::vector<v8::Global<v8::Function>> functions_;  // Empty: not touched yet.
  v8::Global<v8::ObjectTemplate> unknown_tool_;
  std::unordered_map<protocol::ToolCallId, OpenCall> open_;
  protocol::ToolCallId last_call_ = 0;
};

}  // namespace codecell::isolate
