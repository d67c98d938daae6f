import { resolveLimits } from "../../src/options/limits.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  BackendLimits,
  BackendSetup,
  CellBackend,
} from "../../src/protocol/cell-backend.js";

/** What a test says about a cell; the rest is as in a runtime without options. */
export interface TestCellOptions {
  readonly tools?: BackendSetup["tools"];
  readonly modules?: BackendSetup["modules"];
  readonly limits?: Partial<BackendLimits>;
  readonly console?: BackendSetup["console"];
  readonly dialect?: BackendSetup["dialect"];
  readonly webGlobals?: boolean;
  readonly failOnDeadlock?: boolean;
  readonly stored?: readonly string[];
}

const defaultLimits: BackendLimits = resolveLimits({}, { hostHeapBytes: 2 ** 31 });

/** The options of `CellBackend.start` for a source. */
export function cellOptions(source: string, options: TestCellOptions = {}): BackendCellOptions {
  return {
    source,
    setup: {
      tools: options.tools ?? [],
      modules: options.modules ?? [],
      limits: { ...defaultLimits, ...options.limits },
      console: options.console ?? "off",
      dialect: options.dialect ?? "strict",
      webGlobals: options.webGlobals ?? true,
      remoteImages: false,
      failOnDeadlock: options.failOnDeadlock ?? true,
    },
    stored: options.stored,
  };
}

type EventOf<Type extends BackendEvent["type"]> = BackendEvent & { readonly type: Type };

/** A cell that a test has started at a backend, and everything the backend has told of it. */
export class StartedCell {
  readonly cell: BackendCell;
  readonly events: BackendEvent[] = [];
  /** Resolves with the last event. */
  readonly last: Promise<BackendEvent>;
  readonly #waiting = new Set<() => void>();
  #hasReturned = false;

  /** @param react - Called with each event, while it is told. */
  constructor(
    backend: CellBackend,
    options: BackendCellOptions,
    react: (event: BackendEvent, cell: BackendCell) => void = () => {},
  ) {
    let tellLast: (event: BackendEvent) => void = () => {};
    this.last = new Promise((resolve) => {
      tellLast = resolve;
    });
    this.cell = backend.start(options, (event) => {
      if (!this.#hasReturned) throw new Error("An event was told before start had returned.");
      this.events.push(event);
      react(event, this.cell);
      for (const look of this.#waiting) look();
      if (isLast(event)) tellLast(event);
    });
    this.#hasReturned = true;
  }

  get types(): readonly BackendEvent["type"][] {
    return this.events.map(({ type }) => type);
  }

  get texts(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === "output" && event.item.type === "text" ? [event.item.text] : [],
    );
  }

  /** Resolves with the first event of a type, when it has been told. */
  seen<Type extends BackendEvent["type"]>(type: Type): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.events.find((event) => event.type === type);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found as EventOf<Type>);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves with how the cell's code ended, when the cell's last event has been told. */
  async settled(): Promise<EventOf<"settled">["settled"]> {
    await this.last;
    const found = this.events.find((event) => event.type === "settled");
    if (found?.type === "settled") return found.settled;
    throw new Error(`The cell has not settled: ${this.types.join(", ")}`);
  }
}

function isLast(event: BackendEvent): boolean {
  if (event.type === "settled") return event.settled.isParked;
  return ["refused", "disposed", "unresponsive"].includes(event.type);
}
