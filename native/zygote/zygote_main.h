#pragma once

namespace codecell::zygote {

// The first argument of a helper. A process without it is not one, and runs Node's own main.
inline constexpr char kHelperArgument[] = "--codecell-zygote";

// The helper: makes an isolate, then forks a child for each cell that the host asks for. Arguments:
// kHelperArgument, the descriptor of the control socket, the heap limit in bytes, the folder of the
// web's libraries, and "off" where children are to keep their powers.
int Main(int argc, char** argv);

}  // namespace codecell::zygote
