import type { DurableStore } from "../sqlite.js";
import { LineQuestioner } from "./approve/line-questioner.js";
import { Recorder, type RecordingOptions } from "./journal/recorder.js";
import { jsonDocument, type RunResult } from "./json-document.js";
import { type SessionContext, tellFailure, useSession } from "./open-session.js";
import type { StoreOptions } from "./open-store.js";
import { runCells } from "./run-cells.js";
import { readSources } from "./run-inputs.js";
import type { SessionCommandOptions } from "./session-options.js";

/** The options of `codecell run`. */
export interface RunOptions extends SessionCommandOptions, RecordingOptions {
  readonly json?: boolean;
  /** A file that keeps the cells. */
  readonly store?: string;
  /** A file with the keys that encrypt it. */
  readonly sealKeys?: string;
  readonly session?: string;
}

/**
 * Runs cells one after another in one session, with the tools of MCP servers.
 *
 * @returns The exit code.
 */
export async function run(
  files: readonly string[],
  options: RunOptions,
  context: SessionContext,
): Promise<number> {
  const result = await runInSession(files, options, context);
  if (options.json) {
    context.terminal.result(jsonDocument(result));
  }
  return result.exitCode;
}

async function storeOf(
  options: RunOptions,
): Promise<{ readonly store: DurableStore; readonly opened: StoreOptions } | undefined> {
  const { store, sealKeys } = options;
  if (store === undefined) return undefined;
  const opened = { store, ...(sealKeys !== undefined && { sealKeys }) };
  const { openUsableStore } = await import("./open-store.js");
  return { store: await openUsableStore(opened), opened };
}

async function runInSession(
  files: readonly string[],
  options: RunOptions,
  context: SessionContext,
): Promise<RunResult> {
  try {
    const sources = await readSources(files);
    const isRecorded = options.record !== undefined || options.timeline !== undefined;
    using recorder = isRecorded ? new Recorder(options) : undefined;
    const durable = await storeOf(options);
    context.report.keepsCells = durable !== undefined;
    await using _ = { [Symbol.asyncDispose]: async () => durable?.store.close() };
    const sessionOptions = {
      ...options,
      record: recorder?.write,
      ...(durable && { durable: { ...durable, sessionId: options.session } }),
    };
    const result = await useSession(sessionOptions, context, (session, approver) => {
      if (process.stdin.isTTY && process.stderr.isTTY) {
        approver.questioner = new LineQuestioner(context.terminal);
      }
      return runCells(session, sources, { ...options, ...context });
    });
    try {
      await recorder?.finish();
    } catch (error) {
      // The cells have run: what became of them is told all the same.
      return { ...result, ...tellFailure(error, context) };
    }
    return result;
  } catch (error) {
    return { cells: [], ...tellFailure(error, context) };
  }
}
