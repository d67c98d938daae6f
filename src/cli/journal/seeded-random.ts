const mask = (1n << 64n) - 1n;

/** The randomness that a cell with this seed has: `native/base/seeded_random.h` is the same. */
export class SeededRandom {
  #state: [bigint, bigint, bigint, bigint];

  /** @param seed - 64 hexadecimal digits, not all zero. */
  constructor(seed: string) {
    const word = (index: number): bigint => BigInt(`0x${seed.slice(index * 16, index * 16 + 16)}`);
    this.#state = [word(0), word(1), word(2), word(3)];
  }

  /** From 0 to 1, without 1. */
  nextFraction(): number {
    return Number(this.next() >> 11n) * 2 ** -53;
  }

  next(): bigint {
    let [a, b, c, d] = this.#state;
    const result = (rotate((b * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (b << 17n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 45n);
    this.#state = [a, b, c, d];
    return result;
  }

  fill(bytes: Uint8Array): void {
    let word = 0n;
    for (let index = 0; index < bytes.length; index += 1) {
      if (index % 8 === 0) word = this.next();
      bytes[index] = Number(word & 0xffn);
      word >>= 8n;
    }
  }
}

function rotate(word: bigint, by: bigint): bigint {
  return ((word << by) | (word >> (64n - by))) & mask;
}
