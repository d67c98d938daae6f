#pragma once

#include <cstdint>

namespace codecell::isolate {

// What an isolate leads to: the number under which v8::Isolate::GetData() gives it.
enum IsolateSlot : uint32_t {
  kContextSlot,     // Its CellContext.
  kTerminatorSlot,  // Its Terminator, while one is attached.
  kJsonUseSlot,     // The JsonUse of the JSON text that is being made; null: kOwn.
};

}  // namespace codecell::isolate
