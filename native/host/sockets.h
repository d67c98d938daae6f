#pragma once

#include <napi.h>

namespace codecell::host {

// What Node has no function for: binding.d.ts explains socketPair(), duplicateDescriptor() and
// sendDescriptor().
void DefineSockets(Napi::Env env, Napi::Object exports);

}  // namespace codecell::host
