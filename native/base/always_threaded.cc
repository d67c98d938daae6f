// glibc has this variable from 2.32 on, and libstdc++ built there asks it whether a counter may do
// without atomics. This one is the addon's own, for older systems, and says that there are threads:
// a cell is one.

#if defined(__linux__)

extern "C" {
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern char __libc_single_threaded;
char __libc_single_threaded = 0;
}

#endif
