#include "check.h"

#include <atomic>
#include <cstdio>

namespace codecell::test {

namespace {

std::atomic<int> g_failed{0};

}  // namespace

void Expect(bool holds, std::string_view claim, std::source_location where) {
  if (holds) return;
  ++g_failed;
  std::printf("        does not hold: %.*s\n          at %s:%u\n", static_cast<int>(claim.size()),
              claim.data(), where.file_name(), static_cast<unsigned>(where.line()));
}

int FailedClaims() { return g_failed.load(); }

}  // namespace codecell::test
