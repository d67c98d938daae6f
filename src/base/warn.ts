/** A warning of the process by codecell. All have one type, so that a handler of `warning` knows them. */
export function warn(code: string, message: string): void {
  process.emitWarning(message, { type: "CodecellWarning", code });
}
