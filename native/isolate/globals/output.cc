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

}  // namespace

void OutputText(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::String> text;
  if (ToDisplay(cell.scope(), info[0]).ToLocal(&text)) cell.SendText(text);
}

void Notify(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  v8::Local<v8::String> text;
  base::Text copy;
  if (!ToDisplay(scope, info[0]).ToLocal(&text) ||
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
