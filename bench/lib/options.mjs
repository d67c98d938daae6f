/**
 * Reads an option of the command line that counts something; leaves the process where it does not.
 * @param {Readonly<Record<string, unknown>>} options - What `parseArgs` has found.
 * @param {string} name
 */
export function readCount(options, name) {
  const count = Number(options[name]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  console.error(`--${name} expects a whole number, 1 or more; got ${options[name]}`);
  process.exit(2);
}
