#pragma once

#include <napi.h>

namespace codecell::host {

// What Node has no function for: socketPair() and sendDescriptor(); binding.d.ts explains them.
void DefineSockets(Napi::Env env, Napi::Object exports);

}  // namespace codecell::host
