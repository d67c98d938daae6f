#pragma once

namespace codecell::zygote {

// Allows this thread and those it starts no system calls but those that a running isolate needs,
// for ever. The channel and the wake are where kConfinedDescriptors says. False: the system has no
// filters, or this machine is of another kind than the filter is written for.
bool FilterSystemCalls();

}  // namespace codecell::zygote
