#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"

namespace codecell::base {

// A file of JavaScript that cells run when they first use what it makes. It is read once in a
// process and never given up, so its text may be shared by all isolates.
struct LibraryFile {
  using Bytes = std::shared_ptr<const std::vector<uint8_t>>;

  const std::string source;   // ASCII.
  Guarded<Bytes> code_cache;  // Null until an isolate has compiled it.
};

// The folder with those files. Any thread.
class LibraryFiles {
 public:
  // Where the files are; before the first cell. The last call counts.
  static void SetFolder(std::string folder);
  // Null: the file cannot be read, or is not ASCII.
  static LibraryFile* Find(const std::string& name);
};

}  // namespace codecell::base
