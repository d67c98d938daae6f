#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <string>

#include "base/text.h"
#include "isolate/thread/isolate_thread.h"
#include "protocol/options.h"

namespace codecell::host {

// Napi values → plain data. The TypeScript layer has checked everything; what is missing or of
// another type reads as empty.
base::Text ReadText(Napi::Value value);
// Of a string that is known to be ASCII: one copy, and no look at each unit.
base::Text ReadAscii(Napi::Value value);
std::string ReadUtf8(Napi::Value value);
double ReadNumber(Napi::Value value);
// Works while the environment is being terminated too, where a conversion would fail.
bool ReadFlag(Napi::Value value);

std::shared_ptr<const protocol::ToolTable> ReadToolTable(Napi::Value tools);
std::shared_ptr<const protocol::ModuleTable> ReadModuleTable(Napi::Value modules);
std::shared_ptr<const protocol::StoredValues> ReadStoredValues(Napi::Value entries);

// Empty where nothing is given.
std::optional<protocol::Deterministic> ReadDeterministic(Napi::Value value);

protocol::IsolateOptions ReadIsolateOptions(Napi::Object options);

std::shared_ptr<const protocol::CellSetup> ReadCellSetup(Napi::Value setup);

}  // namespace codecell::host
