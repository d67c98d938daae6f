import { describeThrown } from "../base/describe-value.js";
import { invalidOption } from "../base/option-checks.js";
import { warn } from "../base/warn.js";
import type { CellOutcome, ExecOutcome, TerminatedOutcome } from "../protocol/outcome.js";
import { unstartedUsage } from "../protocol/unstarted-usage.js";
import { CellListener } from "./cell-listener.js";
import type {
  CellSession,
  CellSessionExecOptions,
  CellSessionWaitOptions,
} from "./cell-session.js";
import { checkCellId, checkExecOptions, checkWaitOptions, pathOf } from "./check-options.js";
import type { ServerEvent } from "./event-stream.js";
import { FollowedExec } from "./followed-exec.js";
import { newId } from "./new-id.js";
import { readExecOutcome, readOutcome, readValues } from "./read-answers.js";
import type { Requests, SendOptions } from "./requests.js";

/** A session whose cells run on a server. `RemoteCodeMode.openSession` makes it. */
export class RemoteSession implements CellSession {
  readonly id: string;
  /** Of the session, with a slash at its end. */
  readonly #path: string;
  readonly #requests: Requests;
  /** Output items that this session was told of, of each cell that has yielded. */
  readonly #cursors = new Map<string, number>();
  /** Of each exec whose signal can still end its cell. */
  readonly #signals = new Map<string, FollowedExec>();

  /** @internal */
  constructor(id: string, requests: Requests) {
    this.id = id;
    this.#path = `/v1/sessions/${encodeURIComponent(id)}/`;
    this.#requests = requests;
  }

  /**
   * Runs a source in a new cell, as `Session.exec` of `codecell` does. Each exec has a `requestId`, yours or a new one.
   * So when the connection is lost, it is sent again, and finds the cell that it has started, also on another server;
   * events of that time may be missed, but the outcome has all output.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; the code that the server gives, such as ERR_UNAUTHORIZED, ERR_FORBIDDEN
   *   or ERR_QUOTA; ERR_SERVER_UNREACHABLE; ERR_SERVER_ANSWER; ERR_SESSION_CLOSED.
   */
  async exec(source: string, options: CellSessionExecOptions = {}): Promise<ExecOutcome> {
    if (typeof source !== "string") throw invalidOption("source", "a string", source);
    checkExecOptions(options);
    const { signal, requestId = newId(), yieldAfterMs, yieldOnApproval, limits } = options;
    if (signal?.aborted) return notStarted();
    const exec = new FollowedExec(signal, (cellId) => this.#end(cellId));
    const listener = new CellListener(this.id, options, (cellId) => exec.hasCell(cellId));
    const body = {
      source,
      requestId,
      yieldAfterMs: finite(yieldAfterMs),
      yieldOnApproval,
      limits: limits && withoutInfinite(limits),
    };
    try {
      const { answer } = await this.#post("cells", body, { listener });
      const outcome = readExecOutcome(answer);
      listener.hasCell(outcome.cellId);
      this.#signals.set(outcome.cellId, exec);
      return this.#noted(outcome);
    } catch (thrown) {
      exec.leave();
      throw thrown;
    }
  }

  /**
   * Observes a cell, as `Session.wait` of `codecell` does. Without `after` the outcome has the output that this session
   * has not been given: all of it where the cell is another's. So a lost connection loses none, and an end can be asked
   * for again.
   *
   * @throws {CodeModeError} As `exec`; ERR_CELL_BUSY while another exec or wait observes the cell.
   * @throws The signal's reason when it is aborted; the cell continues.
   */
  async wait(cellId: string, options: CellSessionWaitOptions = {}): Promise<CellOutcome> {
    checkCellId(cellId);
    checkWaitOptions(options);
    options.signal?.throwIfAborted();
    const { after = this.#cursors.get(cellId) ?? 0, yieldAfterMs, yieldOnApproval } = options;
    const path = pathOf(cellId, "wait");
    if (path === undefined) return missing(cellId);
    const body = { after, yieldAfterMs: finite(yieldAfterMs), yieldOnApproval };
    const listener = new CellListener(this.id, {}, () => {});
    const { signal } = options;
    const { answer } = await this.#post(path, body, { listener, signal });
    return this.#noted(readOutcome(answer));
  }

  /**
   * Ends a cell, and resolves with its end, as `Session.terminate` of `codecell` does.
   *
   * @throws {CodeModeError} As `exec`.
   */
  async terminate(cellId: string): Promise<CellOutcome> {
    checkCellId(cellId);
    const path = pathOf(cellId, "terminate");
    if (path === undefined) return missing(cellId);
    const { answer, tries } = await this.#post(path, {}, {});
    const outcome = readOutcome(answer);
    // An earlier try may have ended it, and its answer was lost.
    if (outcome.status === "missing" && tries > 1) return this.wait(cellId, { yieldAfterMs: 0 });
    return this.#noted(outcome);
  }

  /**
   * The values that cells of the session have stored, without the writes of cells that still run.
   *
   * @throws {CodeModeError} As `exec`.
   */
  async storedValues(): Promise<Readonly<Record<string, unknown>>> {
    const { answer } = await this.#requests.send({ method: "GET", path: `${this.#path}values` });
    return readValues(answer);
  }

  /**
   * Deletes the session on the server, with its values and its cells that do not run; with a cell's id, that cell.
   *
   * @throws {CodeModeError} As `exec`.
   */
  async forget(cellId?: string): Promise<void> {
    const own = cellId === undefined ? this.#path.slice(0, -1) : undefined;
    const cell = cellId === undefined ? undefined : pathOf(cellId);
    const path = own ?? (cell === undefined ? undefined : `${this.#path}${cell}`);
    if (path !== undefined) await this.#requests.send({ method: "DELETE", path });
  }

  /**
   * Ends the requests of this session, which reject with ERR_SESSION_CLOSED. Its cells go on on the server, where a
   * session of the same id finds them. Idempotent.
   */
  async close(): Promise<void> {
    this.#requests.close();
    for (const exec of this.#signals.values()) exec.leave();
    this.#signals.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #post(
    path: string,
    body: object,
    { listener, ...options }: SendOptions & { readonly listener?: CellListener },
  ): Promise<{ readonly answer: unknown; readonly tries: number }> {
    const onEvent = listener && ((event: ServerEvent) => listener.read(event));
    const request = { method: "POST", path: `${this.#path}${path}`, body: JSON.stringify(body) };
    return this.#requests.send({ ...request, method: "POST", onEvent }, options);
  }

  /** Notes what an outcome says of its cell, for its next observation. */
  #noted<Outcome extends CellOutcome>(outcome: Outcome): Outcome {
    const { cellId } = outcome;
    if (outcome.status === "yielded") {
      if (outcome.cursor !== undefined) this.#cursors.set(cellId, outcome.cursor);
      return outcome;
    }
    const exec = this.#signals.get(cellId);
    exec?.leave();
    this.#signals.delete(cellId);
    this.#cursors.delete(cellId);
    const isAborted = exec?.isAborted === true && outcome.status === "terminated";
    return isAborted ? { ...outcome, reason: "aborted" } : outcome;
  }

  /** Because a signal was aborted: the exec or the next wait is told of it. */
  async #end(cellId: string): Promise<void> {
    const path = pathOf(cellId, "terminate");
    if (path === undefined) return;
    try {
      await this.#post(path, {}, {});
    } catch (thrown) {
      const why = describeThrown(thrown);
      warn("CODECELL_CLIENT", `The cell ${cellId} could not be ended as its signal asked: ${why}`);
    }
  }
}

/** JSON has no Infinity. */
function finite(milliseconds: number | undefined): number | undefined {
  return milliseconds === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : milliseconds;
}

/** An infinite limit lowers none. */
function withoutInfinite(limits: object): object {
  return Object.fromEntries(
    Object.entries(limits).filter(([, limit]) => limit !== Number.POSITIVE_INFINITY),
  );
}

function missing(cellId: string): CellOutcome {
  return { status: "missing", cellId, reason: "unknown" };
}

/** No cell was begun, so it has no id. */
function notStarted(): TerminatedOutcome {
  const none = { output: [], logs: [], warnings: [], usage: unstartedUsage };
  return {
    status: "terminated",
    cellId: "",
    ...none,
    endedAt: Date.now(),
    reason: "aborted",
  };
}
