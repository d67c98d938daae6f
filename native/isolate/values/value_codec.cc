#include "isolate/values/value_codec.h"

#include "isolate/values/exception.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

bool HasNoJson(v8::Local<v8::Value> value) {
  return value->IsUndefined() || value->IsFunction() || value->IsSymbol();
}

}  // namespace

Json ToJson(IsolateScope& scope, v8::Local<v8::Value> value, JsonUse use) {
  if (HasNoJson(value)) return {Json::Kind::kAbsent, {}};
  const JsonUseScope in_force(scope, use);
  v8::Local<v8::String> text;
  if (!v8::JSON::Stringify(scope.context(), value).ToLocal(&text)) return {Json::Kind::kThrew, {}};
  // What the engine returns where a toJSON returns undefined; no JSON text reads so.
  if (text->StringEquals(Literal(scope, "undefined"))) return {Json::Kind::kAbsent, {}};
  return {Json::Kind::kText, text};
}

v8::MaybeLocal<v8::Value> FromJson(IsolateScope& scope, const base::Text& json) {
  v8::Local<v8::String> text;
  if (!ToV8(scope, json).ToLocal(&text)) return {};
  return v8::JSON::Parse(scope.context(), text);
}

void ThrowTooDeep(IsolateScope& scope, const std::string& what, size_t limit) {
  ThrowRangeError(scope, what + " is nested more than " + std::to_string(limit) +
                             " deep (limits.jsonDepth); make it flatter");
}

void ThrowTooManyValues(IsolateScope& scope, const std::string& what, size_t limit) {
  ThrowRangeError(scope, what + " is made of more than " + std::to_string(limit) +
                             " values, keys included (limits.jsonValues); give less at a time");
}

v8::MaybeLocal<v8::String> ToDisplay(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (value->IsString()) return value.As<v8::String>();
  if (HasNoJson(value)) return Literal(scope, "undefined");
  if (!value->IsObject()) return value->ToString(scope.context());
  if (value->IsPromise()) return Literal(scope, kNotAwaited);
  if (value->IsNativeError()) return ToV8(scope, ThrownText(scope, value));
  if (value->IsMap() || value->IsSet()) {
    if (!Entries(scope, value).ToLocal(&value)) return {};
  }
  const Json json = ToJson(scope, value, JsonUse::kOutput);
  switch (json.kind) {
    case Json::Kind::kText:
      return json.text;
    case Json::Kind::kAbsent:
      return Literal(scope, "undefined");
    case Json::Kind::kThrew:
      break;
  }
  return {};
}

}  // namespace codecell::isolate
