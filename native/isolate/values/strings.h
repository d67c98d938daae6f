#pragma once

#include <v8.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"

namespace codecell::isolate {

// Bytes of a string as the engine holds it.
inline size_t SizeOf(v8::Local<v8::String> string) {
  const auto units = static_cast<size_t>(string->Length());
  return string->IsOneByte() ? units : units * 2;
}

// Whether the unit is the first of a pair.
inline bool IsLead(char16_t unit) { return (unit & 0xFC00) == 0xD800; }

// Makes each lone surrogate U+FFFD. True: there was one.
bool ReplaceLoneSurrogates(std::u16string& units);

// An internalized string; for names of properties and the like.
v8::Local<v8::String> Literal(IsolateScope& scope, std::string_view ascii);

// Empty, with a RangeError pending, where the text is longer than the engine's strings can be.
v8::MaybeLocal<v8::String> ToV8(IsolateScope& scope, const base::Text& text);
v8::MaybeLocal<v8::String> ToV8(IsolateScope& scope, std::u16string_view utf16);
v8::MaybeLocal<v8::String> Utf8ToV8(IsolateScope& scope, std::string_view utf8);

// A copy of every unit. Lone surrogates become U+FFFD.
base::Text ToText(IsolateScope& scope, v8::Local<v8::String> string);
std::u16string ToUtf16(IsolateScope& scope, v8::Local<v8::String> string);
std::string ToUtf8(IsolateScope& scope, v8::Local<v8::String> string);

// Units that are copied of a text that is only shown, and of a value that a message quotes.
constexpr int kMaxShownUnits = 64 * 1024;
constexpr int kMaxQuotedUnits = 200;
// Units of a name that is looked up; what is longer names nothing.
constexpr int kMaxNameUnits = 4096;

// Units past which a text is not even begun to be read: the engine makes one piece of a text that
// was put together of many before it gives any of it.
constexpr int kMaxReadUnits = 8 * 1024 * 1024;

// A copy of the text for a reader: of one with more units the beginning, and "…" behind it; of one
// past kMaxReadUnits only how long it is.
std::u16string ToShown(IsolateScope& scope, v8::Local<v8::String> string,
                       int max_units = kMaxShownUnits);
// The text in UTF-8; empty where it has more than kMaxNameUnits.
std::optional<std::string> ToName(IsolateScope& scope, v8::Local<v8::String> string);

void ThrowError(IsolateScope& scope, std::u16string_view message);
void ThrowTypeError(IsolateScope& scope, std::string_view ascii);
void ThrowTypeError(IsolateScope& scope, std::u16string_view message);
void ThrowRangeError(IsolateScope& scope, std::string_view ascii);

// Latin-1 as UTF-16.
std::u16string Widen(std::string_view latin1);

}  // namespace codecell::isolate
