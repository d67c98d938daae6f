#include "isolate/engine/engine_version.h"

#include <v8.h>

namespace codecell::isolate {

std::string BuiltForEngineVersion() {
  return std::to_string(V8_MAJOR_VERSION) + "." + std::to_string(V8_MINOR_VERSION);
}

bool IsBuiltForThisEngine() {
  const std::string running = v8::V8::GetVersion();
  return running.starts_with(BuiltForEngineVersion() + ".");
}

}  // namespace codecell::isolate
