#include "isolate/globals/tools_object.h"

#include <optional>
#include <string>
#include <vector>

#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/globals/unknown_tool.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

using engine::Answered;
using engine::Intercepted;
using engine::NotAnswered;

// The tool of that name, if there is one.
std::optional<uint32_t> Find(CellContext& cell, v8::Local<v8::Name> name) {
  if (!name->IsString()) return {};
  const auto& by_name = cell.tools().table().by_name;
  const std::optional<std::string> text = ToName(cell.scope(), name.As<v8::String>());
  if (!text) return {};
  const auto found = by_name.find(*text);
  if (found == by_name.end()) return {};
  return found->second;
}

void ThrowUnchangeable(CellContext& cell) {
  ThrowTypeError(cell.scope(), std::string_view("tools cannot be changed by the cell"));
}

Intercepted Get(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (!name->IsString()) return NotAnswered();
  if (const std::optional<uint32_t> tool = Find(cell, name)) {
    v8::Local<v8::Function> function;
    if (cell.tools().FunctionOf(scope, *tool).ToLocal(&function)) {
      info.GetReturnValue().Set(function);
    }
    return Answered();
  }
  if (IsProtocolName(ToName(scope, name.As<v8::String>()).value_or(""))) return NotAnswered();
  v8::Local<v8::Object> unknown;
  if (NewUnknownTool(cell, name.As<v8::String>()).ToLocal(&unknown))
    info.GetReturnValue().Set(unknown);
  return Answered();
}

Intercepted Set(v8::Local<v8::Name>, v8::Local<v8::Value>, const engine::StoreInfo& info) {
  ThrowUnchangeable(CellContext::From(info.GetIsolate()));
  return Answered();
}

Intercepted Query(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Integer>& info) {
  if (!Find(CellContext::From(info.GetIsolate()), name)) return NotAnswered();
  info.GetReturnValue().Set(static_cast<int32_t>(v8::ReadOnly | v8::DontDelete));
  return Answered();
}

Intercepted Delete(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Boolean>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!Find(cell, name)) return NotAnswered();
  info.GetReturnValue().Set(false);
  ThrowUnchangeable(cell);
  return Answered();
}

void Enumerate(const v8::PropertyCallbackInfo<v8::Array>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  const std::vector<protocol::Tool>& tools = cell.tools().table().tools;
  std::vector<v8::Local<v8::Value>> names;
  names.reserve(tools.size());
  for (const protocol::Tool& tool : tools) names.emplace_back(Literal(cell.scope(), tool.name));
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), names.data(), names.size()));
}

Intercepted Define(v8::Local<v8::Name>, const v8::PropertyDescriptor&,
                   const engine::StoreInfo& info) {
  ThrowUnchangeable(CellContext::From(info.GetIsolate()));
  return Answered();
}

Intercepted Describe(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  const std::optional<uint32_t> tool = Find(cell, name);
  if (!tool) return NotAnswered();
  v8::Local<v8::Function> function;
  if (!cell.tools().FunctionOf(scope, *tool).ToLocal(&function)) return Answered();
  const v8::Local<v8::Boolean> no = v8::False(info.GetIsolate());
  v8::Local<v8::Name> keys[] = {Literal(scope, "value"), Literal(scope, "writable"),
                                Literal(scope, "enumerable"), Literal(scope, "configurable")};
  v8::Local<v8::Value> values[] = {function, no, v8::True(info.GetIsolate()), no};
  info.GetReturnValue().Set(
      v8::Object::New(info.GetIsolate(), v8::Null(info.GetIsolate()), keys, values, 4));
  return Answered();
}

}  // namespace

v8::MaybeLocal<v8::Object> NewToolsObject(IsolateScope& scope) {
  const v8::Local<v8::ObjectTemplate> tools = v8::ObjectTemplate::New(scope.isolate());
  tools->SetHandler(v8::NamedPropertyHandlerConfiguration(Get, Set, Query, Delete, Enumerate,
                                                          Define, Describe, v8::Local<v8::Value>(),
                                                          v8::PropertyHandlerFlags::kNone));
  v8::Local<v8::Object> object;
  if (!tools->NewInstance(scope.context()).ToLocal(&object) ||
      engine::RemovePrototype(scope.isolate(), scope.context(), object).IsNothing()) {
    return {};
  }
  return object;
}

}  // namespace codecell::isolate
