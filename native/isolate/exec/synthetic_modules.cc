#include "isolate/exec/synthetic_modules.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "isolate/engine/engine_compat.h"
#include "isolate/exec/cell_context.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"

namespace codecell::isolate {

namespace {

struct HelperExport {
  const char* name;
  const char* helper;
};

constexpr HelperExport kHelpers[] = {
    {"text", "text"},
    {"image", "image"},
    {"audio", "audio"},
    {"content", "content"},
    {"store", "store"},
    {"load", "load"},
    {"notify", "notify"},
    {"yield_control", "yield_control"},
    {"exit", "exit"},
    {"setTimeout", "setTimeout"},
    {"clearTimeout", "clearTimeout"},
    {"as_settled", "as_settled"},
    {"stream_settled", "stream_settled"},
    {"search_tools", "search_tools"},
    {"describe_tool", "describe_tool"},
    {"output_text", "text"},
    {"output_image", "image"},
};

bool IsHelperModule(const std::string& specifier) {
  return specifier == "@openai/code_mode" || specifier == "openai/code_mode" ||
         specifier == "codecell";
}

}  // namespace

const std::vector<uint32_t>* SyntheticModules::NamespaceOf(const std::string& specifier) const {
  constexpr std::string_view kPrefix = "tools/";
  constexpr std::string_view kSuffix = ".js";
  if (specifier.size() <= kPrefix.size() + kSuffix.size() || !specifier.starts_with(kPrefix) ||
      !specifier.ends_with(kSuffix)) {
    return nullptr;
  }
  const auto& by_name_space = cell_.tools().table().by_name_space;
  const auto found = by_name_space.find(
      specifier.substr(kPrefix.size(), specifier.size() - kPrefix.size() - kSuffix.size()));
  return found == by_name_space.end() ? nullptr : &found->second;
}

bool SyntheticModules::IsBuiltIn(const std::string& specifier) const {
  return specifier == "tools.js" || IsHelperModule(specifier) || NamespaceOf(specifier) != nullptr;
}

bool SyntheticModules::CollectTools(IsolateScope& scope, Exports& exports) {
  ToolBridge& bridge = cell_.tools();
  v8::Local<v8::Array> listing;
  if (!bridge.Listing(scope).ToLocal(&listing)) return false;
  exports.emplace_back("ALL_TOOLS", listing);
  for (uint32_t i = 0; i < bridge.table().tools.size(); ++i) {
    v8::Local<v8::Function> function;
    if (!bridge.FunctionOf(scope, i).ToLocal(&function)) return false;
    const std::string& name = bridge.table().tools[i].name;
    if (name != "ALL_TOOLS") exports.emplace_back(name, function);
  }
  return true;
}

bool SyntheticModules::CollectNamespace(IsolateScope& scope, const std::vector<uint32_t>& tools,
                                        Exports& exports) {
  for (const uint32_t tool : tools) {
    v8::Local<v8::Function> function;
    if (!cell_.tools().FunctionOf(scope, tool).ToLocal(&function)) return false;
    exports.emplace_back(cell_.tools().table().tools[tool].own_name, function);
  }
  return true;
}

v8::MaybeLocal<v8::Module> SyntheticModules::MakeBuiltIn(IsolateScope& scope,
                                                         const std::string& specifier,
                                                         v8::Local<v8::String> name) {
  Exports exports;
  if (IsHelperModule(specifier)) {
    for (const HelperExport& helper : kHelpers) {
      exports.emplace_back(helper.name, cell_.helpers().Get(scope, helper.helper));
    }
  } else if (const std::vector<uint32_t>* tools = NamespaceOf(specifier)) {
    if (!CollectNamespace(scope, *tools, exports)) return {};
  } else if (!CollectTools(scope, exports)) {
    return {};
  }
  return Make(scope, name, exports);
}

v8::MaybeLocal<v8::Module> SyntheticModules::MakeFromValues(IsolateScope& scope,
                                                            const protocol::ValueModule& values,
                                                            v8::Local<v8::String> name) {
  Exports exports;
  for (const auto& [export_name, json] : values.exports) {
    v8::Local<v8::Value> value;
    if (!FromJson(scope, json).ToLocal(&value)) return {};
    exports.emplace_back(export_name, value);
  }
  return Make(scope, name, exports);
}

v8::MaybeLocal<v8::Module> SyntheticModules::Make(IsolateScope& scope, v8::Local<v8::String> name,
                                                  const Exports& exports) {
  std::vector<v8::Local<v8::String>> names;
  Pending pending;
  for (const auto& [export_name, value] : exports) {
    v8::Local<v8::String> string;
    if (!Utf8ToV8(scope, export_name).ToLocal(&string)) return {};
    names.push_back(string);
    pending.names.push_back(export_name);
    pending.values.emplace_back(scope.isolate(), value);
  }
  const v8::Local<v8::Module> module =
      engine::NewSyntheticModule(scope.isolate(), name, names, Evaluate);
  pending.module.Reset(scope.isolate(), module);
  pending_.push_back(std::move(pending));
  return module;
}

v8::MaybeLocal<v8::Value> SyntheticModules::Evaluate(v8::Local<v8::Context> context,
                                                     v8::Local<v8::Module> module) {
  CellContext& cell = CellContext::From(v8::Isolate::GetCurrent());
  IsolateScope& scope = cell.scope();
  v8::Local<v8::Promise::Resolver> done;
  if (!cell.synthetic_modules().SetExports(scope, module) ||
      !v8::Promise::Resolver::New(context).ToLocal(&done) ||
      done->Resolve(context, v8::Undefined(scope.isolate())).IsNothing()) {
    return {};
  }
  return done->GetPromise();
}

bool SyntheticModules::SetExports(IsolateScope& scope, v8::Local<v8::Module> module) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Pending& pending) { return pending.module == module; });
  if (found == pending_.end()) return true;
  const Pending pending = std::move(*found);
  pending_.erase(found);
  for (size_t i = 0; i < pending.names.size(); ++i) {
    v8::Local<v8::String> name;
    if (!Utf8ToV8(scope, pending.names[i]).ToLocal(&name) ||
        module
            ->SetSyntheticModuleExport(scope.isolate(), name,
                                       pending.values[i].Get(scope.isolate()))
            .IsNothing()) {
      return false;
    }
  }
  return true;
}

}  // namespace codecell::isolate
