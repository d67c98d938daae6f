#pragma once

#include <source_location>
#include <span>
#include <string_view>

namespace codecell::test {

// One thing that must hold, named by a sentence.
struct Test {
  std::string_view sentence;
  void (*run)();
};

// Any thread. Notes and prints a claim that does not hold; the test goes on and has failed.
void Expect(bool holds, std::string_view claim,
            std::source_location where = std::source_location::current());

// How many claims have not held so far.
int FailedClaims();

// A reproducible sequence of numbers, for what a race is fed with.
class Numbers {
 public:
  explicit Numbers(unsigned seed) : state_(seed * 2654435761U + 1U) {}

  // At least 0, less than `bound`.
  unsigned Below(unsigned bound) {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 8U) % bound;
  }

 private:
  unsigned state_;
};

std::span<const Test> BacklogTests();
std::span<const Test> Base64Tests();
std::span<const Test> ClockTests();
std::span<const Test> ConditionTests();
std::span<const Test> ConfineTests();
std::span<const Test> FaultGuardTests();
std::span<const Test> GuardedTests();
std::span<const Test> JsonShapeTests();
std::span<const Test> LatchTests();
std::span<const Test> LibraryFilesTests();
std::span<const Test> MailboxTests();
std::span<const Test> MomentsTests();
std::span<const Test> NearestTests();
std::span<const Test> ProtocolTests();
std::span<const Test> ResultTests();
std::span<const Test> TextTests();
std::span<const Test> SpinTests();
std::span<const Test> ThreadCacheTests();
std::span<const Test> ThreadTests();
std::span<const Test> Utf8Tests();
std::span<const Test> WireTests();

}  // namespace codecell::test
