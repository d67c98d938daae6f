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
  // With the number of a signal added: ended by it, as a shell says it. A child cannot send itself
  // one.
  kSignal = 128,
};

}  // namespace codecell::zygote
