#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace codecell::base {

// Randomness that the same seed gives again: the generator xoshiro256**. Not for secrets.
class SeededRandom {
 public:
  using Seed = std::array<uint64_t, 4>;

  SeededRandom() = default;
  // A seed of zeros would give nothing but zeros.
  explicit SeededRandom(const Seed& seed) : state_(seed == Seed{} ? kOther : seed) {}

  uint64_t Next() {
    auto& [a, b, c, d] = state_;
    const uint64_t result = std::rotl(b * 5, 7) * 9;
    const uint64_t shifted = b << 17U;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }

  // From 0 to 1, without 1.
  double NextFraction() {
    constexpr double kStep = 0x1p-53;
    return static_cast<double>(Next() >> 11U) * kStep;
  }

  void Fill(void* data, size_t size) {
    auto* bytes = static_cast<uint8_t*>(data);
    uint64_t word = 0;
    for (size_t i = 0; i < size; ++i) {
      if (i % sizeof(word) == 0) word = Next();
      bytes[i] = static_cast<uint8_t>(word);
      word >>= 8U;
    }
  }

 private:
  static constexpr Seed kOther = {1, 2, 3, 4};
  Seed state_ = kOther;
};

}  // namespace codecell::base
