#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "isolate/engine/isolate_scope.h"
#include "isolate/exec/mcp_members.h"
#include "isolate/exec/tool_paths.h"
#include "protocol/command.h"
#include "protocol/event.h"
#include "protocol/options.h"

namespace codecell::isolate {

class CellContext;

// A cell's tools: a function for each, made when it is first touched, and a promise for each
// request that the host has not settled. Requests past the number that may be in flight wait here.
class ToolBridge {
 public:
  explicit ToolBridge(CellContext& cell) : cell_(cell) {}

  // The tools of the cell that begins.
  void Begin(std::shared_ptr<const protocol::ToolTable> table);
  const protocol::ToolTable& table() const { return *table_; }
  bool has_open_calls() const { return !open_.empty(); }
  bool has_made_calls() const { return last_call_ > 0; }

  // The tool's function, the same for every way to reach it.
  v8::MaybeLocal<v8::Function> FunctionOf(IsolateScope& scope, uint32_t tool);
  // [{name, description}] of every tool.
  v8::MaybeLocal<v8::Array> Listing(IsolateScope& scope);

  // Made when it is first asked for.
  const ToolPaths& paths();

  // The template of what `tools` gives for unknown names; empty until one is needed. The engine
  // keeps every template that it has instantiated, so a cell has only one.
  v8::Global<v8::ObjectTemplate>& unknown_tool() { return unknown_tool_; }

  // Sends a request of a helper. It is counted, limited and settled as a tool call with `bytes` of
  // input is. `helper`, its name, must live for ever. Empty, with an exception pending, where it
  // passes a limit.
  v8::MaybeLocal<v8::Promise> Ask(IsolateScope& scope, std::string_view helper,
                                  protocol::ToolRequest request, size_t bytes);

  // Settles a call; unknown ids are ignored.
  void Resolve(IsolateScope& scope, const protocol::ToolResolved& resolved);
  void Reject(IsolateScope& scope, const protocol::ToolRejected& rejected);

  // Drops every handle, before the isolate is disposed.
  void Reset();

 private:
  struct Callee {
    std::string_view helper;  // Empty: it is the tool.
    uint32_t tool = 0;
  };

  struct OpenCall {
    v8::Global<v8::Promise::Resolver> resolver;
    v8::Global<v8::StackTrace> site;  // Where the cell made the call, for the error's stack.
    Callee callee;
    size_t input_bytes = 0;
  };

  struct WaitingRequest {
    protocol::ToolRequest request;
    size_t weight;  // What it counts for among what the host has not taken.
  };

  struct InputSize {
    size_t bytes;
    size_t values;
  };

  static void Call(const v8::FunctionCallbackInfo<v8::Value>& info);

  v8::MaybeLocal<v8::Value> ReadResult(IsolateScope& scope, Callee callee,
                                       const protocol::ToolResolved& resolved);
  // Whether the cell's programs may take a value for the MCP result that it was made of.
  bool HasMcpMembers(Callee callee);
  // A ToolError for a tool's call, an Error for a helper's.
  v8::MaybeLocal<v8::Value> NewCallError(IsolateScope& scope, const OpenCall& call,
                                         const base::Text& message);
  // Reads a call's input. False, with an exception pending: it cannot be handed over.
  bool ReadInput(IsolateScope& scope, uint32_t tool, v8::Local<v8::Value> value, base::Text& input,
                 size_t& values);
  // False, with an exception pending: there is no room for an input of that size.
  bool HasRoomFor(IsolateScope& scope, Callee callee, size_t bytes) const;
  v8::MaybeLocal<v8::Promise> Open(IsolateScope& scope, Callee callee,
                                   protocol::ToolRequest request, InputSize size);
  // Removes a call that the host has settled, and sends the next one that waits.
  OpenCall Take(protocol::ToolCallId call);
  void SendNext();
  std::string NameOf(Callee callee) const;

  CellContext& cell_;
  std::shared_ptr<const protocol::ToolTable> table_ = std::make_shared<protocol::ToolTable>();
  std::vector<v8::Global<v8::Function>> functions_;  // Empty: not touched yet.
  v8::Global<v8::ObjectTemplate> unknown_tool_;
  McpMembers mcp_members_;
  std::optional<bool> names_mcp_members_;  // Empty: not needed yet.
  std::optional<ToolPaths> paths_;
  std::unordered_map<protocol::ToolCallId, OpenCall> open_;
  std::deque<WaitingRequest> waiting_;
  size_t in_flight_ = 0;
  size_t open_input_bytes_ = 0;
  protocol::ToolCallId last_call_ = 0;
};

}  // namespace codecell::isolate
