#pragma once

#include "host/read_options.h"
#include "host/table_wrap.h"
#include "protocol/options.h"

namespace codecell::host {

// The JS classes `ToolTable`, `ModuleTable`, `StoredValues` and `CellSetup` of binding.d.ts.
using ToolTableWrap = TableWrap<protocol::ToolTable, ReadToolTable>;
using ModuleTableWrap = TableWrap<protocol::ModuleTable, ReadModuleTable>;
using StoredValuesWrap = TableWrap<protocol::StoredValues, ReadStoredValues>;
using CellSetupWrap = TableWrap<protocol::CellSetup, ReadCellSetup>;

}  // namespace codecell::host
