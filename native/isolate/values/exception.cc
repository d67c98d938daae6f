#include "isolate/values/exception.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "isolate/engine/terminator.h"
#include "isolate/values/json_forms.h"
#include "isolate/values/source_position.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

constexpr int kMaxCauses = 8;
constexpr uint32_t kMaxInnerErrors = 10;  // Of one AggregateError.
constexpr int kMaxErrorsShown = 40;       // In one text, causes and inner errors together.
// Of one stack, one message, and one text with all its causes; the rest is cut.
constexpr size_t kMaxErrorUnits = kMaxShownUnits;

std::u16string Shortened(std::u16string text) {
  if (text.size() > kMaxErrorUnits) {
    // Never through a character.
    const bool splits = (text[kMaxErrorUnits] & 0xFC00) == 0xDC00;
    text.resize(kMaxErrorUnits - (splits ? 1 : 0));
    text.append(u"…");
  }
  return text;
}

// A property's value; empty where reading it threw.
v8::MaybeLocal<v8::Value> Read(IsolateScope& scope, v8::Local<v8::Object> object,
                               std::string_view name) {
  // V8 forgets a termination that has unwound to here, and would run the next getter.
  if (Terminator::IsStopping(scope)) return {};
  const v8::TryCatch caught(scope.isolate());
  return object->Get(scope.context(), Literal(scope, name));
}

std::optional<std::u16string> ReadString(IsolateScope& scope, v8::Local<v8::Value> value,
                                         std::string_view name) {
  v8::Local<v8::Value> property;
  if (!value->IsObject() || !Read(scope, value.As<v8::Object>(), name).ToLocal(&property) ||
      !property->IsString()) {
    return {};
  }
  return ToShown(scope, property.As<v8::String>());
}

// Whether a line of a stack is a place in a library of web globals, which says nothing to the
// reader of the cell's own code.
bool IsOfLibrary(std::u16string_view line) {
  constexpr std::u16string_view kFrame = u"    at ";
  constexpr std::u16string_view kScheme = u"codecell:";
  return line.starts_with(kFrame) && (line.substr(kFrame.size()).starts_with(kScheme) ||
                                      line.find(u"(codecell:") != std::u16string_view::npos);
}

std::optional<std::u16string> ReadStack(IsolateScope& scope, v8::Local<v8::Value> thrown) {
  std::optional<std::u16string> stack = ReadString(scope, thrown, "stack");
  if (!stack || stack->find(u"codecell:") == std::u16string::npos) return stack;
  std::u16string kept;
  for (size_t at = 0; at <= stack->size();) {
    const size_t end = std::min(stack->find(u'\n', at), stack->size());
    const std::u16string_view line = std::u16string_view(*stack).substr(at, end - at);
    if (!IsOfLibrary(line)) {
      if (at > 0) kept.push_back(u'\n');
      kept.append(line);
    }
    at = end + 1;
  }
  return kept;
}

bool SaysNothing(const std::u16string& text) {
  return text.empty() || text.starts_with(u"[object ");
}

// String(value); its JSON where that says nothing; else a text that says it cannot be shown.
std::u16string StringForm(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (Terminator::IsStopping(scope)) return {};
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::String> string;
  if (!value->IsObject()) {
    if (!value->ToDetailString(scope.context()).ToLocal(&string)) {
      return u"a value that cannot be shown";
    }
    return string->Length() == 0 ? u"an empty string" : ToShown(scope, string);
  }
  std::u16string form;
  if (value->ToString(scope.context()).ToLocal(&string)) form = ToShown(scope, string);
  if (!form.empty() && (value->IsFunction() || !SaysNothing(form))) return form;
  const JsonUseScope in_force(scope, JsonUse::kOutput);
  if (v8::JSON::Stringify(scope.context(), value).ToLocal(&string)) {
    std::u16string json = ToShown(scope, string);
    if (json != u"undefined") return json;
  }
  return form.empty() ? u"an object that cannot be shown" : form;
}

std::u16string OwnText(IsolateScope& scope, v8::Local<v8::Value> thrown) {
  std::optional<std::u16string> stack = ReadStack(scope, thrown);
  return stack ? *std::move(stack) : StringForm(scope, thrown);
}

// What is past the bound is left out: the indentation of many short lines would multiply them.
void AppendIndented(std::u16string& text, const std::u16string& block) {
  for (const char16_t unit : block) {
    if (text.size() > kMaxErrorUnits) return;
    text.push_back(unit);
    if (unit == u'\n') text.append(u"  ");
  }
}

std::u16string FullText(IsolateScope& scope, v8::Local<v8::Value> thrown, int depth,
                        int& remaining) {
  std::u16string text = OwnText(scope, thrown);
  if (!thrown->IsNativeError() || depth >= kMaxCauses || --remaining <= 0) return text;
  if (text.size() > kMaxErrorUnits) return Shortened(std::move(text));
  const v8::Local<v8::Object> error = thrown.As<v8::Object>();
  v8::Local<v8::Value> inner;
  if (Read(scope, error, "errors").ToLocal(&inner) && inner->IsArray()) {
    const uint32_t length = inner.As<v8::Array>()->Length();
    for (uint32_t i = 0; i < std::min(length, kMaxInnerErrors); ++i) {
      if (text.size() > kMaxErrorUnits) return Shortened(std::move(text));
      const v8::TryCatch caught(scope.isolate());
      v8::Local<v8::Value> entry;
      if (!inner.As<v8::Array>()->Get(scope.context(), i).ToLocal(&entry)) break;
      text.append(u"\n  [errors." + Widen(std::to_string(i)) + u"]: ");
      AppendIndented(text, FullText(scope, entry, depth + 1, remaining));
    }
    if (length > kMaxInnerErrors) {
      text.append(u"\n  … " + Widen(std::to_string(length - kMaxInnerErrors)) + u" more errors");
    }
  }
  v8::Local<v8::Value> cause;
  if (Read(scope, error, "cause").ToLocal(&cause) && !cause->IsUndefined()) {
    text.append(u"\n  [cause]: ");
    AppendIndented(text, FullText(scope, cause, depth + 1, remaining));
  }
  return Shortened(std::move(text));
}

// What the engine's message says about the place of an error.
struct Place {
  std::u16string script;
  int line = 0;
  int column = 0;
};

std::optional<Place> PlaceOf(IsolateScope& scope, v8::Local<v8::Message> message) {
  if (message.IsEmpty()) return {};
  const v8::TryCatch caught(scope.isolate());
  const v8::Local<v8::Value> name = message->GetScriptResourceName();
  int line = 0;
  if (name.IsEmpty() || !name->IsString() || !message->GetLineNumber(scope.context()).To(&line) ||
      line < 1) {
    return {};
  }
  const int column = message->GetStartColumn(scope.context()).FromMaybe(0) + 1;
  return Place{ToShown(scope, name.As<v8::String>(), kMaxQuotedUnits), line, column};
}

// An error without frames, as the compiler throws it, gets its place from the message.
void Locate(IsolateScope& scope, v8::Local<v8::Message> message, bool is_syntax_error,
            const base::Text& source, protocol::CellError& error, std::u16string& text) {
  const std::optional<Place> place = PlaceOf(scope, message);
  if (!place) return;
  if (place->script == Widen(kMainModule)) {
    error.position = PositionAt(source, place->line, place->column);
    if (is_syntax_error) text += PointedAt(source, *error.position);
  } else if (is_syntax_error) {
    text += u"\n    at " + place->script + u":" + Widen(std::to_string(place->line)) + u":" +
            Widen(std::to_string(place->column));
  }
}

protocol::CellError Describe(IsolateScope& scope, v8::Local<v8::Value> thrown,
                             v8::Local<v8::Message> message, const base::Text& source, int depth) {
  protocol::CellError error;
  std::u16string name = ReadString(scope, thrown, "name").value_or(u"Error");
  std::optional<std::u16string> text = ReadString(scope, thrown, "message");
  std::optional<std::u16string> stack = ReadStack(scope, thrown);
  error.message = base::Text::Narrowed(text ? *std::move(text) : StringForm(scope, thrown));
  int remaining = kMaxErrorsShown;
  std::u16string full = FullText(scope, thrown, depth, remaining);
  if (stack && depth == 0) {
    error.position = PositionInStack(source, *stack);
  }
  if (!error.position) {
    const bool has_frames = stack && stack->find(u"\n    at ") != std::u16string::npos;
    Locate(scope, message, name == u"SyntaxError" && !has_frames, source, error, full);
  }
  error.name = base::Text::Narrowed(std::move(name));
  error.text = base::Text::Narrowed(std::move(full));
  if (stack) error.stack = base::Text::Narrowed(*std::move(stack));
  v8::Local<v8::Value> cause;
  if (depth < kMaxCauses && thrown->IsNativeError() &&
      Read(scope, thrown.As<v8::Object>(), "cause").ToLocal(&cause) && !cause->IsUndefined()) {
    error.cause = std::make_unique<protocol::CellError>(
        Describe(scope, cause, v8::Local<v8::Message>(), source, depth + 1));
  }
  return error;
}

}  // namespace

protocol::CellError TakeError(IsolateScope& scope, const v8::TryCatch& caught,
                              const base::Text& source) {
  const v8::HandleScope handles(scope.isolate());
  if (!caught.HasCaught() || !caught.CanContinue() || caught.Exception().IsEmpty()) return {};
  return Describe(scope, caught.Exception(), caught.Message(), source, 0);
}

protocol::CellError DescribeThrown(IsolateScope& scope, v8::Local<v8::Value> thrown,
                                   const base::Text& source) {
  const v8::HandleScope handles(scope.isolate());
  v8::Local<v8::Message> message;
  if (thrown->IsNativeError()) message = v8::Exception::CreateMessage(scope.isolate(), thrown);
  return Describe(scope, thrown, message, source, 0);
}

base::Text ThrownText(IsolateScope& scope, v8::Local<v8::Value> thrown) {
  const v8::HandleScope handles(scope.isolate());
  int remaining = kMaxErrorsShown;
  return base::Text::Narrowed(FullText(scope, thrown, 0, remaining));
}

}  // namespace codecell::isolate
