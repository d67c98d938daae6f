#include "isolate/exec/tool_paths.h"

#include <utility>

namespace codecell::isolate {

namespace {

// A name or path with one "_" for whatever separates its parts.
std::string Joined(std::string_view name) {
  std::string joined;
  for (const char unit : name) {
    const bool separates = unit == '_' || unit == '.' || unit == '/';
    if (separates && (joined.empty() || joined.back() == '_')) continue;
    joined.push_back(separates ? '_' : unit);
  }
  return joined;
}

// The ways to write a tool with its namespace, the full one first.
std::vector<std::string> WaysToWrite(const protocol::Tool& tool) {
  std::vector<std::string> ways = {Joined(tool.name)};
  std::string_view rest = tool.name_space;
  for (size_t at = rest.find('/'); at != std::string_view::npos; at = rest.find('/')) {
    rest.remove_prefix(at + 1);
    ways.push_back(Joined(std::string(rest) + "/" + tool.own_name));
  }
  return ways;
}

// The rest of a way that begins with the path; empty where none does.
std::string RestAfter(const protocol::Tool& tool, std::string_view path) {
  const std::string prefix = Joined(path) + "_";
  for (const std::string& way : WaysToWrite(tool)) {
    if (way.size() > prefix.size() && way.starts_with(prefix)) return way.substr(prefix.size());
  }
  return {};
}

}  // namespace

ToolPaths::ToolPaths(const protocol::ToolTable& table) {
  for (uint32_t i = 0; i < table.tools.size(); ++i) {
    for (std::string& way : WaysToWrite(table.tools[i])) {
      const auto [known, is_first] = by_path_.try_emplace(std::move(way), i);
      if (!is_first && known->second != i) known->second.reset();
    }
  }
}

std::optional<uint32_t> ToolPaths::Find(std::string_view path) const {
  const auto found = by_path_.find(Joined(path));
  return found == by_path_.end() ? std::nullopt : found->second;
}

std::vector<uint32_t> ToolsUnder(const protocol::ToolTable& table, std::string_view path) {
  std::vector<uint32_t> tools;
  for (uint32_t i = 0; i < table.tools.size(); ++i) {
    if (!RestAfter(table.tools[i], path).empty()) tools.push_back(i);
  }
  return tools;
}

std::string NameUnder(const protocol::Tool& tool, std::string_view path) {
  const std::string rest = RestAfter(tool, path);
  // Its own name as it is, where that is all that is left.
  return Joined(tool.own_name) == rest ? tool.own_name : rest;
}

}  // namespace codecell::isolate
