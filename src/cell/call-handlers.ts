import { describeThrown } from "../base/describe-value.js";
import type {
  CellEvent,
  EventHandler,
  Notification,
  NotificationHandler,
} from "../protocol/events.js";

/** Calls every handler in order. One that fails becomes a warning of the process. */
export function callEventHandlers(handlers: readonly EventHandler[], event: CellEvent): void {
  for (const handler of handlers) {
    try {
      const returned: unknown = handler(event);
      if (returned instanceof Promise) returned.catch(warnOfEventHandler);
    } catch (thrown) {
      warnOfEventHandler(thrown);
    }
  }
}

/** Tells the caller of exec the cell's id. If that fails, it becomes a warning of the process. */
export function callIdHandler(handler: (cellId: string) => void, cellId: string): void {
  const warn = (thrown: unknown): void => warnOfHandler("onCellId", thrown);
  try {
    const returned: unknown = handler(cellId);
    if (returned instanceof Promise) returned.catch(warn);
  } catch (thrown) {
    warn(thrown);
  }
}

function warnOfEventHandler(thrown: unknown): void {
  warnOfHandler("onEvent", thrown);
}

function warnOfHandler(name: "onEvent" | "onCellId", thrown: unknown): void {
  process.emitWarning(`An ${name} handler failed: ${describeThrown(thrown)}`, {
    type: "CodeModeWarning",
    code: "CODECELL_EVENT_HANDLER",
  });
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
