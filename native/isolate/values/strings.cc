#include "isolate/values/strings.h"

#include <cstddef>
#include <string>

#include "isolate/engine/engine_compat.h"

namespace codecell::isolate {

namespace {

constexpr size_t kMaxUnits = v8::String::kMaxLength;

bool IsTrail(char16_t unit) { return (unit & 0xFC00) == 0xDC00; }

void ThrowTooLong(IsolateScope& scope) {
  ThrowRangeError(scope, "Invalid string length: the text is longer than a string can be");
}

}  // namespace

bool ReplaceLoneSurrogates(std::u16string& units) {
  constexpr char16_t kReplacement = 0xFFFD;
  bool has_lone = false;
  for (size_t i = 0; i < units.size(); ++i) {
    if (IsLead(units[i]) && i + 1 < units.size() && IsTrail(units[i + 1])) {
      ++i;
    } else if (IsLead(units[i]) || IsTrail(units[i])) {
      units[i] = kReplacement;
      has_lone = true;
    }
  }
  return has_lone;
}

v8::Local<v8::String> Literal(IsolateScope& scope, std::string_view ascii) {
  return v8::String::NewFromOneByte(scope.isolate(), reinterpret_cast<const uint8_t*>(ascii.data()),
                                    v8::NewStringType::kInternalized,
                                    static_cast<int>(ascii.size()))
      .ToLocalChecked();
}

v8::MaybeLocal<v8::String> ToV8(IsolateScope& scope, const base::Text& text) {
  if (!text.is_latin1()) return ToV8(scope, std::u16string_view(text.utf16()));
  const std::string& latin1 = text.latin1();
  if (latin1.size() > kMaxUnits) {
    ThrowTooLong(scope);
    return {};
  }
  return v8::String::NewFromOneByte(scope.isolate(),
                                    reinterpret_cast<const uint8_t*>(latin1.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(latin1.size()));
}

v8::MaybeLocal<v8::String> ToV8(IsolateScope& scope, std::u16string_view utf16) {
  if (utf16.size() > kMaxUnits) {
    ThrowTooLong(scope);
    return {};
  }
  return v8::String::NewFromTwoByte(scope.isolate(),
                                    reinterpret_cast<const uint16_t*>(utf16.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(utf16.size()));
}

v8::MaybeLocal<v8::String> Utf8ToV8(IsolateScope& scope, std::string_view utf8) {
  if (utf8.size() > kMaxUnits) {
    ThrowTooLong(scope);
    return {};
  }
  return v8::String::NewFromUtf8(scope.isolate(), utf8.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(utf8.size()));
}

base::Text ToText(IsolateScope& scope, v8::Local<v8::String> string) {
  const int length = string->Length();
  if (string->IsOneByte()) {
    std::string latin1(static_cast<size_t>(length), '\0');
    engine::CopyLatin1(scope.isolate(), string, latin1.data(), length);
    return base::Text(std::move(latin1));
  }
  return base::Text(ToUtf16(scope, string));
}

std::u16string ToUtf16(IsolateScope& scope, v8::Local<v8::String> string) {
  std::u16string units(static_cast<size_t>(string->Length()), u'\0');
  engine::CopyUtf16(scope.isolate(), string, units.data(), string->Length());
  if (!string->IsOneByte()) ReplaceLoneSurrogates(units);
  return units;
}

std::string ToUtf8(IsolateScope& scope, v8::Local<v8::String> string) {
  return engine::ToUtf8(scope.isolate(), string);
}

std::u16string ToShown(IsolateScope& scope, v8::Local<v8::String> string, int max_units) {
  if (string->Length() <= max_units) return ToUtf16(scope, string);
  if (string->Length() > kMaxReadUnits) {
    return u"(a text of " + Widen(std::to_string(string->Length())) + u" characters)";
  }
  std::u16string units(static_cast<size_t>(max_units), u'\0');
  engine::CopyUtf16(scope.isolate(), string, units.data(), max_units);
  // Never through a character.
  const bool splits = (units.back() & 0xFC00) == 0xD800;
  if (splits) units.pop_back();
  ReplaceLoneSurrogates(units);
  units.append(u"…");
  return units;
}

std::optional<std::string> ToName(IsolateScope& scope, v8::Local<v8::String> string) {
  if (string->Length() > kMaxNameUnits) return {};
  return ToUtf8(scope, string);
}

void ThrowError(IsolateScope& scope, std::u16string_view message) {
  v8::Local<v8::String> text;
  if (!ToV8(scope, message).ToLocal(&text)) return;
  scope.isolate()->ThrowException(v8::Exception::Error(text));
}

void ThrowTypeError(IsolateScope& scope, std::string_view ascii) {
  scope.isolate()->ThrowException(v8::Exception::TypeError(Literal(scope, ascii)));
}

void ThrowTypeError(IsolateScope& scope, std::u16string_view message) {
  v8::Local<v8::String> text;
  if (!ToV8(scope, message).ToLocal(&text)) return;
  scope.isolate()->ThrowException(v8::Exception::TypeError(text));
}

void ThrowRangeError(IsolateScope& scope, std::string_view ascii) {
  scope.isolate()->ThrowException(v8::Exception::RangeError(Literal(scope, ascii)));
}

std::u16string Widen(std::string_view latin1) {
  std::u16string units(latin1.size(), u'\0');
  for (size_t i = 0; i < latin1.size(); ++i) units[i] = static_cast<unsigned char>(latin1[i]);
  return units;
}

}  // namespace codecell::isolate
