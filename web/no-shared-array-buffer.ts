/** Cells have no SharedArrayBuffer. webidl-conversions asks this one whether a value is one. */
export class NoSharedArrayBuffer {
  get byteLength(): never {
    throw new TypeError("not a SharedArrayBuffer");
  }

  get growable(): never {
    throw new TypeError("not a SharedArrayBuffer");
  }
}
