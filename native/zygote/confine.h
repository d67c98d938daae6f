#pragma once

#include <cstddef>
#include <cstdint>

namespace codecell::zygote {

// Helper, once: what it gives up for itself and its children, after the engine has made what needs
// files and the environment. Bits of protocol::Confinement.
uint32_t ConfineHelper();

// Where a child finds its descriptors once it is confined.
struct ChildDescriptors {
  int channel;
  int wake;
};
inline constexpr ChildDescriptors kConfinedDescriptors{0, 1};

// Child. Nothing is open afterwards but these two.
bool KeepOnly(const ChildDescriptors& descriptors);

// Child, on its only thread, before any of the cell's code: no new privileges, no files, no cores,
// and no system calls but those that a running isolate needs. Bits of protocol::Confinement.
uint32_t ConfineChild();

// The child calls it when it knows its cell: its private memory may grow until it has `resident`
// bytes in all, those that it has now among them. False: the system refuses.
bool LimitMemory(size_t resident);

}  // namespace codecell::zygote
