#include "isolate/exec/stored_overlay.h"

#include <string>

#include "base/json_shape.h"
#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

// The key as String() gives it. Empty with an exception pending.
v8::MaybeLocal<v8::String> ReadKey(IsolateScope& scope, v8::Local<v8::Value> value,
                                   const char* symbol_message) {
  if (value->IsSymbol()) {
    ThrowTypeError(scope, std::string_view(symbol_message));
    return {};
  }
  return value->ToString(scope.context());
}

}  // namespace

const base::Text* StoredOverlay::Find(const std::u16string& key) const {
  const auto written = writes_.find(key);
  if (written != writes_.end()) return &written->second;
  const auto stored = base_->values.find(key);
  return stored == base_->values.end() ? nullptr : &stored->second;
}

bool StoredOverlay::HasRoomFor(IsolateScope& scope, size_t total) const {
  if (total <= limits_.stored_bytes || total <= bytes_) return true;
  ThrowTooMuch(scope, total);
  return false;
}

void StoredOverlay::ThrowTooMuch(IsolateScope& scope, size_t total) const {
  ThrowRangeError(scope, "store: all stored values together may have " +
                             std::to_string(limits_.stored_bytes) + " bytes, and would have " +
                             std::to_string(total) +
                             " (limits.storedBytes); store less, or null for what is done with");
}

bool StoredOverlay::Write(IsolateScope& scope, v8::Local<v8::String> key_string,
                          v8::Local<v8::String> json) {
  // Asked before anything is copied, which may be far past the limit.
  const size_t added = static_cast<size_t>(key_string->Length()) * 2 + SizeOf(json);
  if (added > limits_.stored_bytes && added > bytes_) {
    ThrowTooMuch(scope, bytes_ + added);
    return false;
  }
  std::u16string key = ToUtf16(scope, key_string);
  const base::Text* old = Find(key);
  const size_t keys = keys_ + (old == nullptr ? 1 : 0);
  if (keys > limits_.stored_keys) {
    ThrowRangeError(scope, "store: there may be " + std::to_string(limits_.stored_keys) +
                               " stored keys (limits.storedKeys); keep several values in one");
    return false;
  }
  const size_t kept = bytes_ - (old == nullptr ? 0 : protocol::StoredSize(key, *old));
  if (!HasRoomFor(scope, kept + added)) return false;
  base::Text text = ToText(scope, json);
  const base::JsonShape shape = base::JsonShapeOf(text);
  if (shape.depth > limits_.json_depth) {
    ThrowTooDeep(scope, "store: the value", limits_.json_depth);
    return false;
  }
  if (shape.values > limits_.json_values) {
    ThrowTooManyValues(scope, "store: the value", limits_.json_values);
    return false;
  }
  const size_t total = kept + protocol::StoredSize(key, text, shape);
  if (!HasRoomFor(scope, total)) return false;
  bytes_ = total;
  keys_ = keys;
  writes_.insert_or_assign(std::move(key), std::move(text));
  return true;
}

std::vector<std::pair<base::Text, base::Text>> StoredOverlay::TakeWrites() {
  std::vector<std::pair<base::Text, base::Text>> taken;
  taken.reserve(writes_.size());
  for (auto& [key, json] : writes_) {
    taken.emplace_back(base::Text::Narrowed(key), std::move(json));
  }
  writes_.clear();
  return taken;
}

void StoredOverlay::Store(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  v8::Local<v8::String> key;
  if (!ReadKey(scope, info[0], "store key must be a string").ToLocal(&key)) return;
  const Json json = ToJson(scope, info[1], JsonUse::kData);
  if (json.kind == Json::Kind::kThrew) return;
  if (json.kind == Json::Kind::kAbsent) {
    ThrowTypeError(scope, u"Unable to store \"" + ToShown(scope, key, kMaxQuotedUnits) +
                              u"\". Only plain serializable objects can be stored.");
    return;
  }
  cell.stored().Write(scope, key, json.text);
}

void StoredOverlay::Load(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  IsolateScope& scope = cell.scope();
  v8::Local<v8::String> key;
  if (!ReadKey(scope, info[0], "load key must be a string").ToLocal(&key)) return;
  // No stored key is longer than all of them may be.
  if (SizeOf(key) > cell.limits().stored_bytes) return;
  const base::Text* json = cell.stored().Find(ToUtf16(scope, key));
  if (json == nullptr) return;
  v8::Local<v8::Value> value;
  if (FromJson(scope, *json).ToLocal(&value)) info.GetReturnValue().Set(value);
}

}  // namespace codecell::isolate
