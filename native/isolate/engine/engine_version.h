#pragma once

#include <string>

namespace codecell::isolate {

// The version of V8 the addon was compiled for: "11.3".
std::string BuiltForEngineVersion();
// Whether that is the engine of this process.
bool IsBuiltForThisEngine();

}  // namespace codecell::isolate
