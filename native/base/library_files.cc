#include "base/library_files.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

namespace codecell::base {

namespace {

struct Files {
  std::string folder;
  std::map<std::string, std::unique_ptr<LibraryFile>> by_path;
};

// Never destroyed: cells may run while the process ends.
Guarded<Files>& AllFiles() {
  static auto& files = *new Guarded<Files>();
  return files;
}

struct CloseFile {
  void operator()(FILE* file) const { fclose(file); }
};

// Without streams, which would bring a third of the addon's size with them.
std::unique_ptr<LibraryFile> Read(const std::string& path) {
  const std::unique_ptr<FILE, CloseFile> file(fopen(path.c_str(), "rb"));
  if (file == nullptr) return nullptr;
  std::string source;
  char part[size_t{16} << 10];
  size_t size = 0;
  do {
    size = fread(part, 1, sizeof part, file.get());
    source.append(part, size);
  } while (size == sizeof part);
  const bool is_ascii = std::all_of(source.begin(), source.end(),
                                    [](char byte) { return static_cast<uint8_t>(byte) < 0x80; });
  if (ferror(file.get()) != 0 || !is_ascii) return nullptr;
  return std::make_unique<LibraryFile>(std::move(source));
}

}  // namespace

void LibraryFiles::SetFolder(std::string folder) {
  AllFiles().With([&](Files& files) { files.folder = std::move(folder); });
}

LibraryFile* LibraryFiles::Find(const std::string& name) {
  // The lock is held while the file is read, so that several cells do not read it at once.
  return AllFiles().With([&](Files& files) {
    const std::string path = files.folder + "/" + name + ".js";
    const auto found = files.by_path.find(path);
    if (found != files.by_path.end()) return found->second.get();
    std::unique_ptr<LibraryFile> read = Read(path);
    LibraryFile* file = read.get();
    if (file != nullptr) files.by_path.emplace(path, std::move(read));
    return file;
  });
}

}  // namespace codecell::base
