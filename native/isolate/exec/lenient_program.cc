#include "isolate/exec/lenient_program.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "isolate/exec/cell_context.h"
#include "isolate/exec/lenient_source.h"
#include "isolate/values/exception.h"
#include "isolate/values/source_position.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

using Started = base::Result<v8::Local<v8::Promise>, protocol::CellError>;

constexpr const char* kExports[] = {"default", "main", "run"};
// Of a function's text: enough for its first parameter.
constexpr int kMaxHeadUnits = 400;

bool Says(const protocol::CellError& error, std::string_view part) {
  return error.message.is_latin1() && error.message.latin1().find(part) != std::string::npos;
}

// Whether a syntax error stands in a line that imports or exports, as only modules do.
bool IsInModuleLine(const protocol::CellError& error) {
  if (!error.position) return false;
  const base::Text& line = error.position->source_line;
  const std::u16string units = line.is_latin1() ? Widen(line.latin1()) : line.utf16();
  const size_t start = units.find_first_not_of(u" \t");
  if (start == std::u16string::npos) return false;
  const std::u16string_view text = std::u16string_view(units).substr(start);
  return text.starts_with(u"import") || text.starts_with(u"export");
}

// A syntax error that the compiler has found behind the source, in what was put there.
bool IsBehind(const protocol::CellError& error, const base::Text& source) {
  return error.position && error.position->line > EndOf(source).line;
}

protocol::CellError UnexpectedEnd(const base::Text& source) {
  protocol::CellError error =
      protocol::MakeError(protocol::ErrorCode::kScript, "SyntaxError", "Unexpected end of input");
  error.position = EndOf(source);
  error.text =
      base::Text::Narrowed(Widen(error.text.latin1()) + PointedAt(source, *error.position));
  return error;
}

enum class FirstParameter { kNone, kGlobals, kTools, kOther };

// What a function expects first, by how its text begins.
FirstParameter FirstParameterOf(std::u16string_view text) {
  const size_t parenthesis = text.find(u'(');
  const size_t arrow = text.find(u"=>");
  const bool is_bare = arrow < parenthesis;
  constexpr std::u16string_view kAsync = u"async";
  size_t at = parenthesis + 1;
  if (is_bare) {
    at = text.starts_with(kAsync) && arrow > kAsync.size() ? kAsync.size() : 0;
  } else if (parenthesis == std::u16string_view::npos) {
    return FirstParameter::kOther;
  }
  at = text.find_first_not_of(u" \t\r\n", at);
  if (at == std::u16string_view::npos) return FirstParameter::kOther;
  const std::u16string_view parameter = text.substr(at);
  if (parameter.starts_with(u')')) return FirstParameter::kNone;
  if (parameter.starts_with(u'{')) return FirstParameter::kGlobals;
  constexpr std::u16string_view kTools = u"tools";
  const bool is_tools =
      parameter.starts_with(kTools) && parameter.size() > kTools.size() &&
      std::u16string_view(u" ,)=\n\r:").find(parameter[kTools.size()]) != std::u16string_view::npos;
  return is_tools ? FirstParameter::kTools : FirstParameter::kOther;
}

// The beginning of a function's text; empty where it is no function that the cell has written, or
// cannot be called.
std::u16string HeadOf(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (!value->IsFunction() || value->IsGeneratorFunction() || value->IsProxy()) return {};
  const v8::Local<v8::Function> function = value.As<v8::Function>();
  v8::Local<v8::String> text;
  if (function->ScriptId() == v8::UnboundScript::kNoScriptId ||
      !function->FunctionProtoToString(scope.context()).ToLocal(&text)) {
    return {};
  }
  std::u16string head = ToShown(scope, text, kMaxHeadUnits);
  return head.starts_with(u"class") ? std::u16string() : head;
}

v8::MaybeLocal<v8::Promise> PromiseOf(IsolateScope& scope, v8::Local<v8::Value> value) {
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(scope.context()).ToLocal(&resolver) ||
      resolver->Resolve(scope.context(), value).IsNothing()) {
    return {};
  }
  resolver->GetPromise()->MarkAsHandled();
  return resolver->GetPromise();
}

}  // namespace

Started LenientProgram::Start(IsolateScope& scope, const base::Text& source) {
  v8::Local<v8::Promise> done;
  if (!MayHandOut(source) && RunLastExpression(scope, source).ToLocal(&done)) return done;
  Started started = cell_.modules().Start(scope, source);
  if (started.ok() || !Says(started.error(), "Illegal return statement")) return started;
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::Function> body;
  if (cell_.modules().CompileBody(scope, BodyOf(source)).ToLocal(&body) &&
      Run(scope, body, Ran::kBody).ToLocal(&done)) {
    return done;
  }
  if (!caught.HasCaught()) return started;
  protocol::CellError error = TakeError(scope, caught, source);
  if (IsInModuleLine(error)) return started;
  return IsBehind(error, source) ? UnexpectedEnd(source) : std::move(error);
}

bool LenientProgram::HasLeftWork(v8::Local<v8::Value> value) const {
  if (!value->IsUndefined() || cell_.outbox().has_sent() || cell_.stored().has_writes()) {
    return false;
  }
  return cell_.tools().has_open_calls() ||
         (!cell_.tools().has_made_calls() && cell_.timers().has_timeouts());
}

bool LenientProgram::HasDoneNothing() const {
  return !cell_.outbox().has_sent() && !cell_.stored().has_writes() &&
         !cell_.tools().has_made_calls();
}

v8::MaybeLocal<v8::Promise> LenientProgram::Next(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (ran_ == Ran::kModule) {
    if (cell_.outbox().has_sent() || !ExportedValue(scope).ToLocal(&value)) return {};
    if (value->IsUndefined()) {
      if (!HasDoneNothing()) return {};
      const base::Text& source = cell_.options().source;
      v8::Local<v8::Promise> next;
      if (RunLastExpression(scope, source).ToLocal(&next)) return next;
      return RunDeclaration(scope, source);
    }
  }
  if (value->IsFunction()) {
    // The program may have called it already.
    return ran_ == Ran::kFunction || !HasDoneNothing()
               ? v8::MaybeLocal<v8::Promise>()
               : CallUncalled(scope, value.As<v8::Function>());
  }
  if (value->IsUndefined() || ran_ == Ran::kDeclaration) return {};
  v8::Local<v8::String> text;
  if (ToDisplay(scope, value).ToLocal(&text)) cell_.SendText(text);
  return {};
}

v8::MaybeLocal<v8::Promise> LenientProgram::RunLastExpression(IsolateScope& scope,
                                                              const base::Text& source) {
  LastExpressionForms forms(source);
  while (const std::optional<LastExpressionForm> form = forms.Next()) {
    if (cell_.stopping()) return {};
    const v8::TryCatch caught(scope.isolate());
    v8::Local<v8::Function> body;
    if (cell_.modules().CompileBody(scope, form->whole).ToLocal(&body) &&
        cell_.modules().Compiles(scope, form->before)) {
      return Run(scope, body, Ran::kBody);
    }
  }
  return {};
}

v8::MaybeLocal<v8::Promise> LenientProgram::RunDeclaration(IsolateScope& scope,
                                                           const base::Text& source) {
  const std::optional<BodyForm> form = UncalledFunctionForm(source);
  if (!form) return {};
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::Function> body;
  if (!cell_.modules().CompileBody(scope, *form).ToLocal(&body)) return {};
  return Run(scope, body, Ran::kDeclaration);
}

v8::MaybeLocal<v8::Promise> LenientProgram::Run(IsolateScope& scope, v8::Local<v8::Function> body,
                                                Ran as) {
  ran_ = as;
  v8::Local<v8::Value> done;
  if (!body->Call(scope.context(), v8::Undefined(scope.isolate()), 0, nullptr).ToLocal(&done)) {
    return {};
  }
  done.As<v8::Promise>()->MarkAsHandled();
  return done.As<v8::Promise>();
}

v8::MaybeLocal<v8::Value> LenientProgram::ExportedValue(IsolateScope& scope) {
  v8::Local<v8::Value> value = v8::Undefined(scope.isolate());
  for (const char* name : kExports) {
    if (!cell_.modules().ExportOf(scope, name).ToLocal(&value)) return {};
    if (value->IsFunction() || (!value->IsUndefined() && name == kExports[0])) return value;
  }
  return v8::Undefined(scope.isolate()).As<v8::Value>();
}

v8::MaybeLocal<v8::Promise> LenientProgram::CallUncalled(IsolateScope& scope,
                                                         v8::Local<v8::Function> function) {
  const std::u16string head = HeadOf(scope, function);
  if (head.empty()) return {};
  // Among other things there may be a helper that nothing uses; that is no fault.
  const bool is_all_there_is = ran_ != Ran::kDeclaration;
  ran_ = Ran::kFunction;
  const v8::Local<v8::Context> context = scope.context();
  v8::Local<v8::Value> argument = context->Global();
  int count = 1;
  switch (FirstParameterOf(head)) {
    case FirstParameter::kNone:
      count = 0;
      break;
    case FirstParameter::kGlobals:
      break;
    case FirstParameter::kTools:
      if (!context->Global()->Get(context, Literal(scope, "tools")).ToLocal(&argument)) return {};
      break;
    case FirstParameter::kOther:
      if (!is_all_there_is) return {};
      ThrowTypeError(
          scope, std::string_view("the program defines a function that expects arguments, and does "
                                  "not call it: call it, and hand its result out, as in text(await "
                                  "run(input))"));
      return {};
  }
  v8::Local<v8::Value> result;
  if (!function->Call(context, v8::Undefined(scope.isolate()), count, &argument).ToLocal(&result)) {
    return {};
  }
  return PromiseOf(scope, result);
}

}  // namespace codecell::isolate
