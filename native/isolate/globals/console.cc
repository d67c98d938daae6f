#include "isolate/globals/console.h"

#include <optional>
#include <string>
#include <utility>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

struct Method {
  const char* name;
  protocol::LogLevel level;
};

constexpr Method kMethods[] = {
    {"debug", protocol::LogLevel::kDebug}, {"log", protocol::LogLevel::kLog},
    {"info", protocol::LogLevel::kInfo},   {"warn", protocol::LogLevel::kWarn},
    {"error", protocol::LogLevel::kError}, {"dir", protocol::LogLevel::kLog},
    {"table", protocol::LogLevel::kLog}};

// An argument's text; a value that has none does not make a log line fail.
v8::Local<v8::String> Shown(IsolateScope& scope, v8::Local<v8::Value> value) {
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::String> text;
  if (value->IsSymbol() || value->IsFunction()) {
    return value->ToDetailString(scope.context()).FromMaybe(v8::String::Empty(scope.isolate()));
  }
  if (ToDisplay(scope, value).ToLocal(&text)) return text;
  return Literal(scope, "[cannot be shown]");
}

// The arguments' texts. Empty: the cell is being stopped, or together they pass the limit of
// output, which is told before they are copied.
std::optional<base::Text> ReadLine(CellContext& cell,
                                   const v8::FunctionCallbackInfo<v8::Value>& info) {
  std::u16string line;
  size_t bytes = 0;
  for (int i = 0; i < info.Length(); ++i) {
    const v8::HandleScope handles(info.GetIsolate());
    const v8::Local<v8::String> text = Shown(cell.scope(), info[i]);
    if (cell.stopping()) return {};
    bytes += SizeOf(text) + (i > 0 ? 1 : 0);
    if (!cell.outbox().HasRoomFor(bytes)) {
      cell.AdmitOutput(OutputKind::kItem, bytes);
      return {};
    }
    if (i > 0) line.push_back(u' ');
    line += ToUtf16(cell.scope(), text);
  }
  return base::Text::Narrowed(std::move(line));
}

void WriteLine(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  std::optional<base::Text> text = ReadLine(cell, info);
  if (!text) return;
  const auto level = static_cast<protocol::LogLevel>(info.Data().As<v8::Uint32>()->Value());
  const size_t bytes = text->size_bytes();
  if (!cell.AdmitOutput(OutputKind::kItem, bytes)) return;
  if (cell.options().setup.console == protocol::Console::kOutput) {
    cell.outbox().Send(protocol::TextOutput{*std::move(text)}, bytes);
  } else {
    cell.outbox().Send(protocol::LogLine{level, *std::move(text), cell.ambient().WallMs()}, bytes);
  }
}

}  // namespace

v8::MaybeLocal<v8::Object> NewConsole(IsolateScope& scope) {
  const v8::Local<v8::Object> console = v8::Object::New(scope.isolate());
  for (const Method& method : kMethods) {
    const auto level =
        v8::Integer::NewFromUnsigned(scope.isolate(), static_cast<uint32_t>(method.level));
    v8::Local<v8::Function> function;
    if (!v8::Function::New(scope.context(), WriteLine, level, 0, v8::ConstructorBehavior::kThrow)
             .ToLocal(&function)) {
      return {};
    }
    function->SetName(Literal(scope, method.name));
    if (console->CreateDataProperty(scope.context(), Literal(scope, method.name), function)
            .IsNothing()) {
      return {};
    }
  }
  return console;
}

}  // namespace codecell::isolate
