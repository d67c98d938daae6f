#pragma once

#include <memory>

namespace codecell::isolate {

struct CellLink;

// One thread for the whole process that looks at all running cells now and then, whatever the
// host's threads are doing: it stops cells that have used up their processor time, lowers the
// priority of those that compute much, and stops the largest while the process has more memory than
// the strictest limit of the cells allows.
class Watchdog {
 public:
  // A cell's thread under watch, for as long as this lives. Made and destroyed on that thread.
  class Watched {
   public:
    explicit Watched(std::shared_ptr<CellLink> link);
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched();

   private:
    CellLink* const link_;
  };

  // An isolate that waits for its cell, for as long as this lives: dismissed when memory is short.
  class Spare {
   public:
    explicit Spare(CellLink& link);
    Spare(const Spare&) = delete;
    Spare& operator=(const Spare&) = delete;
    ~Spare();

   private:
    CellLink* const link_;
  };

  // Whether the process has had too much memory a moment ago.
  static bool IsMemoryShort();

  // Stops watching a cell that will never end. Called on its own thread.
  static void Forget(CellLink& link);
};

}  // namespace codecell::isolate
