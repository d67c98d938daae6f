#include "isolate/stored_overlay.h"

#include <string>

#include "isolate/exec.h"
#include "isolate/strings.h"
#include "isolate/value_codec.h"

namespace codecell::isolate {

namespace {

// The key as String() gives it; false with an exception pending.
bool ReadKey(IsolateScope& scope, v8::Local<v8::Value> value, const char* symbol_message,
             std::u16string& key) {
  if (value->IsSymbol()) {
    ThrowTypeError(scope, std::string_view(symbol_message));
    return false;
  }
  v8::Local<v8::String> string;
  if (!value->ToString(scope.context()).ToLocal(&string)) return false;
  key = ToUtf16(scope, string);
  return true;
}

}  // namespace

const base::Text* StoredOverlay::Find(const std::u16string& key) const {
  const auto written = writes_.find(key);
  if (written != writes_.end()) return &written->second;
  const auto stored = base_->find(key);
  return stored == base_->end() ? nullptr : &stored->second;
}

bool StoredOverlay::Write(std::u16string key, base::Text json) {
  const auto old = writes_.find(key);
  const size_t freed = old == writes_.end() ? 0 : key.size() * 2 + old->second.size_bytes();
  const size_t total = written_bytes_ - freed + key.size() * 2 + json.size_bytes();
  if (total > limit_) return false;
  written_bytes_ = total;
  writes_.insert_or_assign(std::move(key), std::move(json));
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
  Exec& exec = Exec::From(info.GetIsolate());
  IsolateScope& scope = exec.scope();
  std::u16string key;
  if (!ReadKey(scope, info[0], "store key must be a string", key)) return;
  const Json json = ToJson(scope, info[1]);
  if (json.kind == Json::Kind::kThrew) return;
  if (json.kind == Json::Kind::kAbsent) {
    ThrowTypeError(
        scope, u"Unable to store \"" + key + u"\". Only plain serializable objects can be stored.");
    return;
  }
  // The length is asked first, so that a text far past the limit is never copied.
  if (static_cast<size_t>(json.text->Length()) > exec.stored().limit_ ||
      !exec.stored().Write(std::move(key), ToText(scope, json.text))) {
    ThrowRangeError(scope, "store: the values written by this cell would exceed " +
                               std::to_string(exec.options().stored_bytes) +
                               " bytes (limits.storedBytes)");
  }
}

void StoredOverlay::Load(const v8::FunctionCallbackInfo<v8::Value>& info) {
  Exec& exec = Exec::From(info.GetIsolate());
  IsolateScope& scope = exec.scope();
  std::u16string key;
  if (!ReadKey(scope, info[0], "load key must be a string", key)) return;
  const base::Text* json = exec.stored().Find(key);
  if (json == nullptr) return;
  v8::Local<v8::Value> value;
  if (FromJson(scope, *json).ToLocal(&value)) info.GetReturnValue().Set(value);
}

}  // namespace codecell::isolate
