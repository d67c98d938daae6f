#pragma once

#include <cstdint>

namespace codecell::isolate {

// What an isolate leads to: the number under which v8::Isolate::GetData() gives it.
enum IsolateSlot : uint32_t {
  kContextSlot,     // Its CellContext.
  kTerminatorSlot,  // Its Terminator, while one is attached.
  kJsonUseSlot,     // A JsonUse: what the JSON text that is being made is for.
};

}  // namespace codecell::isolate
