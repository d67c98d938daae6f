#include "base/moments.h"

#include "check.h"

namespace codecell::test {

namespace {

using base::Moment;
using base::Moments;

double TimeOf(Moment moment) { return Moments::Times()[static_cast<size_t>(moment)]; }

void NothingIsNotedUnwatched() {
  Moments::Note(Moment::kCalled);
  Expect(TimeOf(Moment::kCalled) == 0, "nobody watches");
}

void TheFirstTimeCountsUntilTheNextExec() {
  Moments::Watch(true);
  Moments::Note(Moment::kCalled);
  Moments::Note(Moment::kRuns);
  const double first = TimeOf(Moment::kRuns);
  Moments::Note(Moment::kRuns);
  Expect(first >= TimeOf(Moment::kCalled), "in order");
  Expect(TimeOf(Moment::kCalled) > 0, "noted");
  Expect(TimeOf(Moment::kRuns) == first, "the first time counts");
  Moments::Note(Moment::kCalled);
  Expect(TimeOf(Moment::kRuns) == 0, "the next exec begins anew");
  Moments::Watch(false);
}

const Test kTests[] = {
    {"Moments: nothing is noted while nobody watches", NothingIsNotedUnwatched},
    {"Moments: the first time counts, until the next exec", TheFirstTimeCountsUntilTheNextExec},
};

}  // namespace

std::span<const Test> MomentsTests() { return kTests; }

}  // namespace codecell::test
