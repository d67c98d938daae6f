#pragma once

namespace codecell::isolate {

// Where the engine finds that it cannot go on (an array longer than any can be, a failed check of
// its own), it traps instead of returning an error, which ends the process. From the first call on
// a trap on a cell's thread calls `on_trap` there, which does not return; traps elsewhere do what
// they did.
void GuardTraps(void (*on_trap)());

// Isolate thread. Whether a trap on this thread is a cell's.
void SetTrapsGuarded(bool guarded);

}  // namespace codecell::isolate
