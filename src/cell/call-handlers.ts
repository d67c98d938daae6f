import { describeThrown } from "../base/describe-value.js";
import { warn } from "../base/warn.js";
import type { Notification, NotificationHandler } from "../protocol/events.js";

/** The handlers whose failure is a warning of the process, with its code. */
const warningCodes = {
  onEvent: "CODECELL_EVENT_HANDLER",
  onCellId: "CODECELL_EVENT_HANDLER",
  record: "CODECELL_RECORD",
} as const;

/** Calls a handler. If it throws or rejects, that becomes a warning of the process. */
export function callHandler<Value>(
  name: keyof typeof warningCodes,
  handler: (value: Value) => unknown,
  value: Value,
): void {
  const tell = (thrown: unknown): void =>
    warn(warningCodes[name], `The ${name} handler failed: ${describeThrown(thrown)}`);
  try {
    const returned = handler(value);
    if (returned instanceof Promise) returned.catch(tell);
  } catch (thrown) {
    tell(thrown);
  }
}

/**
 * Calls every handler in order and at once.
 *
 * @returns What the failing handlers threw; a promise of it where a handler takes its time. The
 *   promise never rejects.
 */
export function callNotificationHandlers(
  handlers: readonly NotificationHandler[],
  notification: Notification,
): readonly string[] | Promise<readonly string[]> {
  const failures: string[] = [];
  const open: Promise<void>[] = [];
  for (const handler of handlers) {
    try {
      const returned = handler(notification);
      if (returned === undefined) continue;
      open.push(
        Promise.resolve(returned).catch((thrown: unknown) => {
          failures.push(describeThrown(thrown));
        }),
      );
    } catch (thrown) {
      failures.push(describeThrown(thrown));
    }
  }
  return open.length === 0 ? failures : Promise.all(open).then(() => failures);
}
