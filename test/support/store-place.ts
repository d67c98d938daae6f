import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type CodeMode, type CodeModeOptions, createCodeMode } from "../../src/index.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-durable-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A file, and runtimes that use it one after another as processes would. */
export class Place {
  readonly file: string;
  readonly #wrap: (store: DurableStore) => DurableStore;
  #open: { codeMode: CodeMode; store: DurableStore } | undefined;

  constructor(wrap: (store: DurableStore) => DurableStore = (store) => store) {
    files += 1;
    this.file = join(folder, `${files}.db`);
    this.#wrap = wrap;
  }

  async open(options: CodeModeOptions = {}, retainMs?: number): Promise<CodeMode> {
    await this.close();
    const store = this.#wrap(sqliteStore(this.file));
    const codeMode = createCodeMode({ ...options, durability: { store, retainMs } });
    this.#open = { codeMode, store };
    return codeMode;
  }

  async close(): Promise<void> {
    await this.#open?.codeMode.close();
    await this.#open?.store.close();
    this.#open = undefined;
  }
}

/** The same store, but for some of its methods. */
export function storeWith(store: DurableStore, other: Partial<DurableStore>): DurableStore {
  return {
    create: (cell) => store.create(cell),
    append: (at, records, end) => store.append(at, records, end),
    read: (cellId, from, limit) => store.read(cellId, from, limit),
    claim: (cellId, host) => store.claim(cellId, host),
    release: (cellId, epoch) => store.release(cellId, epoch),
    find: (cellId) => store.find(cellId),
    cells: (query) => store.cells(query),
    sessions: (query) => store.sessions(query),
    decide: (approvalId, decision) => store.decide(approvalId, decision),
    approvals: (query) => store.approvals(query),
    values: (sessionId) => store.values(sessionId),
    forget: (what) => store.forget(what),
    close: () => store.close(),
    ...other,
  };
}
