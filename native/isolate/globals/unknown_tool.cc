#include "isolate/globals/unknown_tool.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/nearest.h"
#include "isolate/engine/engine_compat.h"
#include "isolate/exec/tool_paths.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

using engine::Answered;
using engine::Intercepted;
using engine::NotAnswered;

constexpr size_t kMaxNames = 3;
// Of a path; a longer one has no members.
constexpr int kMaxPathUnits = 512;

constexpr int kPathField = 0;
constexpr int kFields = 1;

v8::Local<v8::String> PathOf(v8::Local<v8::Object> unknown) {
  return unknown->GetInternalField(kPathField).As<v8::Value>().As<v8::String>();
}

std::u16string Listed(const std::vector<std::string>& names) {
  std::u16string list;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? u" or " : u", ";
    list += u"tools." + Widen(names[i]);
  }
  return list;
}

// The tools whose names are nearest to the path, else the first ones.
std::vector<std::string> NamesNear(const protocol::ToolTable& table, const std::string& path) {
  base::NearestNames nearest(path, kMaxNames);
  for (const protocol::Tool& tool : table.tools) nearest.Consider(tool.name);
  return nearest.Take();
}

std::vector<std::string> NamesIn(const protocol::ToolTable& table,
                                 const std::vector<uint32_t>& tools) {
  std::vector<std::string> names;
  for (const uint32_t tool : tools) {
    if (names.size() == kMaxNames) break;
    names.push_back(table.tools[tool].name);
  }
  return names;
}

std::u16string UnknownToolMessage(CellContext& cell, v8::Local<v8::String> path) {
  const protocol::ToolTable& table = cell.tools().table();
  const std::string wanted = ToName(cell.scope(), path).value_or("");
  std::u16string message =
      u"tools." + ToShown(cell.scope(), path, kMaxQuotedUnits) + u" is not a tool of this cell. ";
  if (table.tools.empty()) return message + u"It has no tools.";
  const std::vector<uint32_t> members = ToolsUnder(table, wanted);
  std::vector<std::string> names =
      members.empty() ? NamesNear(table, wanted) : NamesIn(table, members);
  if (!names.empty()) return message + u"Did you mean " + Listed(names) + u"?";
  return message + u"search_tools(\"words\") finds tools; ALL_TOOLS lists all " +
         Widen(std::to_string(table.tools.size())) + u".";
}

void Call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  ThrowTypeError(cell.scope(), UnknownToolMessage(cell, PathOf(info.This())));
}

Intercepted GetMember(v8::Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  const v8::Local<v8::String> path = PathOf(engine::HolderOf(info));
  if (cell.options().setup.dialect == protocol::Dialect::kStrict || !name->IsString() ||
      path->Length() + name.As<v8::String>()->Length() > kMaxPathUnits) {
    return NotAnswered();
  }
  const std::string base = ToName(scope, path).value_or("");
  const std::string member = ToName(scope, name.As<v8::String>()).value_or("");
  if (IsProtocolName(member)) return NotAnswered();
  if (const std::optional<uint32_t> tool = cell.tools().paths().Find(base + "." + member)) {
    v8::Local<v8::Function> function;
    if (cell.tools().FunctionOf(scope, *tool).ToLocal(&function)) {
      info.GetReturnValue().Set(function);
    }
    return Answered();
  }
  v8::Local<v8::String> longer;
  v8::Local<v8::Object> unknown;
  if (Utf8ToV8(scope, base + "." + member).ToLocal(&longer) &&
      NewUnknownTool(cell, longer).ToLocal(&unknown)) {
    info.GetReturnValue().Set(unknown);
  }
  return Answered();
}

void EnumerateMembers(const v8::PropertyCallbackInfo<v8::Array>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (cell.options().setup.dialect == protocol::Dialect::kStrict) return;
  const std::string path = ToName(cell.scope(), PathOf(engine::HolderOf(info))).value_or("");
  const protocol::ToolTable& table = cell.tools().table();
  std::vector<v8::Local<v8::Value>> names;
  for (const uint32_t tool : ToolsUnder(table, path)) {
    names.emplace_back(Literal(cell.scope(), NameUnder(table.tools[tool], path)));
  }
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), names.data(), names.size()));
}

}  // namespace

bool IsProtocolName(const std::string& name) {
  return name == "then" || name == "toJSON" || name == "toString" || name == "valueOf" ||
         name == "constructor" || name == "__proto__" || name == "inspect";
}

v8::MaybeLocal<v8::Object> NewUnknownTool(CellContext& cell, v8::Local<v8::String> path) {
  IsolateScope& scope = cell.scope();
  v8::Global<v8::ObjectTemplate>& kept = cell.tools().unknown_tool();
  if (kept.IsEmpty()) {
    const v8::Local<v8::ObjectTemplate> made = v8::ObjectTemplate::New(scope.isolate());
    made->SetInternalFieldCount(kFields);
    made->SetCallAsFunctionHandler(Call);
    made->MarkAsUndetectable();
    made->SetHandler(v8::NamedPropertyHandlerConfiguration(GetMember, nullptr, nullptr, nullptr,
                                                           EnumerateMembers, v8::Local<v8::Value>(),
                                                           v8::PropertyHandlerFlags::kNonMasking));
    kept.Reset(scope.isolate(), made);
  }
  v8::Local<v8::Object> unknown;
  if (!kept.Get(scope.isolate())->NewInstance(scope.context()).ToLocal(&unknown)) return {};
  unknown->SetInternalField(kPathField, path);
  return unknown;
}

}  // namespace codecell::isolate
