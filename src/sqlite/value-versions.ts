import type { StoredEnd } from "../durable/store.js";

/** Sessions whose changes are told apart. */
const maxSessions = 10_000;

/** When the values of sessions have changed, as the one process knows that writes to the file. */
export class ValueVersions {
  /** Of cells that have not ended. */
  readonly #sessions = new Map<string, string>();
  readonly #changes = new Map<string, number>();
  #changesOfAll = 0;

  of(sessionId: string): string {
    return `${this.#changesOfAll}.${this.#changes.get(sessionId) ?? 0}`;
  }

  /** A cell was made, and may end later. */
  opened(cellId: string, sessionId: string): void {
    this.#sessions.set(cellId, sessionId);
  }

  /** A cell has ended, or goes on elsewhere. @param end - Undefined where it has none. */
  left(cellId: string, end: StoredEnd | undefined, ofSession?: string): void {
    const sessionId = ofSession ?? this.#sessions.get(cellId);
    this.#sessions.delete(cellId);
    if (end === undefined || end.writes.length === 0) return;
    if (sessionId === undefined) this.allChanged();
    else this.changed(sessionId);
  }

  changed(sessionId: string): void {
    if (this.#changes.size >= maxSessions) this.allChanged();
    this.#changes.set(sessionId, (this.#changes.get(sessionId) ?? 0) + 1);
  }

  /** Nobody knows which. */
  allChanged(): void {
    this.#changesOfAll += 1;
    this.#changes.clear();
  }
}
