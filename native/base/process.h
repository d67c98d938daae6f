#pragma once

namespace codecell::base {

// Ends the process without running anything of it: no exit handler, no destructor.
[[noreturn]] void ExitAtOnce(int code);

// The address of what the process's own program exports under this name; null if it does not.
void* FindExport(const char* name);

}  // namespace codecell::base
