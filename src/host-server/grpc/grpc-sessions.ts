import { HostError } from "../host-error.js";
import type { GrpcSession } from "./grpc-session.js";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws {HostError} */
export function checkUuid(what: string, value: string): void {
  if (!uuid.test(value)) throw new HostError("invalid", `code-mode ${what} ID must be a UUID`);
}

/** The open sessions of all clients. */
export class GrpcSessions {
  readonly #sessions = new Map<string, GrpcSession>();
  readonly #closing = new Set<Promise<void>>();

  add(session: GrpcSession): void {
    this.#sessions.set(session.id, session);
  }

  /** @throws {HostError} */
  find(id: string): GrpcSession {
    checkUuid("session", id);
    const session = this.#sessions.get(id);
    if (session === undefined) throw new HostError("unknown", `unknown code-mode session ${id}`);
    return session;
  }

  /**
   * Nothing where it is closed or being closed.
   *
   * @param reason - What the client is told of it, where it has not asked for it.
   */
  async close(session: GrpcSession, reason?: HostError): Promise<void> {
    if (!this.#sessions.delete(session.id)) return;
    const closing = session.close(reason);
    this.#closing.add(closing);
    await closing;
    this.#closing.delete(closing);
  }

  async closeAll(): Promise<void> {
    for (const session of [...this.#sessions.values()]) void this.close(session);
    await Promise.all(this.#closing);
  }
}
