#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/json_shape.h"
#include "base/text.h"
#include "protocol/limits.h"

namespace codecell::protocol {

struct Tool {
  std::string name;        // An identifier, unique in its table.
  std::string own_name;    // The name inside its namespace's module.
  std::string name_space;  // Segments joined by "/"; empty: none.
  base::Text description;
  bool is_mcp = false;  // Its results are values of MCP results.
};

// Immutable once built, shared by every cell of a session.
struct ToolTable {
  std::vector<Tool> tools;
  std::unordered_map<std::string, uint32_t> by_name;
  std::unordered_map<std::string, std::vector<uint32_t>> by_name_space;
};

inline void AddTool(ToolTable& table, Tool tool) {
  const auto index = static_cast<uint32_t>(table.tools.size());
  table.by_name.emplace(tool.name, index);
  if (!tool.name_space.empty()) table.by_name_space[tool.name_space].push_back(index);
  table.tools.push_back(std::move(tool));
}

struct SourceModule {
  base::Text source;
};

struct ValueModule {
  std::vector<std::pair<std::string, base::Text>> exports;  // Name (UTF-8), JSON.
};

// Modules the host offers besides the built-in ones, by specifier (UTF-8).
using ModuleTable = std::unordered_map<std::string, std::variant<SourceModule, ValueModule>>;

// Stored values by key, as JSON.
struct StoredValues {
  std::map<std::u16string, base::Text> values;
  size_t bytes = 0;  // The sum of StoredSize over all entries.
};

// What a value takes at least in an engine's heap, however short it is as text.
inline constexpr size_t kMinValueBytes = 16;

// What an entry adds to the bytes of stored values.
inline size_t StoredSize(const std::u16string& key, const base::Text& json,
                         const base::JsonShape& shape) {
  return key.size() * 2 + std::max(json.size_bytes(), shape.values * kMinValueBytes);
}

inline size_t StoredSize(const std::u16string& key, const base::Text& json) {
  return StoredSize(key, json, base::JsonShapeOf(json));
}

// What is decided about an isolate before its cell is known.
struct IsolateOptions {
  size_t heap_bytes = 0;
  size_t queued_bytes = 0;  // Of events the host has not taken, before the cell is held back.
  // Made before it is asked for: its thread runs at a lower priority until then, and warms up.
  bool is_spare = false;
};

// What has happened to an isolate that is given its cell.
enum class BeginResult {
  kGone,     // It was dismissed; Disposed follows.
  kMaking,   // Started follows when the isolate has been made.
  kRunning,  // It was ready: the cell runs, and no Started follows.
};

enum class OnDeadlock { kFail, kWait };
enum class Console { kOff, kLogs, kOutput };
// How a source is read: as a module; or, where that fails or hands nothing out, as models write
// programs.
enum class Dialect { kStrict, kLenient };
enum class WebGlobals { kNone, kAll };
enum class RemoteImages { kRefused, kAllowed };

// What is the same for many cells.
struct CellSetup {
  std::shared_ptr<const ToolTable> tools;      // Never null.
  std::shared_ptr<const ModuleTable> modules;  // Never null.
  CellLimits limits;
  OnDeadlock on_deadlock = OnDeadlock::kFail;
  Console console = Console::kOff;
  Dialect dialect = Dialect::kStrict;
  WebGlobals web_globals = WebGlobals::kAll;
  RemoteImages remote_images = RemoteImages::kRefused;
};

// What makes a cell's run depend on nothing but its source and the commands it is given: its clock
// moves with commands only, its randomness comes from the seed, and the host fires its timers.
struct Deterministic {
  std::array<uint64_t, 4> seed = {};
  double now_ms = 0;  // What its clock shows first: since the epoch.
};

// What one cell is given.
struct CellOptions {
  CellSetup setup;
  base::Text source;
  std::shared_ptr<const StoredValues> stored;  // Never null.
  std::optional<Deterministic> deterministic;
};

}  // namespace codecell::protocol
