#pragma once

namespace codecell::zygote {

// Helper, before the first fork: children get the pages of the program's code that this process
// uses from here on. Otherwise each child asks the system for them, one after the other.
void SharePagesOfCode();

}  // namespace codecell::zygote
