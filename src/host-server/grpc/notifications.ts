import { randomUUID } from "node:crypto";
import type { CellNotification } from "../wire.js";
import type { SessionEventMessage } from "./messages.js";

/**
 * The notifications that a client has not acknowledged. It is told that one no longer counts when its cell
 * is terminated. A cell that ends by itself does not wait for the acknowledgement.
 */
export class Notifications {
  readonly #send: (event: SessionEventMessage) => void;
  readonly #open = new Map<string, () => void>();

  constructor(send: (event: SessionEventMessage) => void) {
    this.#send = send;
  }

  give({ executionId, cellId, toolCallId, text, signal }: CellNotification): void {
    const notificationId = randomUUID();
    this.#send({ notification: { notificationId, executionId, cellId, toolCallId, text } });
    const cancel = (): void => {
      this.#open.delete(notificationId);
      this.#send({ notificationCancelled: { notificationId } });
    };
    this.#open.set(notificationId, () => {
      this.#open.delete(notificationId);
      signal.removeEventListener("abort", cancel);
    });
    signal.addEventListener("abort", cancel, { once: true });
  }

  acknowledge(notificationId: string): void {
    this.#open.get(notificationId)?.();
  }
}
