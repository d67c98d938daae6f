#pragma once

namespace codecell::zygote {

// How the helper and its children exit where they do not end well.
enum ExitCode {
  kHostIsGone = 0,
  kBadArguments = 64,
  kOtherEngine = 65,  // This object was built for another version of V8.
  kNoIsolate = 66,
  kBadFrame = 67,     // The host has sent what no host sends.
  kNotConfined = 68,  // A power that the child must give up could not be given up.
  kFault = 139,       // The engine touched memory that it may not: what a shell says of SIGSEGV.
};

}  // namespace codecell::zygote
