#pragma once

#include <v8.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "isolate/isolate_scope.h"
#include "protocol/options.h"

namespace codecell::isolate {

// A cell's view of the stored values: the session's as the cell began, under its own writes.
class StoredOverlay {
 public:
  StoredOverlay(std::shared_ptr<const protocol::StoredValues> base, size_t limit_bytes)
      : base_(std::move(base)), limit_(limit_bytes) {}

  // The cell's writes, each key once with its last value.
  std::vector<std::pair<base::Text, base::Text>> TakeWrites();

  // Callbacks of the globals.
  static void Store(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void Load(const v8::FunctionCallbackInfo<v8::Value>& info);

 private:
  const base::Text* Find(const std::u16string& key) const;
  // False: the cell's writes would pass the limit.
  bool Write(std::u16string key, base::Text json);

  const std::shared_ptr<const protocol::StoredValues> base_;
  const size_t limit_;
  protocol::StoredValues writes_;
  size_t written_bytes_ = 0;
};

}  // namespace codecell::isolate
