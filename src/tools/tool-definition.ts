import type { StandardSchemaV1 } from "@standard-schema/spec";

/** A JSON Schema: draft-07, or 2020-12 where its `$schema` says so. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The AI SDK's wrapper of a schema, known by its shape. */
export interface JsonSchemaWrapper {
  /** Until a promise of it has settled, declarations say `unknown`. */
  readonly jsonSchema: JsonSchema | PromiseLike<JsonSchema>;
  /** Judges inputs instead of the JSON Schema, and gives what the tool is run with. */
  validate?(value: unknown): unknown;
}

/**
 * A schema of zod, valibot, arktype or another library with Standard Schema; or a JSON Schema. The `Schema`
 * of Google's APIs, with types such as `"STRING"`, is translated.
 */
export type ToolSchema = StandardSchemaV1 | JsonSchemaWrapper | JsonSchema;

/** The second argument of a tool's `execute`: data about the call. */
export interface ToolContext {
  readonly sessionId: string;
  /** The `data` that `openSession` was given; undefined if there was none. */
  readonly sessionData?: unknown;
  /** The `context` of the exec that started the cell; undefined if there was none. */
  readonly context?: unknown;
  readonly cellId: string;
  /** Unique among the calls of its session. */
  readonly callId: string;
  /**
   * Of a durable cell: the same each time that this call is made, also after a crash, and of no other call
   * of any cell. Give it to the other side, so that it does the same thing once. Else not set.
   */
  readonly idempotencyKey?: string;
  /** Of a durable cell: 1, and one more each time that the tool is run again for this call. Else not set. */
  readonly attempt?: number;
  /** Aborted, with a `CodeModeError` ERR_CELL_ENDED as reason, when the cell ends before the call. */
  readonly signal: AbortSignal;
}

/** The third argument of a tool's `revert`: data about the call. */
export interface RevertContext {
  readonly sessionId: string;
  readonly cellId: string;
  /** Of the call that is reverted. */
  readonly callId: string;
  /** The `idempotencyKey` with which `execute` ran, so that the other side knows what is meant. */
  readonly callKey: string;
  /** Of this `revert`: the same each time that it is tried. */
  readonly idempotencyKey: string;
  /** 1, and one more each time that it is tried again. */
  readonly attempt: number;
  /** Aborted when the runtime is closed. */
  readonly signal: AbortSignal;
}

/** What the schema of a tool's result is about. */
export type ResultType = "value" | "mcp" | "mcpResult";

/**
 * What happens to a call before its tool runs: it runs, `onApproval` is asked, or it is rejected.
 */
export type ApprovalPolicy = "auto" | "ask" | "deny";

/**
 * A policy with its reason. `onApproval` gets the reason; if the call is denied, the cell gets it.
 */
export interface ReasonedPolicy {
  readonly policy: ApprovalPolicy;
  readonly reason?: string | undefined;
}

/** A tool's decision about one call. */
export type ToolApproval = ApprovalPolicy | ReasonedPolicy;

// A method, so that a tool may declare the input its schema guarantees.
interface ApprovalFunction {
  decide(input: unknown, context: ToolContext): ToolApproval | PromiseLike<ToolApproval>;
}

/**
 * A function of the host that cells may call. The tools of an AI SDK tool set have this shape, and
 * also get the AI SDK's own call options; `aiToolSource` of `codecell/ai` has the types for them.
 */
export interface ToolDefinition {
  /** What the tool does, for the model; cells see it in `ALL_TOOLS`. Default: empty. */
  readonly description?: string | undefined;
  /**
   * `"function"` takes any JSON value that `inputSchema` accepts; `"freeform"` takes a string.
   * Default: `"function"`.
   */
  readonly kind?: "function" | "freeform" | undefined;
  /**
   * Groups tools: the parts between `/` or `__` come before the tool's name, and the module
   * `tools/<parts joined by />.js` exports it under its own name. Default: none.
   */
  readonly namespace?: string | undefined;
  /**
   * A description of the namespace. The model reads it once; it is taken from the namespace's first
   * tool that has one. Default: none.
   */
  readonly namespaceDescription?: string | undefined;
  /**
   * Leaves the tool out of the description that a model reads. Cells can still call it, and find it
   * in `ALL_TOOLS` and with `search_tools`. Default: false.
   */
  readonly deferLoading?: boolean | undefined;
  /** What the input must be; checked before the tool runs. Default: any JSON value passes. */
  readonly inputSchema?: ToolSchema | undefined;
  /**
   * Called once, with the problem, if `inputSchema` is a JSON Schema that the validator cannot use.
   * Then inputs are not checked. Use it for tools that check their inputs themselves. Default:
   * calls of such a tool are rejected.
   */
  readonly onInvalidSchema?: ((problem: string) => void) | undefined;
  /** The schema of the result. It is used for declarations only: results are not checked. */
  readonly outputSchema?: ToolSchema | undefined;
  /**
   * What `outputSchema` is about: `"value"` the whole result; `"mcp"` the structured content of an MCP
   * result, which `mcpResultValue` of `codecell/mcp` made the value; `"mcpResult"` the same of a
   * result that is the value itself. For declarations; with `dialect: "lenient"`, values of `"mcp"`
   * also have the members of MCP results (docs/cells.md). Default: `"value"`.
   */
  readonly resultType?: ResultType | undefined;
  /**
   * What happens to a call before the tool runs: `"auto"` runs it; `"ask"` waits for what
   * `onApproval` decides; `"deny"` rejects it. A function decides for each call, from the checked
   * input; if it fails or returns another value, the call is rejected. Default: `"auto"`.
   */
  readonly approval?: ToolApproval | ApprovalFunction["decide"] | undefined;
  /**
   * What a call does to the world. A durable cell makes calls of `"write"` and `"idempotent"` only when it is
   * on disk that they may have begun; `"read"` does not wait. `"idempotent"`: done twice is as done once.
   * Without durable cells it has no effect. Default: `"write"`.
   */
  readonly effect?: "read" | "idempotent" | "write" | undefined;
  /**
   * What happens to a call of a durable cell if the process ended while the tool ran, so that nobody knows
   * whether it took effect: `"retry"` runs it again, with the same `idempotencyKey`; `"fail"` rejects it in
   * the cell with an error that says so. Default: `"fail"` for `effect: "write"`, else `"retry"`.
   */
  readonly onLost?: "retry" | "fail" | undefined;
  /**
   * What `Session.plan` gives a program in place of the result of a call that it does not run; a promise of
   * it where it takes its time. It must change nothing. Default: null.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as of `execute`.
  preview?(input: any): unknown;
  /**
   * Asks the other side what became of such a call, before anything else happens to it: `done` settles it in the
   * cell with `result`; `notDone` runs the tool; `unknown` leaves it to `onLost`. Its arguments are those of `execute`,
   * with the same `idempotencyKey`. If it throws, so does the call. Default: the other side is not asked.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as for `execute`.
  reconcile?(input: any, context: ToolContext): Reconciled | PromiseLike<Reconciled>;
  /**
   * Undoes what a call did, when `CodeMode.revert` reverts its cell. `input` is what `execute` got, `result` what
   * the cell got of it, as JSON has it. Resolves when it is undone, and throws where that failed. Default: such calls
   * cannot be reverted.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as for `execute`.
  revert?(input: any, result: any, context: RevertContext): unknown;
  /**
   * Runs the tool. The returned value, or the value of the returned promise, goes to the cell as
   * JSON; of an async iterable, the last value. If it throws, the call in the cell rejects with the
   * error's message.
   *
   * @param input - The input as parsed JSON, or the output of a Standard Schema. It is null if the
   *   call has no input.
   */
  // A tool may declare the input its schema guarantees, or just take it apart as in `({ city }) => …`.
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse the second.
  execute(input: any, context: ToolContext): unknown;
}

/** What became of a call whose process ended while its tool ran. */
export type Reconciled =
  | { readonly status: "done"; readonly result?: unknown }
  | { readonly status: "notDone" | "unknown" };

/** A tool that carries its own name. */
export interface NamedTool extends ToolDefinition {
  readonly name: string;
}

/** Tools by name, or a list of tools that carry their names. */
export type ToolSource = Readonly<Record<string, ToolDefinition>> | readonly NamedTool[];
