/** A warning of the process by codecell. All have one type, so that a handler of `warning` knows them. */
export function warn(code: string, message: string): void {
  if (typeof process === "object") {
    process.emitWarning(message, { type: "CodecellWarning", code });
    return;
  }
  // Of browsers, which have no process.
  const report: unknown = Reflect.get(globalThis, "reportError");
  if (typeof report === "function") report(new Error(`${code}: ${message}`));
}
