#include "isolate/exec/tool_bridge.h"

#include <string>
#include <utility>
#include <variant>

#include "base/json_shape.h"
#include "isolate/exec/cell_context.h"
#include "isolate/values/exception.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

constexpr int kFramesOfCallSite = 4;
// Reading one frame takes as long as the rest of a call. Where many calls are open, most come from
// the same place.
constexpr size_t kManyCalls = 16;
// What the host's work with one value of an input counts for, in bytes: about what it can copy
// meanwhile. So few inputs of many values are delivered in one turn of its loop.
constexpr size_t kBytesOfValue = 128;

bool DefineHidden(IsolateScope& scope, v8::Local<v8::Object> object, std::string_view name,
                  v8::Local<v8::Value> value) {
  return object->DefineOwnProperty(scope.context(), Literal(scope, name), value, v8::DontEnum)
      .FromMaybe(false);
}

void AppendFrames(IsolateScope& scope, v8::Local<v8::StackTrace> site, std::u16string& stack) {
  for (int i = 0; i < site->GetFrameCount(); ++i) {
    const v8::Local<v8::StackFrame> frame =
        site->GetFrame(scope.isolate(), static_cast<uint32_t>(i));
    const v8::Local<v8::String> script = frame->GetScriptName();
    std::u16string place = script.IsEmpty() ? u"<anonymous>" : ToUtf16(scope, script);
    place += u":" + Widen(std::to_string(frame->GetLineNumber())) + u":" +
             Widen(std::to_string(frame->GetColumn()));
    const v8::Local<v8::String> function = frame->GetFunctionName();
    const bool named = !function.IsEmpty() && function->Length() > 0;
    stack += u"\n    at " + (named ? ToUtf16(scope, function) + u" (" + place + u")" : place);
  }
}

}  // namespace

void ToolBridge::Begin(std::shared_ptr<const protocol::ToolTable> table) {
  table_ = std::move(table);
  functions_.resize(table_->tools.size());
}

const ToolPaths& ToolBridge::paths() {
  if (!paths_) paths_.emplace(*table_);
  return *paths_;
}

v8::MaybeLocal<v8::Function> ToolBridge::FunctionOf(IsolateScope& scope, uint32_t tool) {
  v8::Global<v8::Function>& known = functions_[tool];
  if (!known.IsEmpty()) return known.Get(scope.isolate());
  v8::Local<v8::Function> function;
  if (!v8::Function::New(scope.context(), Call, v8::Integer::NewFromUnsigned(scope.isolate(), tool),
                         1, v8::ConstructorBehavior::kThrow)
           .ToLocal(&function)) {
    return {};
  }
  function->SetName(Literal(scope, table_->tools[tool].name));
  known.Reset(scope.isolate(), function);
  return function;
}

v8::MaybeLocal<v8::Array> ToolBridge::Listing(IsolateScope& scope) {
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::Array> listing =
      v8::Array::New(scope.isolate(), static_cast<int>(table_->tools.size()));
  const v8::Local<v8::String> name_key = Literal(scope, "name");
  const v8::Local<v8::String> description_key = Literal(scope, "description");
  for (uint32_t i = 0; i < table_->tools.size(); ++i) {
    const v8::HandleScope handles(scope.isolate());
    const protocol::Tool& tool = table_->tools[i];
    const v8::Local<v8::Object> entry = v8::Object::New(scope.isolate());
    v8::Local<v8::String> description;
    if (!ToV8(scope, tool.description).ToLocal(&description) ||
        entry->CreateDataProperty(context, name_key, Literal(scope, tool.name)).IsNothing() ||
        entry->CreateDataProperty(context, description_key, description).IsNothing() ||
        listing->CreateDataProperty(context, i, entry).IsNothing()) {
      return {};
    }
  }
  return listing;
}

void ToolBridge::Call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  ToolBridge& bridge = cell.tools();
  const uint32_t tool = info.Data().As<v8::Uint32>()->Value();
  base::Text input;
  size_t values = 1;
  v8::Local<v8::Promise> result;
  if (!bridge.ReadInput(cell.scope(), tool, info[0], input, values)) return;
  const InputSize size{input.size_bytes(), values};
  if (bridge.Open(cell.scope(), {{}, tool}, protocol::ToolCall{0, tool, std::move(input)}, size)
          .ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

v8::MaybeLocal<v8::Promise> ToolBridge::Ask(IsolateScope& scope, std::string_view helper,
                                            protocol::ToolRequest request, size_t bytes) {
  const Callee callee{helper};
  if (!HasRoomFor(scope, callee, bytes)) return {};
  return Open(scope, callee, std::move(request), {bytes, 1});
}

bool ToolBridge::ReadInput(IsolateScope& scope, uint32_t tool, v8::Local<v8::Value> value,
                           base::Text& input, size_t& values) {
  input = base::Text::Ascii("null");
  if (value->IsNullOrUndefined()) return true;
  const Json json = ToJson(scope, value, JsonUse::kData);
  if (json.kind == Json::Kind::kThrew) return false;
  if (json.kind == Json::Kind::kAbsent) {
    ThrowTypeError(scope, u"failed to serialize JavaScript value: the input of " +
                              Widen(NameOf({{}, tool})) +
                              u" must be something JSON can carry, not " +
                              ToUtf16(scope, value->TypeOf(scope.isolate())));
    return false;
  }
  // Asked before the text is copied, which may be far past the limit.
  if (!HasRoomFor(scope, {{}, tool}, SizeOf(json.text))) return false;
  input = ToText(scope, json.text);
  const base::JsonShape shape = base::JsonShapeOf(input);
  values = shape.values;
  if (shape.depth > cell_.limits().json_depth) {
    ThrowTooDeep(scope, "the input of " + NameOf({{}, tool}), cell_.limits().json_depth);
    return false;
  }
  if (shape.values > cell_.limits().json_values) {
    ThrowTooManyValues(scope, "the input of " + NameOf({{}, tool}), cell_.limits().json_values);
    return false;
  }
  return true;
}

bool ToolBridge::HasRoomFor(IsolateScope& scope, Callee callee, size_t bytes) const {
  const size_t limit = cell_.limits().tool_input_bytes;
  if (open_input_bytes_ + bytes <= limit) return true;
  ThrowRangeError(scope, "the input of " + NameOf(callee) +
                             " is too large: the inputs of all calls that "
                             "have not been answered may have " +
                             std::to_string(limit) + " bytes, and would have " +
                             std::to_string(open_input_bytes_ + bytes) +
                             " (limits.toolInputBytes)");
  return false;
}

v8::MaybeLocal<v8::Promise> ToolBridge::Open(IsolateScope& scope, Callee callee,
                                             protocol::ToolRequest request, InputSize size) {
  const size_t limit = cell_.limits().tool_calls;
  if (last_call_ >= limit) {
    cell_.StopHere({StopCause::kToolCallsLimit, static_cast<double>(limit),
                    static_cast<double>(last_call_) + 1});
    return {};
  }
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&resolver)) return {};
  const protocol::ToolCallId call = ++last_call_;
  OpenCall& open = open_[call];
  open.resolver.Reset(scope.isolate(), resolver);
  const int frames = open_.size() > kManyCalls ? 1 : kFramesOfCallSite;
  open.site.Reset(scope.isolate(), v8::StackTrace::CurrentStackTrace(scope.isolate(), frames));
  open.callee = callee;
  open.input_bytes = size.bytes;
  open_input_bytes_ += size.bytes;
  std::visit([call](auto& asked) { asked.call = call; }, request);
  waiting_.push_back({std::move(request), size.bytes + size.values * kBytesOfValue});
  SendNext();
  return resolver->GetPromise();
}

void ToolBridge::SendNext() {
  while (!waiting_.empty() && in_flight_ < cell_.limits().tool_calls_in_flight) {
    ++in_flight_;
    WaitingRequest next = std::move(waiting_.front());
    waiting_.pop_front();
    std::visit([&](auto& asked) { cell_.outbox().Send(std::move(asked), next.weight); },
               next.request);
  }
}

ToolBridge::OpenCall ToolBridge::Take(protocol::ToolCallId call) {
  const auto found = open_.find(call);
  if (found == open_.end()) return {};
  OpenCall taken = std::move(found->second);
  open_.erase(found);
  open_input_bytes_ -= taken.input_bytes;
  --in_flight_;
  SendNext();
  return taken;
}

std::string ToolBridge::NameOf(Callee callee) const {
  if (!callee.helper.empty()) return std::string(callee.helper);
  return "tools." + table_->tools[callee.tool].name;
}

bool ToolBridge::HasMcpMembers(Callee callee) {
  if (!callee.helper.empty() || !table_->tools[callee.tool].is_mcp ||
      cell_.options().setup.dialect == protocol::Dialect::kStrict) {
    return false;
  }
  if (!names_mcp_members_) names_mcp_members_ = McpMembers::AreNamedIn(cell_.options().source);
  return *names_mcp_members_;
}

v8::MaybeLocal<v8::Value> ToolBridge::ReadResult(IsolateScope& scope, Callee callee,
                                                 const protocol::ToolResolved& resolved) {
  if (resolved.is_json) {
    v8::Local<v8::Value> value;
    if (!FromJson(scope, resolved.result).ToLocal(&value)) return {};
    if (value->IsObject() && HasMcpMembers(callee) &&
        !mcp_members_.AddTo(scope, value.As<v8::Object>())) {
      return {};
    }
    return value;
  }
  v8::Local<v8::String> text;
  if (!ToV8(scope, resolved.result).ToLocal(&text)) return {};
  return text;
}

void ToolBridge::Resolve(IsolateScope& scope, const protocol::ToolResolved& resolved) {
  const v8::HandleScope handles(scope.isolate());
  const OpenCall open = Take(resolved.call);
  if (open.resolver.IsEmpty()) return;
  const v8::TryCatch caught(scope.isolate());
  const v8::Local<v8::Promise::Resolver> resolver = open.resolver.Get(scope.isolate());
  v8::Local<v8::Value> value;
  if (resolved.is_json && base::JsonShapeOf(resolved.result).depth > cell_.limits().json_depth) {
    const std::u16string message =
        u"The result of " + Widen(NameOf(open.callee)) + u" is nested more than " +
        Widen(std::to_string(cell_.limits().json_depth)) + u" deep (limits.jsonDepth).";
    if (NewCallError(scope, open, base::Text::Narrowed(message)).ToLocal(&value)) {
      LeavePending(resolver->Reject(scope.context(), value));
    }
  } else if (ReadResult(scope, open.callee, resolved).ToLocal(&value)) {
    LeavePending(resolver->Resolve(scope.context(), value));
  } else if (caught.CanContinue() && !caught.Exception().IsEmpty()) {
    LeavePending(resolver->Reject(scope.context(), caught.Exception()));
  }
}

v8::MaybeLocal<v8::Value> ToolBridge::NewCallError(IsolateScope& scope, const OpenCall& call,
                                                   const base::Text& message) {
  v8::Local<v8::String> text;
  if (!ToV8(scope, message).ToLocal(&text)) return {};
  const v8::Local<v8::Object> error = v8::Exception::Error(text).As<v8::Object>();
  const bool is_tool = call.callee.helper.empty();
  std::u16string stack = (is_tool ? u"ToolError: " : u"Error: ") + ToUtf16(scope, text);
  AppendFrames(scope, call.site.Get(scope.isolate()), stack);
  v8::Local<v8::String> stack_text;
  if (!ToV8(scope, stack).ToLocal(&stack_text) ||
      !DefineHidden(scope, error, "stack", stack_text)) {
    return {};
  }
  if (is_tool &&
      (!DefineHidden(scope, error, "name", Literal(scope, "ToolError")) ||
       !DefineHidden(scope, error, "tool", Literal(scope, table_->tools[call.callee.tool].name)))) {
    return {};
  }
  return error;
}

void ToolBridge::Reject(IsolateScope& scope, const protocol::ToolRejected& rejected) {
  const v8::HandleScope handles(scope.isolate());
  const OpenCall open = Take(rejected.call);
  if (open.resolver.IsEmpty()) return;
  const v8::TryCatch caught(scope.isolate());
  const v8::Local<v8::Promise::Resolver> resolver = open.resolver.Get(scope.isolate());
  v8::Local<v8::Value> error;
  if (NewCallError(scope, open, rejected.message).ToLocal(&error)) {
    LeavePending(resolver->Reject(scope.context(), error));
  } else if (caught.CanContinue() && !caught.Exception().IsEmpty()) {
    LeavePending(resolver->Reject(scope.context(), caught.Exception()));
  }
}

void ToolBridge::Reset() {
  functions_.clear();
  unknown_tool_.Reset();
  mcp_members_.Reset();
  open_.clear();
  waiting_.clear();
}

}  // namespace codecell::isolate
