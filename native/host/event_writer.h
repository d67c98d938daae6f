#pragma once

#include <napi.h>

#include <vector>

#include "base/text.h"
#include "protocol/event.h"

namespace codecell::host {

// The object that binding.d.ts calls NativeUsage.
Napi::Object UsageToNapi(Napi::Env env, const protocol::Usage& usage);

// Writes events as the flat list that binding.d.ts describes. The values live in the handle scope
// that is open.
class EventWriter {
 public:
  explicit EventWriter(Napi::Env env) : env_(env) {}

  void Write(const protocol::Event& event);
  const std::vector<napi_value>& values() const { return values_; }

 private:
  void Put(napi_value value) { values_.push_back(value); }
  void PutNumber(double number);
  void PutText(const base::Text& text);
  // Undefined if there is nothing.
  template <typename Item>
  void PutList(const std::vector<Item>& items);
  void PutSettled(const protocol::Settled& settled);
  void PutWord(const char* word);

  const Napi::Env env_;
  std::vector<napi_value> values_;
};

}  // namespace codecell::host
