import { randomUUID } from "node:crypto";
import type {
  CallRecord,
  CaseRecord,
  Count,
  ExecStep,
  ItemRecord,
  RecordedCase,
  RecordedTool,
  Step,
  StepRecord,
} from "../conformance/recorded-case.js";
import { toText } from "../conformance/step-record.js";
import type { DelegateRequest, FramedClient } from "../support/framed-client.js";

/** The answer to an exec, a wait or a terminate, as the wire writes it. */
type RuntimeResponse = Readonly<
  Record<
    "Yielded" | "Terminated" | "Result",
    | {
        readonly content_items: readonly ItemRecord[];
        readonly error_text?: string | null;
      }
    | undefined
  >
>;

interface WireCell {
  readonly request: number;
  readonly id: string;
  readonly first: Promise<RuntimeResponse>;
}

/** Runs a recorded case over a connection of frames, in a session of its own. */
export async function runWireCase(
  client: FramedClient,
  recordedCase: RecordedCase,
): Promise<CaseRecord> {
  const run = new WireCaseRun(client, recordedCase);
  try {
    return await run.record();
  } finally {
    await run.close();
  }
}

class WireCaseRun {
  readonly #client: FramedClient;
  readonly #case: RecordedCase;
  readonly #sessionId: string = randomUUID();
  readonly #calls: CallRecord[] = [];
  readonly #notifications: string[] = [];
  readonly #tools: ReadonlyMap<string, RecordedTool>;
  readonly #cells: WireCell[] = [];
  readonly #background: WireCell[] = [];
  #isOpen = false;

  constructor(client: FramedClient, recordedCase: RecordedCase) {
    this.#client = client;
    this.#case = recordedCase;
    this.#tools = new Map((recordedCase.tools ?? []).map((tool) => [tool.name, tool]));
    client.delegates.set(this.#sessionId, (request) => this.#delegate(request));
  }

  async record(): Promise<CaseRecord> {
    await this.#open();
    const { source = "", steps, yield_ms, max_output_tokens, stored } = this.#case;
    const only = { op: "exec", source, yield_ms, max_output_tokens } as Step;
    const records: StepRecord[] = [];
    for (const step of steps ?? [only]) records.push(...(await this.#take(step)));
    while (this.#background.length > 0) records.push(...(await this.#take({ op: "join" })));
    return {
      steps: records,
      calls: this.#summarised(this.#calls),
      notifications: this.#summarised(this.#notifications),
      ...(stored !== undefined && { stored: await this.#readStored(stored) }),
    };
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#client.answer(this.#request("shutdown", {}));
  }

  async #open(): Promise<void> {
    const { outputTruncation, ...limits } = this.#case.session ?? {};
    const request = this.#request("open", {
      cellExecutionLimits: limits,
      ...(outputTruncation !== undefined && { outputTruncation }),
    });
    await this.#client.answer(request);
    this.#isOpen = true;
  }

  #request(method: string, fields: object): number {
    return this.#client.request({
      method: `session/${method}`,
      sessionId: this.#sessionId,
      ...fields,
    });
  }

  #delegate(request: DelegateRequest): unknown {
    if (request.type === "notification/send") {
      this.#notifications.push(request.text ?? "");
      return null;
    }
    const { tool_name, tool_kind, input } = request.invocation as NonNullable<
      DelegateRequest["invocation"]
    >;
    this.#calls.push({ name: tool_name.name, kind: tool_kind, input });
    const behaviour = this.#tools.get(tool_name.name)?.behaviour;
    switch (behaviour?.type) {
      case "echo":
        return input;
      case "return":
        return behaviour.value;
      case "error":
        throw new Error(String(behaviour.value));
      default:
        return new Promise(() => {});
    }
  }

  #summarised<Item>(items: readonly Item[]): readonly Item[] | Count {
    return this.#case.summary && items.length > 0 ? { count: items.length } : items;
  }

  async #take(step: Step): Promise<readonly StepRecord[]> {
    const last = this.#cells.at(-1);
    switch (step.op) {
      case "exec":
        return this.#exec(step);
      case "wait": {
        const request = { cell_id: this.#find(step.cell), yield_time_ms: step.yield_ms ?? 120_000 };
        return [await this.#observed("wait", this.#request("wait", { request }))];
      }
      case "terminate": {
        const cellId = this.#find(step.cell);
        return [await this.#observed("terminate", this.#request("terminate", { cellId }))];
      }
      case "sleep":
        await new Promise((resolve) => setTimeout(resolve, step.ms));
        return [];
      case "yield":
        this.#client.send({ type: "operation/yield", id: last?.request });
        return [];
      case "cancel":
        this.#client.send({ type: "operation/cancel", id: last?.request });
        return [];
      case "join": {
        const cell = this.#background.shift();
        return cell === undefined ? [] : [this.#toRecord("join", await cell.first)];
      }
      case "shutdown": {
        this.#isOpen = false;
        const { type } = await this.#client.answer(this.#request("shutdown", {}));
        return [{ op: step.op, answer: String(type) }];
      }
    }
  }

  async #exec(step: ExecStep): Promise<readonly StepRecord[]> {
    const { source, yield_ms, max_output_tokens } = step;
    const request = this.#request("execute", {
      request: {
        tool_call_id: "call",
        enabled_tools: [...(this.#case.tools ?? [])].map(toWireTool),
        source,
        // Cases without a time end by themselves, however slow the machine is.
        yield_time_ms: yield_ms ?? 120_000,
        ...(max_output_tokens !== undefined && { max_output_tokens }),
      },
    });
    try {
      const id = await this.#client.started(request);
      const first = this.#client.answer(request, "execute/initialResponse") as Promise<never>;
      const cell = { request, id, first };
      this.#cells.push(cell);
      if (step.background) {
        this.#background.push(cell);
        return [];
      }
      return [this.#toRecord("exec", await first)];
    } catch (thrown) {
      const refused = (thrown as Error).message.replace(this.#sessionId, "oracle");
      return [{ op: "exec", refused }];
    }
  }

  #find(which: number | string | undefined): string {
    if (typeof which === "string") return which;
    return this.#cells.at(which ?? -1)?.id ?? "";
  }

  async #observed(op: string, request: number): Promise<StepRecord> {
    const { outcome } = await this.#client.answer(request);
    const { LiveCell, MissingCell } = outcome as {
      readonly LiveCell?: RuntimeResponse;
      readonly MissingCell?: RuntimeResponse;
    };
    const cell = LiveCell === undefined ? "missing" : "live";
    return this.#toRecord(op, (LiveCell ?? MissingCell) as RuntimeResponse, cell);
  }

  #toRecord(op: string, response: RuntimeResponse, cell?: "live" | "missing"): StepRecord {
    const { Yielded, Terminated, Result } = response;
    const outcome = Yielded !== undefined ? "yielded" : undefined;
    const end = Terminated !== undefined ? "terminated" : "completed";
    const content = (Yielded ?? Terminated ?? Result)?.content_items ?? [];
    return {
      op,
      ...(cell !== undefined && { cell }),
      outcome: outcome ?? end,
      items: this.#case.summary ? { count: content.length } : content.map(toItem),
      error: Result?.error_text ?? null,
    };
  }

  async #readStored(keys: readonly string[]): Promise<NonNullable<CaseRecord["stored"]>> {
    const source = `for (const key of ${JSON.stringify(keys)}) {
      const value = load(key);
      text({ key, record: value === undefined ? { missing: true } : { value } });
    }`;
    const [step] = await this.#exec({ source });
    const items = (step as { readonly items: readonly { readonly text: string }[] }).items;
    return Object.fromEntries(
      items.map(({ text }) => {
        const { key, record } = JSON.parse(text);
        return [key, record];
      }),
    );
  }
}

function toWireTool({ name, description, kind, namespace }: RecordedTool): object {
  return {
    name,
    tool_name: { name, namespace: namespace ?? null },
    description,
    kind,
    input_schema: null,
    output_schema: null,
  };
}

function toItem(item: ItemRecord): ItemRecord {
  return item.type === "input_text" ? { ...item, text: toText(String(item.text)) } : item;
}
