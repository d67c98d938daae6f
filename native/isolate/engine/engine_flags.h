#pragma once

namespace codecell::isolate {

// Host thread, at load. Flags of the engine hold for the whole process, the host's own code
// included, so there are as few as can be; docs/limits.md tells embedders about them.
void SetEngineFlags();

}  // namespace codecell::isolate
