/** A process in which one cell lives, seen from outside. */
export interface CellProcess {
  /** Undefined until it has one, and if it could not be started. */
  readonly pid: number | undefined;
  /** Bytes of frames that it has not taken. */
  readonly unsentBytes: number;
  /** Sends a frame, behind those before it. Nothing happens if the process is gone. */
  send(frame: Buffer): void;
  /** Ends it at once (SIGKILL). Idempotent. */
  kill(): void;
  /** Its cell has ended, and it is about to end too: if it does not at once, it is killed. Idempotent. */
  finish(): void;
  /** Whether this process stays alive for it. At first it does not. */
  keepAlive(doesIt: boolean): void;
}

/** What is told of a process, never before `start` has returned. */
export interface ProcessListener {
  /** What it has written, in pieces as they come. */
  onBytes(bytes: Buffer): void;
  /** It is gone: reaped by the system, and all that it has written has been told. Nothing follows. */
  onGone(end: ProcessEnd): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The most bytes that it had resident at any time; undefined where the system did not tell. */
  readonly maxResidentBytes?: number | undefined;
  /** It was never started, and why. */
  readonly error?: Error | undefined;
}

/** Makes processes for cells. They speak the frames of `backend/wire`. */
export interface ProcessSource {
  readonly host: "process" | "zygote";
  /** Sources with one name make the same processes. */
  readonly name: string;
  /** Why its processes cannot give up powers, or undefined where they can. */
  readonly noSandboxReason: string | undefined;
  /**
   * One that could not be started is gone with an error.
   *
   * @throws Where the system gives no process or no sockets.
   */
  start(listener: ProcessListener, heapBytes: number): CellProcess;
  /** A source of the same kind, for some cells alone; not set where its processes share nothing anyway. */
  apart?(): ProcessSource;
  /** There is one more that starts processes here. */
  acquire(): void;
  /** One that has acquired it starts no more. After the last one: resolves when nothing is left of it. */
  release(): Promise<void>;
}

/** A process of the source, or where it could start none, one that is gone with an error. */
export function startProcess(
  source: ProcessSource,
  listener: ProcessListener,
  heapBytes: number,
): CellProcess {
  try {
    return source.start(listener, heapBytes);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    queueMicrotask(() => listener.onGone({ code: null, signal: null, error }));
    return neverStarted;
  }
}

const neverStarted: CellProcess = {
  pid: undefined,
  unsentBytes: 0,
  send: () => {},
  kill: () => {},
  finish: () => {},
  keepAlive: () => {},
};
