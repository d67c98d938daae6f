#pragma once

#include <napi.h>

namespace codecell::host {

// What Node has no function for, or a slow one: binding.d.ts explains socketPair(),
// sendDescriptor() and Channel.
void DefineSockets(Napi::Env env, Napi::Object exports);

}  // namespace codecell::host
