#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/options.h"

namespace codecell::isolate {

// Tools as members of namespaces: `github.list_issues` is the tool `mcp__github__list_issues`,
// `github__list_issues` or `github_list_issues`. A path has its names joined by dots. Leading names
// of a namespace may be left out, the tool's own name alone is no path.

// The tool of that path. Empty: there is none, or there are several.
std::optional<uint32_t> ToolAt(const protocol::ToolTable& table, std::string_view path);

// The tools in the namespace of that path, in their order. None: it is no namespace.
std::vector<uint32_t> ToolsUnder(const protocol::ToolTable& table, std::string_view path);

// The name that a tool has in the namespace of that path, which it is in.
std::string NameUnder(const protocol::Tool& tool, std::string_view path);

}  // namespace codecell::isolate
