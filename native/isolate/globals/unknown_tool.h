#pragma once

#include <v8.h>

#include "isolate/exec/cell_context.h"

namespace codecell::isolate {

// What `tools` gives for a name that is no tool's. It reads as absent (`typeof` says "undefined",
// it is falsy and == null), yet calling it throws a TypeError that names the nearest tools. Where
// programs are read leniently its members are tools, if the name is a namespace's, and unknown
// tools otherwise.
v8::MaybeLocal<v8::Object> NewUnknownTool(CellContext& cell, v8::Local<v8::String> path);

// Names the language itself looks for on any object; they are no tools and no members.
bool IsProtocolName(const std::string& name);

}  // namespace codecell::isolate
