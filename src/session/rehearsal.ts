import { boundsOf } from "../bounds/runtime-bounds.js";
import { resolveLimits } from "../options/limits.js";
import { defaultSettings } from "../options/settings.js";
import {
  type BackendCell,
  type BackendEvent,
  type CellBackend,
  noUsage,
} from "../protocol/cell-backend.js";
import type { ExecOutcome } from "../protocol/outcome.js";
import { Session } from "./session.js";

/**
 * Runs a cell that lives nowhere: a stand-in for a backend says at once what a backend says of a cell. V8 compiles
 * a function when it is first called, and for the functions of an exec this takes longer than all the rest
 * of the first exec.
 */
export function rehearseExec(hostHeapBytes: number): Promise<ExecOutcome> {
  const session = new Session({
    backend: standIn,
    hostHeapBytes,
    settings: defaultSettings,
    runtimeTools: defaultSettings.tools,
    bounds: boundsOf(resolveLimits({}, { scope: "runtime", hostHeapBytes })),
    id: undefined,
    data: undefined,
    storedValues: undefined,
    durable: undefined,
    onClosed: () => {},
  });
  return session.exec('text("")');
}

const standIn: CellBackend = {
  start(_, onEvent): BackendCell {
    queueMicrotask(() => {
      for (const event of whatACellSays) onEvent(event);
    });
    return { send: () => {}, sample: async () => noUsage, terminate: () => {} };
  },
  close: async () => {},
};

const whatACellSays: readonly BackendEvent[] = [
  { type: "started" },
  { type: "output", item: { type: "text", text: "" } },
  {
    type: "settled",
    settled: {
      status: "completed",
      isParked: false,
      writes: [],
      unhandledRejections: [],
      usage: noUsage,
    },
  },
  { type: "disposed", cpuMs: 0 },
];
