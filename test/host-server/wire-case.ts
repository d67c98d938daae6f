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
import type { DelegateRequest } from "../support/framed-client.js";
import type { Observation, WireClient, WireExecution, WireSession } from "./wire-session.js";

interface WireCell {
  readonly execution: WireExecution;
  readonly id: string;
}

/** Runs a recorded case over a wire, in a session of its own. */
export async function runWireCase(
  client: WireClient,
  recordedCase: RecordedCase,
): Promise<CaseRecord> {
  const run = new WireCaseRun(recordedCase);
  try {
    return await run.record(client);
  } finally {
    await run.close();
  }
}

class WireCaseRun {
  readonly #case: RecordedCase;
  readonly #calls: CallRecord[] = [];
  readonly #notifications: string[] = [];
  readonly #tools: ReadonlyMap<string, RecordedTool>;
  readonly #cells: WireCell[] = [];
  readonly #background: WireCell[] = [];
  #session: WireSession | undefined;
  #isOpen = false;

  constructor(recordedCase: RecordedCase) {
    this.#case = recordedCase;
    this.#tools = new Map((recordedCase.tools ?? []).map((tool) => [tool.name, tool]));
  }

  async record(client: WireClient): Promise<CaseRecord> {
    const session = await client.open(this.#case.session ?? {}, (request) =>
      this.#delegate(request),
    );
    this.#session = session;
    this.#isOpen = true;
    const { source = "", steps, yield_ms, max_output_tokens, stored } = this.#case;
    const only = { op: "exec", source, yield_ms, max_output_tokens } as Step;
    const records: StepRecord[] = [];
    for (const step of steps ?? [only]) records.push(...(await this.#take(session, step)));
    while (this.#background.length > 0)
      records.push(...(await this.#take(session, { op: "join" })));
    const values = stored === undefined ? undefined : await this.#readStored(session, stored);
    // Then no call and no notification is still under way.
    await this.close();
    return {
      steps: records,
      calls: this.#summarised(this.#calls),
      notifications: this.#summarised(this.#notifications),
      ...(values !== undefined && { stored: values }),
    };
  }

  async close(): Promise<string> {
    if (!this.#isOpen || this.#session === undefined) return "";
    this.#isOpen = false;
    return await this.#session.close();
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

  async #take(session: WireSession, step: Step): Promise<readonly StepRecord[]> {
    const last = this.#cells.at(-1)?.execution;
    switch (step.op) {
      case "exec":
        return this.#exec(session, step);
      case "wait": {
        const observed = session.wait(this.#find(step.cell), step.yield_ms ?? 120_000);
        return [this.#toRecord("wait", await observed)];
      }
      case "terminate":
        return [this.#toRecord("terminate", await session.terminate(this.#find(step.cell)))];
      case "sleep":
        await new Promise((resolve) => setTimeout(resolve, step.ms));
        return [];
      case "yield":
        last?.yieldNow();
        return [];
      case "cancel":
        last?.cancel();
        return [];
      case "join": {
        const cell = this.#background.shift();
        if (cell === undefined) return [];
        return [await this.#orRefused(step.op, () => cell.execution.first)];
      }
      case "shutdown":
        return [{ op: step.op, answer: await this.close() }];
    }
  }

  async #exec(session: WireSession, step: ExecStep): Promise<readonly StepRecord[]> {
    const { source, yield_ms, max_output_tokens, background } = step;
    const execution = session.execute({
      source,
      tools: this.#case.tools ?? [],
      // Cases without a time end by themselves, however slow the machine is.
      yieldMs: yield_ms ?? 120_000,
      maxOutputTokens: max_output_tokens,
    });
    const begin = async (): Promise<void> => {
      const cell = { execution, id: await execution.started };
      this.#cells.push(cell);
      if (background) this.#background.push(cell);
    };
    if (background) {
      await begin();
      return [];
    }
    return [
      await this.#orRefused("exec", async () => {
        await begin();
        return await execution.first;
      }),
    ];
  }

  async #orRefused(op: string, observe: () => Promise<Observation>): Promise<StepRecord> {
    try {
      return this.#toRecord(op, await observe());
    } catch (thrown) {
      const { message } = thrown as Error;
      return { op, refused: message.replace(this.#session?.id ?? "", "oracle") };
    }
  }

  #find(which: number | string | undefined): string {
    if (typeof which === "string") return which;
    return this.#cells.at(which ?? -1)?.id ?? "";
  }

  #toRecord(op: string, { cell, outcome, items, error }: Observation): StepRecord {
    return {
      op,
      ...(cell !== undefined && { cell }),
      outcome,
      items: this.#case.summary ? { count: items.length } : items.map(toItem),
      error,
    };
  }

  async #readStored(
    session: WireSession,
    keys: readonly string[],
  ): Promise<NonNullable<CaseRecord["stored"]>> {
    const source = `for (const key of ${JSON.stringify(keys)}) {
      const value = load(key);
      text({ key, record: value === undefined ? { missing: true } : { value } });
    }`;
    const [step] = await this.#exec(session, { source });
    const items = (step as { readonly items: readonly { readonly text: string }[] }).items;
    return Object.fromEntries(
      items.map(({ text }) => {
        const { key, record } = JSON.parse(text);
        return [key, record];
      }),
    );
  }
}

function toItem(item: ItemRecord): ItemRecord {
  return item.type === "input_text" ? { ...item, text: toText(String(item.text)) } : item;
}
