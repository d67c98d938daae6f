import { builtin } from "../../base/builtin.js";

const headerBytes = 64;

/** The number of each processor in the header, for those that codecell has addons for. */
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/**
 * Why a file cannot be an addon for this processor, as far as its first bytes say: "it has 100 bytes of 785640. ".
 * Undefined if they say nothing against it, if the file cannot be read or is no `.node`, and on other systems than Linux.
 *
 * The loader of Linux does not compare the size of a file with its header: it maps a file that an interrupted copy
 * has cut short, and then a signal ends the process.
 */
export function elfFault(file: string): string | undefined {
  // What has another name Node runs as JavaScript.
  if (process.platform !== "linux" || !file.endsWith(".node")) return undefined;
  const { closeSync, fstatSync, openSync, readSync } = builtin("node:fs");
  const header = Buffer.alloc(headerBytes);
  let size: number;
  let read: number;
  try {
    const descriptor = openSync(file, "r");
    try {
      size = fstatSync(descriptor).size;
      read = readSync(descriptor, header, 0, headerBytes, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The loader says what it is.
    return undefined;
  }
  if (read < headerBytes || header.toString("latin1", 0, 4) !== "\x7fELF") {
    return `it is damaged: its ${size} bytes are no shared library. `;
  }
  const machine = machines[process.arch];
  if (machine !== undefined && header.readUInt16LE(18) !== machine) {
    return "it was built for another processor. ";
  }
  // The table of sections, which is the last thing in a file.
  const end =
    Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
  return end > size ? `it is damaged: it has ${size} bytes of ${end}. ` : undefined;
}
