#include "isolate/exec/web_libraries.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/library_files.h"
#include "isolate/engine/engine_compat.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

using base::LibraryFile;
using base::LibraryFiles;
using Compiler = v8::ScriptCompiler;

constexpr std::array<const char*, kWebLibraries> kFiles = {"web", "url", "idna", "newer"};

// The text of a library in the memory of the process, which never goes away.
class SharedSource final : public v8::String::ExternalOneByteStringResource {
 public:
  // For one string, which disposes of it.
  static SharedSource* Of(const std::string& source) { return new SharedSource(source); }
  const char* data() const override { return source_.data(); }
  size_t length() const override { return source_.size(); }

 private:
  explicit SharedSource(const std::string& source) : source_(source) {}

  const std::string& source_;
};

// The library as a function of the object that takes its exports and of the native layer's.
v8::MaybeLocal<v8::Function> Compile(IsolateScope& scope, const std::string& name,
                                     LibraryFile& file) {
  v8::Local<v8::String> text;
  // The string owns it. NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  if (!v8::String::NewExternalOneByte(scope.isolate(), SharedSource::Of(file.source))
           .ToLocal(&text)) {
    return {};
  }
  const LibraryFile::Bytes cache =
      file.code_cache.With([](const LibraryFile::Bytes& bytes) { return bytes; });
  auto* cached = cache == nullptr
                     ? nullptr
                     : new Compiler::CachedData(cache->data(), static_cast<int>(cache->size()),
                                                Compiler::CachedData::BufferNotOwned);
  Compiler::Source source(
      text, engine::ScriptOrigin(scope.isolate(), Literal(scope, "codecell:" + name)), cached);
  v8::Local<v8::String> parameters[] = {Literal(scope, "module"), Literal(scope, "native")};
  return Compiler::CompileFunction(
      scope.context(), &source, 2, parameters, 0, nullptr,
      cached == nullptr ? Compiler::kNoCompileOptions : Compiler::kConsumeCodeCache);
}

// Keeps the code of a library that has run, for the next isolates.
void KeepCode(LibraryFile& file, v8::Local<v8::Function> library) {
  if (file.code_cache.With([](const LibraryFile::Bytes& bytes) { return bytes != nullptr; }))
    return;
  const std::unique_ptr<Compiler::CachedData> made(Compiler::CreateCodeCacheForFunction(library));
  if (made == nullptr) return;
  auto kept = std::make_shared<const std::vector<uint8_t>>(made->data, made->data + made->length);
  file.code_cache.With([&](LibraryFile::Bytes& bytes) {
    if (bytes == nullptr) bytes = std::move(kept);
  });
}

}  // namespace

void WebLibraries::ReadFiles() {
  for (const char* file : kFiles) LibraryFiles::Find(file);
}

v8::MaybeLocal<v8::Object> WebLibraries::Load(IsolateScope& scope, WebLibrary library,
                                              v8::Local<v8::Object> natives) {
  const auto index = static_cast<size_t>(library);
  if (!exports_[index].IsEmpty()) return exports_[index].Get(scope.isolate());
  LibraryFile* file = LibraryFiles::Find(kFiles[index]);
  if (file == nullptr) {
    // Not the path: where codecell is installed is not for cells.
    ThrowError(scope, u"codecell's file dist/web/" + Widen(kFiles[index]) +
                          u".js is missing or damaged: the host must install codecell again");
    return {};
  }
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::String> exports_name = Literal(scope, "exports");
  const v8::Local<v8::Object> module = v8::Object::New(scope.isolate());
  v8::Local<v8::Function> function;
  v8::Local<v8::Value> exports;
  if (!Compile(scope, kFiles[index], *file).ToLocal(&function)) return {};
  v8::Local<v8::Value> arguments[] = {module, natives};
  loading_[index] = true;
  const bool has_run =
      !function->Call(context, v8::Undefined(scope.isolate()), 2, arguments).IsEmpty();
  loading_[index] = false;
  if (!has_run || !module->Get(context, exports_name).ToLocal(&exports)) return {};
  if (!exports->IsObject()) {
    ThrowTypeError(scope, std::string_view("the cell has changed what this global is made with"));
    return {};
  }
  KeepCode(*file, function);
  exports_[index].Reset(scope.isolate(), exports.As<v8::Object>());
  return exports.As<v8::Object>();
}

v8::MaybeLocal<v8::Object> WebLibraries::natives(IsolateScope& scope) const {
  if (natives_.IsEmpty()) return {};
  return natives_.Get(scope.isolate());
}

void WebLibraries::KeepNatives(IsolateScope& scope, v8::Local<v8::Object> natives) {
  natives_.Reset(scope.isolate(), natives);
}

void WebLibraries::Reset() {
  for (v8::Global<v8::Object>& exports : exports_) exports.Reset();
  natives_.Reset();
}

}  // namespace codecell::isolate
