#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/options.h"

namespace codecell::isolate {

// Tools as members of namespaces: `github.list_issues` is the tool `mcp__github__list_issues`,
// `github__list_issues` or `github_list_issues`. A path has its names joined by dots. Leading names
// of a namespace may be left out, the tool's own name alone is no path.

// The tools of a table by their paths.
class ToolPaths {
 public:
  explicit ToolPaths(const protocol::ToolTable& table);

  // Empty: no tool has that path, or several have.
  std::optional<uint32_t> Find(std::string_view path) const;

 private:
  // By path, with one "_" for whatever separates its names. Empty: it is several tools'.
  std::unordered_map<std::string, std::optional<uint32_t>> by_path_;
};

// The tools in the namespace of that path, in their order. None: it is no namespace.
std::vector<uint32_t> ToolsUnder(const protocol::ToolTable& table, std::string_view path);

// The name that a tool has in the namespace of that path, which it is in.
std::string NameUnder(const protocol::Tool& tool, std::string_view path);

}  // namespace codecell::isolate
