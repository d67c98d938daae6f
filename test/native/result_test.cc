#include "base/result.h"

#include <memory>
#include <string>
#include <utility>

#include "check.h"

namespace codecell::test {

namespace {

using Loaded = base::Result<std::unique_ptr<int>, std::string>;

Loaded Load(bool well) {
  if (well) return std::make_unique<int>(7);
  return std::string("no");
}

void HoldsAValue() {
  Loaded loaded = Load(true);
  Expect(loaded.ok(), "it is ok");
  Expect(*loaded.value() == 7, "the value is the one returned");
  const std::unique_ptr<int> taken = std::move(loaded.value());
  Expect(*taken == 7 && loaded.value() == nullptr, "the value can be moved out");
}

void HoldsAnError() {
  Loaded loaded = Load(false);
  Expect(!loaded.ok(), "it is not ok");
  Expect(loaded.error() == "no", "the error is the one returned");
}

const Test kTests[] = {
    {"Result: holds a value, also one that can only be moved", HoldsAValue},
    {"Result: holds the error that stands in a value's place", HoldsAnError},
};

}  // namespace

std::span<const Test> ResultTests() { return kTests; }

}  // namespace codecell::test
