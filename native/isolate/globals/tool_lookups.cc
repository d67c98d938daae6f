#include "isolate/globals/tool_lookups.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

constexpr std::string_view kSearch = "search_tools";
constexpr std::string_view kDescribe = "describe_tool";

// The host searches on its own thread, and longer for more words.
constexpr int kMaxQueryUnits = 500;
constexpr uint32_t kDefaultMatches = 5;
constexpr uint32_t kMaxMatches = 50;

// What a value is, in a few words and without running any of the cell's code.
std::u16string Named(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (value->IsNull()) return u"null";
  if (value->IsUndefined()) return u"undefined";
  v8::Local<v8::String> digits;
  if (value->IsNumber() && value->ToString(scope.context()).ToLocal(&digits)) {
    return ToUtf16(scope, digits);
  }
  return (value->IsObject() && !value->IsFunction() ? u"an " : u"a ") +
         ToUtf16(scope, value->TypeOf(scope.isolate()));
}

// A string for the host. Empty, with an exception pending, where the value is no string or too
// long.
std::optional<base::Text> ReadText(IsolateScope& scope, v8::Local<v8::Value> value,
                                   std::u16string_view expects) {
  if (!value->IsString()) {
    ThrowTypeError(scope,
                   std::u16string(expects) + u" as a string, and got " + Named(scope, value));
    return {};
  }
  const v8::Local<v8::String> string = value.As<v8::String>();
  if (string->Length() > kMaxQueryUnits) {
    ThrowTypeError(scope, std::u16string(expects) + u" of at most " +
                              Widen(std::to_string(kMaxQueryUnits)) + u" characters, and got " +
                              Widen(std::to_string(string->Length())));
    return {};
  }
  return ToText(scope, string);
}

// Empty, with an exception pending, where the value is no whole number from 1.
std::optional<uint32_t> ReadLimit(IsolateScope& scope, v8::Local<v8::Value> value) {
  if (value->IsUndefined()) return kDefaultMatches;
  const double limit = value->IsNumber() ? value.As<v8::Number>()->Value() : 0;
  if (!std::isfinite(limit) || limit < 1 || std::trunc(limit) != limit) {
    ThrowTypeError(scope,
                   u"search_tools expects a whole number of 1 or more as its limit, and got " +
                       Named(scope, value));
    return {};
  }
  return limit < kMaxMatches ? static_cast<uint32_t>(limit) : kMaxMatches;
}

void Ask(const v8::FunctionCallbackInfo<v8::Value>& info, std::string_view helper,
         protocol::ToolRequest request, size_t bytes) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::Promise> answer;
  if (cell.tools().Ask(cell.scope(), helper, std::move(request), bytes).ToLocal(&answer)) {
    info.GetReturnValue().Set(answer);
  }
}

}  // namespace

void SearchTools(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  std::optional<base::Text> query = ReadText(scope, info[0], u"search_tools expects a query");
  if (!query) return;
  const std::optional<uint32_t> limit = ReadLimit(scope, info[1]);
  if (!limit) return;
  const size_t bytes = query->size_bytes();
  Ask(info, kSearch, protocol::ToolSearch{0, std::move(*query), *limit}, bytes);
}

void DescribeTool(const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = CellContext::From(info.GetIsolate()).scope();
  std::optional<base::Text> name =
      ReadText(scope, info[0], u"describe_tool expects the name of a tool");
  if (!name) return;
  const size_t bytes = name->size_bytes();
  Ask(info, kDescribe, protocol::ToolLookup{0, std::move(*name)}, bytes);
}

}  // namespace codecell::isolate
