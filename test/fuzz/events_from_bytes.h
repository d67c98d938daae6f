#pragma once

#include <string>
#include <vector>

#include "input.h"
#include "protocol/event.h"

namespace codecell::fuzz {

// Events as a cell may send them, made from an input.
std::vector<protocol::Event> EventsFromBytes(Input& input);

// An event's fields in the order of binding.d.ts, each behind a U+0001; what targets.mjs makes of
// the event once it has crossed must be equal.
std::u16string Described(const protocol::Event& event);

}  // namespace codecell::fuzz
