// What Debian's libgcc for arm64 asks of glibc when a program starts, by glibc's name for it; musl has the other name.
// Weak, because the linker is given it as often as libgcc.
unsigned long getauxval(unsigned long type);
__attribute__((weak, visibility("hidden"))) unsigned long __getauxval(unsigned long type) {
  return getauxval(type);
}
