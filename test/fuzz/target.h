#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace codecell::fuzz {

// What is fuzzed: one call an input, on the host's thread.
class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;

  virtual void Run(std::span<const uint8_t> input) = 0;
};

// Texts, JSON and hostile values through the value codec, in an isolate with limits.
// `hostile_script` is what hostile-script.mjs makes.
std::unique_ptr<Target> NewCodecTarget(std::string hostile_script);
// Hostile values through every helper, tool and import of a cell.
std::unique_ptr<Target> NewHelpersTarget(std::string hostile_script);
// The input as the source of a whole cell, on a thread of its own.
std::unique_ptr<Target> NewSourceTarget();

}  // namespace codecell::fuzz
