#include "isolate/globals/web_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "base/utf8.h"
#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// As web/native.ts numbers them.
enum class Encoding : uint32_t { kUtf8, kUtf16Le, kUtf16Be, kWindows1252 };

// What windows-1252 has in the place of the control characters 0x80 to 0x9F.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

// Text is copied out of the cell's heap to be converted. What could not stand in that heap twice is
// refused.
bool FitsHeap(CellContext& cell, v8::Local<v8::String> text) {
  const size_t limit = cell.limits().heap_bytes / 2;
  if (SizeOf(text) <= limit) return true;
  ThrowRangeError(cell.scope(), "the text is longer than half of the cell's memory, " +
                                    std::to_string(limit) +
                                    " bytes (limits.heapBytes); convert it in parts");
  return false;
}

// The bytes of a view. A short one may have no memory outside of the heap, and is not given one.
class ViewBytes {
 public:
  explicit ViewBytes(v8::Local<v8::ArrayBufferView> view) {
    const size_t size = view->ByteLength();
    if (view->HasBuffer() || size > copy_.size()) {
      bytes_ = {static_cast<const char*>(view->Buffer()->Data()) + view->ByteOffset(), size};
    } else {
      bytes_ = {copy_.data(), view->CopyContents(copy_.data(), size)};
    }
  }
  ViewBytes(const ViewBytes&) = delete;
  ViewBytes& operator=(const ViewBytes&) = delete;

  std::string_view get() const { return bytes_; }

 private:
  std::array<char, 256> copy_{};
  std::string_view bytes_;
};

char16_t UnitAt(std::string_view bytes, size_t i, Encoding encoding) {
  const auto first = static_cast<uint8_t>(bytes[i]);
  const auto second = static_cast<uint8_t>(bytes[i + 1]);
  const bool is_little = encoding == Encoding::kUtf16Le;
  return static_cast<char16_t>(is_little ? second << 8 | first : first << 8 | second);
}

// Empty where the bytes are malformed and must not be; else what is malformed becomes U+FFFD.
std::optional<std::u16string> FromUtf16(std::string_view bytes, Encoding encoding, bool is_fatal) {
  constexpr char16_t kReplacement = 0xFFFD;
  std::u16string units(bytes.size() / 2, u'\0');
  for (size_t i = 0; i < units.size(); ++i) units[i] = UnitAt(bytes, i * 2, encoding);
  const bool is_cut = bytes.size() % 2 != 0;
  // The first half of a pair that a lone byte follows is one fault with it.
  const bool ends_in_lead = !units.empty() && IsLead(units.back());
  const bool has_lone = ReplaceLoneSurrogates(units);
  if (is_fatal && (is_cut || has_lone)) return {};
  if (is_cut && !ends_in_lead) units.push_back(kReplacement);
  return units;
}

v8::MaybeLocal<v8::String> FromWindows1252(IsolateScope& scope, std::string_view bytes) {
  const auto is_mapped = [](char byte) { return (static_cast<uint8_t>(byte) & 0xE0U) == 0x80; };
  if (std::none_of(bytes.begin(), bytes.end(), is_mapped)) {
    return ToV8(scope, base::Text(std::string(bytes)));
  }
  std::u16string units(bytes.size(), u'\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    units[i] = is_mapped(bytes[i]) ? kWindows1252[byte - 0x80U] : byte;
  }
  return ToV8(scope, units);
}

// Empty with an exception pending, or without where the bytes are malformed and must not be.
v8::MaybeLocal<v8::String> Decode(IsolateScope& scope, std::string_view bytes, Encoding encoding,
                                  bool is_fatal) {
  switch (encoding) {
    case Encoding::kUtf8:
      if (is_fatal && !base::IsUtf8(bytes)) return {};
      return Utf8ToV8(scope, bytes);
    case Encoding::kUtf16Le:
    case Encoding::kUtf16Be: {
      const std::optional<std::u16string> units = FromUtf16(bytes, encoding, is_fatal);
      if (!units) return {};
      return ToV8(scope, *units);
    }
    case Encoding::kWindows1252:
      return FromWindows1252(scope, bytes);
  }
  return {};
}

size_t OpenUtf16Bytes(std::string_view bytes, Encoding encoding) {
  const size_t odd = bytes.size() % 2;
  if (bytes.size() < 2) return odd;
  const char16_t last = UnitAt(bytes, bytes.size() - odd - 2, encoding);
  return odd + (IsLead(last) ? 2 : 0);
}

Encoding EncodingOf(v8::Local<v8::Value> number) {
  return static_cast<Encoding>(number.As<v8::Uint32>()->Value());
}

}  // namespace

void Utf8Length(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsString() || !FitsHeap(cell, info[0].As<v8::String>())) return;
  info.GetReturnValue().Set(
      static_cast<double>(engine::Utf8Length(info.GetIsolate(), info[0].As<v8::String>())));
}

void EncodeUtf8Into(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsString() || !info[1]->IsUint8Array()) return;
  const v8::Local<v8::String> text = info[0].As<v8::String>();
  const v8::Local<v8::ArrayBufferView> view = info[1].As<v8::ArrayBufferView>();
  if (!FitsHeap(cell, text)) return;
  auto* to = static_cast<char*>(view->Buffer()->Data());
  engine::Utf8Written written{};
  if (view->ByteLength() > 0) {
    written =
        engine::CopyUtf8(info.GetIsolate(), text, to + view->ByteOffset(), view->ByteLength());
  }
  v8::Local<v8::Value> counts[] = {
      v8::Number::New(info.GetIsolate(), static_cast<double>(written.units)),
      v8::Number::New(info.GetIsolate(), static_cast<double>(written.bytes))};
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), counts, 2));
}

void DecodeText(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsUint32() || !info[1]->IsArrayBufferView()) return;
  const ViewBytes bytes(info[1].As<v8::ArrayBufferView>());
  v8::Local<v8::String> text;
  if (Decode(cell.scope(), bytes.get(), EncodingOf(info[0]), info[2]->IsTrue()).ToLocal(&text)) {
    info.GetReturnValue().Set(text);
  }
}

void OpenBytes(const v8::FunctionCallbackInfo<v8::Value>& info) {
  if (!info[0]->IsUint32() || !info[1]->IsArrayBufferView()) return;
  const ViewBytes bytes(info[1].As<v8::ArrayBufferView>());
  const Encoding encoding = EncodingOf(info[0]);
  size_t open = 0;
  if (encoding == Encoding::kUtf8) {
    open = base::OpenUtf8Bytes(bytes.get());
  } else if (encoding != Encoding::kWindows1252) {
    open = OpenUtf16Bytes(bytes.get(), encoding);
  }
  info.GetReturnValue().Set(static_cast<uint32_t>(open));
}

void EncodeBase64(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsString() || !FitsHeap(cell, info[0].As<v8::String>())) return;
  const v8::Local<v8::String> text = info[0].As<v8::String>();
  if (!text->ContainsOnlyOneByte()) return;
  std::string bytes(static_cast<size_t>(text->Length()), '\0');
  engine::CopyLatin1(info.GetIsolate(), text, bytes.data(), text->Length());
  v8::Local<v8::String> encoded;
  if (ToV8(cell.scope(), base::Text(base::ToBase64(bytes))).ToLocal(&encoded)) {
    info.GetReturnValue().Set(encoded);
  }
}

void DecodeBase64(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  if (!info[0]->IsString() || !FitsHeap(cell, info[0].As<v8::String>())) return;
  const v8::Local<v8::String> text = info[0].As<v8::String>();
  if (!text->ContainsOnlyOneByte()) return;
  std::string latin1(static_cast<size_t>(text->Length()), '\0');
  engine::CopyLatin1(info.GetIsolate(), text, latin1.data(), text->Length());
  std::optional<std::string> bytes = base::FromBase64(latin1);
  v8::Local<v8::String> decoded;
  if (bytes && ToV8(cell.scope(), base::Text(*std::move(bytes))).ToLocal(&decoded)) {
    info.GetReturnValue().Set(decoded);
  }
}

}  // namespace codecell::isolate
