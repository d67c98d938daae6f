#include "isolate/exec/mcp_members.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "isolate/engine/isolate_scope.h"
#include "isolate/values/json_forms.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

// [{type: "text", text: the value's JSON}].
void GetContent(const Info& info) {
  IsolateScope scope(info.GetIsolate());
  const v8::Local<v8::Context> context = scope.context();
  const Json json = ToJson(scope, info.This(), JsonUse::kOwn);
  if (json.kind != Json::Kind::kText) return;
  const v8::Local<v8::Object> block = v8::Object::New(info.GetIsolate());
  const v8::Local<v8::String> text = Literal(scope, "text");
  v8::Local<v8::Value> blocks[] = {block};
  if (block->CreateDataProperty(context, Literal(scope, "type"), text).IsNothing() ||
      block->CreateDataProperty(context, text, json.text).IsNothing()) {
    return;
  }
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), blocks, 1));
}

void GetStructuredContent(const Info& info) { info.GetReturnValue().Set(info.This()); }

void GetIsError(const Info& info) { info.GetReturnValue().Set(false); }

void Assign(const Info& info) {
  IsolateScope scope(info.GetIsolate());
  LeavePending(
      info.This()->CreateDataProperty(scope.context(), info.Data().As<v8::String>(), info[0]));
}

struct Declared {
  const char* name;
  v8::FunctionCallback get;
};

constexpr Declared kMembers[] = {
    {"content", GetContent}, {"structuredContent", GetStructuredContent}, {"isError", GetIsError}};

}  // namespace

bool McpMembers::AreNamedIn(const base::Text& source) {
  return std::any_of(std::begin(kMembers), std::end(kMembers), [&](const Declared& member) {
    return source.is_latin1() ? source.latin1().find(member.name) != std::string::npos
                              : source.utf16().find(Widen(member.name)) != std::u16string::npos;
  });
}

bool McpMembers::Make(IsolateScope& scope, int index) {
  const v8::Local<v8::Context> context = scope.context();
  const Declared& declared = kMembers[index];
  v8::Local<v8::Function> getter;
  v8::Local<v8::Function> setter;
  if (!v8::Function::New(context, declared.get, {}, 0, v8::ConstructorBehavior::kThrow)
           .ToLocal(&getter) ||
      !v8::Function::New(context, Assign, Literal(scope, declared.name), 1,
                         v8::ConstructorBehavior::kThrow)
           .ToLocal(&setter)) {
    return false;
  }
  members_[index].getter.Reset(scope.isolate(), getter);
  members_[index].setter.Reset(scope.isolate(), setter);
  return true;
}

bool McpMembers::AddTo(IsolateScope& scope, v8::Local<v8::Object> value) {
  for (int i = 0; i < kCount; ++i) {
    const v8::Local<v8::String> name = Literal(scope, kMembers[i].name);
    if (value->HasOwnProperty(scope.context(), name).FromMaybe(true)) continue;
    if (members_[i].getter.IsEmpty() && !Make(scope, i)) return false;
    value->SetAccessorProperty(name, members_[i].getter.Get(scope.isolate()),
                               members_[i].setter.Get(scope.isolate()), v8::DontEnum);
  }
  return true;
}

void McpMembers::Reset() {
  for (Member& member : members_) {
    member.getter.Reset();
    member.setter.Reset();
  }
}

}  // namespace codecell::isolate
