#pragma once

#include <v8.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "isolate/engine/isolate_scope.h"
#include "protocol/options.h"

namespace codecell::isolate {

// The stored values as a cell sees them: the session's when the cell began, with the cell's own
// writes on top. The limits hold for all of them together.
class StoredOverlay {
 public:
  explicit StoredOverlay(const protocol::CellLimits& limits) : limits_(limits) {}

  // Takes over the session's values for the cell that begins.
  void Begin(std::shared_ptr<const protocol::StoredValues> base) {
    base_ = std::move(base);
    bytes_ = base_->bytes;
    keys_ = base_->values.size();
  }

  // The cell's writes, each key once with its last value.
  std::vector<std::pair<base::Text, base::Text>> TakeWrites();

  bool has_writes() const { return !writes_.empty(); }

  // Callbacks of the globals.
  static void Store(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Load(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  const base::Text* Find(const std::u16string& key) const;
  // False, with a RangeError pending: so many bytes are more than before, and too many.
  bool HasRoomFor(IsolateScope& scope, size_t total) const;
  void ThrowTooMuch(IsolateScope& scope, size_t total) const;
  // False, with a RangeError pending: the stored values would pass a limit.
  bool Write(IsolateScope& scope, v8::Local<v8::String> key_string, v8::Local<v8::String> json);

  std::shared_ptr<const protocol::StoredValues> base_ = std::make_shared<protocol::StoredValues>();
  const protocol::CellLimits& limits_;
  std::map<std::u16string, base::Text> writes_;
  size_t bytes_ = 0;  // Of all the cell sees.
  size_t keys_ = 0;
};

}  // namespace codecell::isolate
