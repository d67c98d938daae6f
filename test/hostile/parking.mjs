// A cell whose engine gives up for good, so that its thread is parked.

/** The source of one, for the running version of Node. */
export function parkingSource() {
  // The compiler of regular expressions runs out of memory on this, which V8 takes as the end of the process.
  return 'new RegExp("(?:a|".repeat(2 ** 14) + ")".repeat(2 ** 14)).test("a");';
}
