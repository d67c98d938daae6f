#pragma once

#include <napi.h>

#include <cstdint>

#include "base/text.h"
#include "protocol/event.h"

namespace codecell::host {

// The object that binding.d.ts calls NativeUsage.
Napi::Object UsageToNapi(Napi::Env env, const protocol::Usage& usage);

// Writes events into the flat array that binding.d.ts describes.
class EventWriter {
 public:
  explicit EventWriter(Napi::Env env) : env_(env), batch_(Napi::Array::New(env)) {}

  void Write(const protocol::Event& event);
  Napi::Array batch() const { return batch_; }

 private:
  void Put(napi_value value);
  void PutNumber(double number);
  void PutText(const base::Text& text);
  void PutSettled(const protocol::Settled& settled);
  void PutWord(const char* word);

  const Napi::Env env_;
  const Napi::Array batch_;
  uint32_t length_ = 0;
};

}  // namespace codecell::host
