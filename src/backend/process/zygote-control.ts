/** What the helper tells: it is warm, or what became of a child that it was asked for. */
export type ZygoteReport =
  | { readonly type: "ready"; readonly version: number }
  | { readonly type: "forked"; readonly child: number; readonly pid: number }
  | { readonly type: "failed"; readonly child: number; readonly errno: number }
  | {
      readonly type: "reaped";
      readonly child: number;
      /** Undefined: a signal ended it. */
      readonly exitCode: number | undefined;
      /** The number of the signal that ended it. */
      readonly signal: number | undefined;
      readonly maxResidentBytes: number;
    };

/** The version of what follows; native/zygote/control.h is the helper's side. */
export const controlVersion = 1;

const reportBytes = 16;
const asks = { fork: 1, kill: 2 } as const;
const answers = { ready: 1, forked: 2, failed: 3, reaped: 4 } as const;
/** Helper and host are on one machine, so numbers have its byte order. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** A request of the helper. `fork` goes with the other end of the child's channel. */
export function zygoteRequest(ask: keyof typeof asks, child: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(asks[ask], child).buffer);
}

/** Cuts what the helper says into its reports. */
export class ZygoteReports {
  #rest: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): readonly ZygoteReport[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const reports: ZygoteReport[] = [];
    let at = 0;
    for (; all.length - at >= reportBytes; at += reportBytes) reports.push(readReport(all, at));
    this.#rest = all.subarray(at);
    return reports;
  }
}

function readReport(bytes: Buffer, at: number): ZygoteReport {
  const answer = readUnsigned(bytes, at);
  const child = readUnsigned(bytes, at + 4);
  const value = isLittleEndian ? bytes.readInt32LE(at + 8) : bytes.readInt32BE(at + 8);
  switch (answer) {
    case answers.ready:
      return { type: "ready", version: value };
    case answers.forked:
      return { type: "forked", child, pid: value };
    case answers.failed:
      return { type: "failed", child, errno: value };
    case answers.reaped: {
      // What wait() gives: the signal in the lowest seven bits, or the exit code in the next byte.
      const signal = value & 0x7f;
      return {
        type: "reaped",
        child,
        exitCode: signal === 0 ? (value >>> 8) & 0xff : undefined,
        signal: signal === 0 ? undefined : signal,
        maxResidentBytes: readUnsigned(bytes, at + 12) * 1024,
      };
    }
    default:
      throw new Error(`the helper has sent a report of kind ${answer}, which there is not`);
  }
}

function readUnsigned(bytes: Buffer, at: number): number {
  return isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
