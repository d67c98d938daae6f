import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CellOutcome,
  type CodeMode,
  type CodeModeOptions,
  createCodeMode,
  type Session,
} from "../../src/index.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";

/** A store's file, and runtimes that use it one after another as processes would. */
export class DurableRuntimes implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "codecell-runtimes-"));
  #open: { codeMode: CodeMode; store: DurableStore } | undefined;

  get file(): string {
    return join(this.#folder, "cells.db");
  }

  /** The next, when the one before is closed; its cells stay in the store. */
  async next(options: CodeModeOptions & { readonly parkAfterMs?: number } = {}): Promise<CodeMode> {
    await this.#close();
    const { parkAfterMs, ...others } = options;
    const store = sqliteStore(this.file);
    const durability = { store, ...(parkAfterMs !== undefined && { parkAfterMs }) };
    const codeMode = createCodeMode({ ...others, durability });
    this.#open = { codeMode, store };
    return codeMode;
  }

  /** The last one; its cells stay in the store. */
  close(): Promise<void> {
    return this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    rmSync(this.#folder, { recursive: true });
  }

  async #close(): Promise<void> {
    await this.#open?.codeMode.close();
    await this.#open?.store.close();
    this.#open = undefined;
  }
}

/** Waits for a cell, yield after yield, to its end. */
export async function waitToEnd(session: Session, cellId: string): Promise<CellOutcome> {
  for (;;) {
    const outcome = await session.wait(cellId, {
      yieldAfterMs: Number.POSITIVE_INFINITY,
      after: 0,
    });
    if (outcome.status !== "yielded") return outcome;
  }
}
