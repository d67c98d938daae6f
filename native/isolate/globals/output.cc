#include "isolate/globals/output.h"

#include <algorithm>
#include <string>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

bool IsSpace(char16_t unit) {
  return unit == u' ' || (unit >= 0x09 && unit <= 0x0D) || unit == 0x00A0 || unit == 0xFEFF ||
         unit == 0x2028 || unit == 0x2029 || unit == 0x3000 || (unit >= 0x2000 && unit <= 0x200A);
}

bool IsBlank(const base::Text& text) {
  if (!text.is_latin1()) return std::all_of(text.utf16().begin(), text.utf16().end(), IsSpace);
  return std::all_of(text.latin1().begin(), text.latin1().end(),
                     [](char unit) { return IsSpace(static_cast<unsigned char>(unit)); });
}

// Whether an array, a Map or a Set has called the helper for each of its elements.
bool IsCallbackOfCollection(IsolateScope& scope, const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (info.Length() != 3) return false;
  if (info[2]->IsMap() || info[2]->IsSet()) return true;
  v8::Local<v8::Value> element;
  return info[2]->IsArray() && info[1]->IsUint32() &&
         info[2]
             .As<v8::Object>()
             ->Get(scope.context(), info[1].As<v8::Uint32>()->Value())
             .ToLocal(&element) &&
         element->SameValue(info[0]);
}

// Whether the arguments after the first are those of JSON.stringify, which change nothing here.
bool IsAsForJson(const v8::FunctionCallbackInfo<v8::Value>& info) {
  return info.Length() == 3 && info[0]->IsObject() && info[1]->IsNullOrUndefined();
}

// The text of what a helper is called with: of the first argument; where models' programs are read
// leniently, of all of them with spaces in between. Empty with an exception pending.
v8::MaybeLocal<v8::String> Displayed(CellContext& cell,
                                     const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = cell.scope();
  v8::Local<v8::String> text;
  if (!ToDisplay(scope, info[0]).ToLocal(&text) || info.Length() < 2 ||
      cell.options().setup.dialect == protocol::Dialect::kStrict || IsAsForJson(info) ||
      IsCallbackOfCollection(scope, info)) {
    return text;
  }
  for (int i = 1; i < info.Length(); ++i) {
    v8::Local<v8::String> next;
    if (!ToDisplay(scope, info[i]).ToLocal(&next)) return {};
    if (text->Length() + next->Length() >= v8::String::kMaxLength) {
      ThrowRangeError(scope, "the texts are together longer than a string can be");
      return {};
    }
    text = v8::String::Concat(scope.isolate(), text, Literal(scope, " "));
    text = v8::String::Concat(scope.isolate(), text, next);
  }
  return text;
}

}  // namespace

void OutputText(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::String> text;
  if (Displayed(cell, info).ToLocal(&text)) cell.SendText(text);
}

void Notify(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  v8::Local<v8::String> text;
  base::Text copy;
  if (!Displayed(cell, info).ToLocal(&text) ||
      !cell.CopyOutput(OutputKind::kNotification, text, copy))
    return;
  if (IsBlank(copy)) {
    ThrowTypeError(scope, std::string_view("notify expects non-empty text"));
    return;
  }
  const size_t bytes = copy.size_bytes();
  cell.outbox().Send(protocol::Notification{std::move(copy)}, bytes);
  cell.outbox().Flush();
}

void YieldControl(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Outbox& outbox = CellContext::From(info.GetIsolate()).outbox();
  outbox.Send(protocol::Yielded{}, 0);
  outbox.Flush();
}

void Exit(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext::From(info.GetIsolate()).StopHere({StopCause::kExit});
}

}  // namespace codecell::isolate
