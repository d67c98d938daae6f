#include "base/library_files.h"

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "check.h"

namespace codecell::test {

namespace {

using base::LibraryFiles;

void ReadsAFileOnce() {
  std::string folder = "/tmp/codecell-test-XXXXXX";
  Expect(mkdtemp(folder.data()) != nullptr, "there is a folder");
  const std::string good = folder + "/good.js";
  const std::string bad = folder + "/bad.js";
  std::ofstream(good) << "1;";
  std::ofstream(bad) << "\"\xc3\xa9\";";
  LibraryFiles::SetFolder(folder);
  const base::LibraryFile* file = LibraryFiles::Find("good");
  Expect(file != nullptr && file->source == "1;", "its text");
  std::ofstream(good) << "2;";
  Expect(LibraryFiles::Find("good") == file && file->source == "1;", "the text it had at first");
  Expect(LibraryFiles::Find("bad") == nullptr, "not what is not ASCII");
  Expect(LibraryFiles::Find("absent") == nullptr, "not what is not there");
  unlink(good.c_str());
  unlink(bad.c_str());
  rmdir(folder.c_str());
}

const Test kTests[] = {{"LibraryFiles: reads a file once, and only ASCII", ReadsAFileOnce}};

}  // namespace

std::span<const Test> LibraryFilesTests() { return kTests; }

}  // namespace codecell::test
