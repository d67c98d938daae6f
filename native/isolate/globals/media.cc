#include "isolate/globals/media.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/globals/settled_entries.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

using protocol::ImageDetail;

// A media type with its parameters; RFC 6838 allows 127 for each of its two names.
constexpr int kMaxMediaTypeUnits = 1024;

// The names of one kind of media, and its error texts.
struct MediaKind {
  std::string_view type;
  std::string_view url_key;
  std::string_view expects;
  std::string_view remote;
  std::string_view invalid;
};

constexpr MediaKind kImage = {
    "image", "image_url",
    "image expects a non-empty image URL string, an object with image_url and optional detail, or "
    "a raw MCP image block",
    "Tool call failed: remote image URLs are not supported in tool outputs. Pass a base64 data URI "
    "instead",
    "Tool call failed: invalid image output. Pass a base64 data URI instead"};

constexpr MediaKind kAudio = {
    "audio", "audio_url",
    "audio expects a non-empty audio URL string, an object with audio_url, or a raw MCP audio "
    "block",
    "Tool call failed: invalid audio output. Pass a base64 data URI instead",
    "Tool call failed: invalid audio output. Pass a base64 data URI instead"};

struct Media {
  v8::Local<v8::String> url;
  ImageDetail detail = ImageDetail::kHigh;
};

bool Get(IsolateScope& scope, v8::Local<v8::Object> object, std::string_view name,
         v8::Local<v8::Value>& value) {
  return object->Get(scope.context(), Literal(scope, name)).ToLocal(&value);
}

bool IsNonEmptyString(v8::Local<v8::Value> value) {
  return value->IsString() && value.As<v8::String>()->Length() > 0;
}

// Whether the text begins so, ignoring ASCII case. `prefix` is lower case.
bool BeginsWith(IsolateScope& scope, v8::Local<v8::String> text, std::string_view prefix) {
  if (static_cast<size_t>(text->Length()) < prefix.size()) return false;
  char16_t units[8] = {};
  engine::CopyUtf16(scope.isolate(), text, units, static_cast<int>(prefix.size()));
  for (size_t i = 0; i < prefix.size(); ++i) {
    const char16_t unit = units[i];
    const char16_t lowered = unit >= u'A' && unit <= u'Z' ? unit - u'A' + u'a' : unit;
    if (lowered != static_cast<char16_t>(prefix[i])) return false;
  }
  return true;
}

// Whether the URL is within what the cell may still hand out; else the cell has been stopped. Asked
// before the URL is read, which may be far past that.
bool Fits(IsolateScope& scope, v8::Local<v8::String> url) {
  CellContext& cell = CellContext::From(scope.isolate());
  return cell.outbox().HasRoomFor(SizeOf(url)) || cell.AdmitOutput(OutputKind::kItem, SizeOf(url));
}

std::optional<ImageDetail> ParseDetail(IsolateScope& scope, v8::Local<v8::String> text) {
  std::string name = ToName(scope, text).value_or("");
  for (char& unit : name) {
    if (unit >= 'A' && unit <= 'Z') unit = static_cast<char>(unit - 'A' + 'a');
  }
  if (name == "auto") return ImageDetail::kAuto;
  if (name == "low") return ImageDetail::kLow;
  if (name == "high") return ImageDetail::kHigh;
  if (name == "original") return ImageDetail::kOriginal;
  return {};
}

// A detail given by the cell; none leaves `detail` as it is.
bool ReadDetail(IsolateScope& scope, v8::Local<v8::Value> value, ImageDetail& detail) {
  if (value->IsNullOrUndefined()) return true;
  if (!value->IsString()) {
    ThrowTypeError(scope, std::string_view("image detail must be a string when provided"));
    return false;
  }
  const std::optional<ImageDetail> parsed = ParseDetail(scope, value.As<v8::String>());
  if (!parsed) {
    ThrowTypeError(scope,
                   std::string_view("image detail must be one of: auto, low, high, original"));
    return false;
  }
  detail = *parsed;
  return true;
}

// The detail an MCP block asks for in its _meta; one we do not know is not there.
bool ReadBlockDetail(IsolateScope& scope, v8::Local<v8::Object> block, ImageDetail& detail) {
  v8::Local<v8::Value> meta;
  v8::Local<v8::Value> value;
  if (!Get(scope, block, "_meta", meta)) return false;
  if (!meta->IsObject()) return true;
  if (!Get(scope, meta.As<v8::Object>(), "codex/imageDetail", value)) return false;
  if (value->IsString()) detail = ParseDetail(scope, value.As<v8::String>()).value_or(detail);
  return true;
}

bool ReadBlock(IsolateScope& scope, const MediaKind& kind, v8::Local<v8::Object> block,
               Media& media) {
  v8::Local<v8::Value> data;
  v8::Local<v8::Value> type;
  if (!Get(scope, block, "data", data)) return false;
  if (!IsNonEmptyString(data)) {
    ThrowTypeError(scope,
                   std::string(kind.type) + " expected MCP " + std::string(kind.type) + " data");
    return false;
  }
  if (&kind == &kImage && !ReadBlockDetail(scope, block, media.detail)) return false;
  media.url = data.As<v8::String>();
  if (!Fits(scope, media.url)) return false;
  if (BeginsWith(scope, media.url, "data:")) return true;
  if (!Get(scope, block, "mimeType", type)) return false;
  if (!IsNonEmptyString(type) && !Get(scope, block, "mime_type", type)) return false;
  v8::Local<v8::String> head = Literal(scope, "data:application/octet-stream;base64,");
  if (IsNonEmptyString(type)) {
    if (type.As<v8::String>()->Length() > kMaxMediaTypeUnits) {
      ThrowTypeError(scope, std::string(kind.type) + " expected a mimeType of at most " +
                                std::to_string(kMaxMediaTypeUnits) + " characters");
      return false;
    }
    std::u16string text = u"data:";
    text += ToUtf16(scope, type.As<v8::String>());
    text += u";base64,";
    if (!ToV8(scope, text).ToLocal(&head)) return false;
  }
  if (head->Length() + media.url->Length() > v8::String::kMaxLength) {
    ThrowRangeError(scope, "Invalid string length: the media block's data is too long");
    return false;
  }
  media.url = v8::String::Concat(scope.isolate(), head, media.url);
  return true;
}

bool ReadObject(IsolateScope& scope, const MediaKind& kind, v8::Local<v8::Object> object,
                Media& media) {
  v8::Local<v8::Value> url;
  if (!Get(scope, object, kind.url_key, url)) return false;
  if (url->IsUndefined()) {
    v8::Local<v8::Value> type;
    if (!Get(scope, object, "type", type)) return false;
    if (type->IsString()) {
      if (type->StrictEquals(Literal(scope, kind.type))) {
        return ReadBlock(scope, kind, object, media);
      }
      ThrowTypeError(scope, Widen(std::string(kind.type) + " only accepts MCP " +
                                  std::string(kind.type) + " blocks, got \"") +
                                ToShown(scope, type.As<v8::String>(), kMaxQuotedUnits) + u"\"");
      return false;
    }
  }
  if (!IsNonEmptyString(url)) {
    ThrowTypeError(scope, kind.expects);
    return false;
  }
  media.url = url.As<v8::String>();
  v8::Local<v8::Value> detail;
  return &kind != &kImage ||
         (Get(scope, object, "detail", detail) && ReadDetail(scope, detail, media.detail));
}

// What the cell gave, checked. False with an exception pending.
bool Read(CellContext& cell, const MediaKind& kind, v8::Local<v8::Value> value,
          v8::Local<v8::Value> detail, Media& media) {
  IsolateScope& scope = cell.scope();
  if (IsNonEmptyString(value)) {
    media.url = value.As<v8::String>();
  } else if (value->IsObject() && !value->IsArray() && !value->IsFunction()) {
    if (!ReadObject(scope, kind, value.As<v8::Object>(), media)) return false;
  } else {
    ThrowTypeError(scope, kind.expects);
    return false;
  }
  if (&kind == &kImage && !ReadDetail(scope, detail, media.detail)) return false;
  if (!Fits(scope, media.url)) return false;
  if (BeginsWith(scope, media.url, "data:")) return true;
  const bool remote =
      BeginsWith(scope, media.url, "http://") || BeginsWith(scope, media.url, "https://");
  if (remote && cell.options().setup.remote_images == protocol::RemoteImages::kAllowed &&
      &kind == &kImage) {
    return true;
  }
  ThrowTypeError(scope, remote ? kind.remote : kind.invalid);
  return false;
}

void SendImage(CellContext& cell, const Media& media) {
  base::Text url;
  if (!cell.CopyOutput(OutputKind::kItem, media.url, url)) return;
  const size_t bytes = url.size_bytes();
  cell.outbox().Send(protocol::ImageOutput{std::move(url), media.detail}, bytes);
}

void SendAudio(CellContext& cell, const Media& media) {
  base::Text url;
  if (!cell.CopyOutput(OutputKind::kItem, media.url, url)) return;
  const size_t bytes = url.size_bytes();
  cell.outbox().Send(protocol::AudioOutput{std::move(url)}, bytes);
}

void ThrowNotContent(IsolateScope& scope, v8::Local<v8::Value> value) {
  ThrowTypeError(scope,
                 u"content expects an MCP content block (text, image, audio, resource or "
                 u"resource_link) or an iterable of them, got " +
                     ToUtf16(scope, value->TypeOf(scope.isolate())));
}

// One MCP content block. False with an exception pending, or once the cell has been stopped.
bool SendBlock(CellContext& cell, v8::Local<v8::Value> value) {
  IsolateScope& scope = cell.scope();
  const v8::Local<v8::Value> undefined = v8::Undefined(scope.isolate());
  v8::Local<v8::Value> type;
  if (!value->IsObject()) {
    ThrowNotContent(scope, value);
    return false;
  }
  const v8::Local<v8::Object> block = value.As<v8::Object>();
  if (!Get(scope, block, "type", type)) return false;
  const std::string name =
      type->IsString() ? ToName(scope, type.As<v8::String>()).value_or("") : "";
  Media media;
  if (name == "text") {
    v8::Local<v8::Value> text;
    if (!Get(scope, block, "text", text)) return false;
    if (!text->IsString()) {
      ThrowTypeError(scope, std::string_view("content expected the text of an MCP text block"));
      return false;
    }
    return cell.SendText(text.As<v8::String>());
  }
  if (name == "image") {
    if (!Read(cell, kImage, value, undefined, media)) return false;
    SendImage(cell, media);
    return true;
  }
  if (name == "audio") {
    if (!Read(cell, kAudio, value, undefined, media)) return false;
    SendAudio(cell, media);
    return true;
  }
  if (name == "resource" || name == "resource_link") {
    const Json json = ToJson(scope, value, JsonUse::kOutput);
    return json.kind == Json::Kind::kText && cell.SendText(json.text);
  }
  ThrowNotContent(scope, value);
  return false;
}

}  // namespace

void OutputImage(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  Media media;
  if (Read(cell, kImage, info[0], info[1], media)) SendImage(cell, media);
}

void OutputAudio(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  Media media;
  if (Read(cell, kAudio, info[0], v8::Undefined(info.GetIsolate()), media)) SendAudio(cell, media);
}

void OutputContent(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  if (!IsIterable(scope, info[0])) {
    SendBlock(cell, info[0]);
    return;
  }
  std::vector<v8::Local<v8::Value>> blocks;
  if (!Iterate(scope, info[0].As<v8::Object>(), blocks)) return;
  for (const v8::Local<v8::Value> block : blocks) {
    if (!SendBlock(cell, block)) return;
  }
}

void OutputGeneratedImage(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  constexpr std::string_view kExpects = "generatedImage expects an image generation result object";
  if (!info[0]->IsObject() || info[0]->IsArray() || info[0]->IsFunction()) {
    ThrowTypeError(scope, kExpects);
    return;
  }
  const v8::Local<v8::Object> result = info[0].As<v8::Object>();
  v8::Local<v8::Value> url;
  v8::Local<v8::Value> hint;
  if (!Get(scope, result, "image_url", url) || !Get(scope, result, "output_hint", hint)) return;
  if (!IsNonEmptyString(url)) {
    ThrowTypeError(scope, kExpects);
    return;
  }
  if (!hint->IsNullOrUndefined() && !hint->IsString()) {
    ThrowTypeError(scope,
                   std::string_view("generatedImage output_hint must be a string when provided"));
    return;
  }
  Media media;
  if (!Read(cell, kImage, url, v8::Undefined(scope.isolate()), media)) return;
  SendImage(cell, media);
  if (hint->IsString()) cell.SendText(hint.As<v8::String>());
}

}  // namespace codecell::isolate
