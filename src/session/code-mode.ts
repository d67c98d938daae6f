import { getBinding } from "../backend/addon/binding.js";
import { ThreadBackend } from "../backend/thread/thread-backend.js";
import { CodeModeError } from "../base/errors.js";
import { boundsOf, type RuntimeBounds } from "../bounds/runtime-bounds.js";
import { resolveLimits } from "../options/limits.js";
import {
  type CodeModeOptions,
  checkPrewarm,
  checkSessionId,
  type SessionOptions,
} from "../options/options.js";
import { defaultSettings, type Settings, withSessionOptions } from "../options/settings.js";
import type { CellBackend } from "../protocol/cell-backend.js";
import { Session } from "./session.js";

/**
 * Makes a runtime: tools, limits and handlers for any number of sessions.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT;
 *   ERR_ADDON_MISSING or ERR_ADDON_MISMATCH where there is no native addon for this Node.
 */
export function createCodeMode(options: CodeModeOptions = {}): CodeMode {
  const settings = withSessionOptions(defaultSettings, "runtime", options);
  const prewarm = checkPrewarm(options.prewarm);
  // The defaults of limits ask it for the host's heap.
  getBinding();
  const limits = resolveLimits(settings.limits, "runtime");
  const { maxOrphans, heapBytes } = limits;
  const host = new ThreadBackend({ maxOrphans, prewarm, heapBytes });
  return new CodeMode(host, settings, boundsOf(limits));
}

/** A runtime: opens sessions and closes them. `createCodeMode` makes it. */
export class CodeMode implements AsyncDisposable {
  readonly #host: CellBackend;
  readonly #settings: Settings;
  readonly #bounds: RuntimeBounds;
  readonly #sessions = new Set<Session>();
  #closing: Promise<void> | undefined;

  constructor(host: CellBackend, settings: Settings, bounds: RuntimeBounds) {
    this.#host = host;
    this.#settings = settings;
    this.#bounds = bounds;
  }

  /**
   * Opens a session, which shares nothing with others.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT,
   *   ERR_SESSION_CLOSED where the runtime has been closed.
   */
  openSession(options: SessionOptions = {}): Session {
    const settings = withSessionOptions(this.#settings, "session", options);
    checkSessionId(options.id);
    if (this.#closing !== undefined) {
      throw new CodeModeError("ERR_SESSION_CLOSED", "This runtime has been closed.");
    }
    const session: Session = new Session({
      host: this.#host,
      settings,
      runtimeTools: this.#settings.tools,
      bounds: this.#bounds,
      id: options.id,
      data: options.data,
      storedValues: options.storedValues,
      onClosed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /** Closes every session and resolves when all their threads are gone. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await this.#host.close();
  }
}
