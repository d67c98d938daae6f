import { ByteBudget } from "../../src/bounds/byte-budget.js";
import { RuntimeCounters } from "../../src/bounds/runtime-counters.js";
import { UnseenBytes } from "../../src/bounds/unseen-bytes.js";
import { Cell } from "../../src/cell/cell.js";
import type { CellOptions } from "../../src/cell/cell-options.js";
import type { BackendEvent } from "../../src/protocol/cell-backend.js";
import type { CellEvent } from "../../src/protocol/events.js";
import { type ScriptedCell, ScriptedCells } from "./scripted-cells.js";

/** A cell without a session, what its backend says, and what it has said to whom. */
export class BareCell {
  readonly events: CellEvent[] = [];
  /** What its session was told, in order. */
  readonly told: string[] = [];
  readonly counters: RuntimeCounters = new RuntimeCounters();
  readonly cell: Cell;
  readonly backend: ScriptedCell;

  constructor(options: Partial<CellOptions> = {}) {
    const cells = new ScriptedCells();
    this.cell = new Cell({
      id: "c",
      session: { id: "s", data: undefined },
      backend: cells,
      backendOptions: { source: "", stored: undefined, setup: {} as never },
      tools: [],
      wallMs: Number.POSITIVE_INFINITY,
      toolResultBytes: 1000,
      jsonValues: 1000,
      unseen: new UnseenBytes(1_000_000),
      toolInputs: new ByteBudget(1000),
      counters: this.counters,
      onEvent: [(event) => void this.events.push(event)],
      onNotify: [],
      onApproval: [],
      onWrites: () => this.told.push("writes"),
      onStartOver: () => this.told.push("start over"),
      onForgotten: (how) => this.told.push(how),
      context: undefined,
      signal: undefined,
      ...options,
    });
    this.backend = cells.last;
  }

  say(...events: readonly BackendEvent[]): void {
    this.backend.say(...events);
  }

  /** The types of its events. */
  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }
}
