import type { StandardSchemaV1 } from "@standard-schema/spec";

/** A JSON Schema: draft-07, or 2020-12 where its `$schema` says so. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The AI SDK's `jsonSchema()` wrapper, accepted by its shape. */
export interface JsonSchemaWrapper {
  readonly jsonSchema: JsonSchema;
}

/** A schema of zod, valibot, arktype or another library that speaks Standard Schema; or JSON Schema. */
export type ToolSchema = StandardSchemaV1 | JsonSchemaWrapper | JsonSchema;

/** What a tool's `execute` is told about the call. */
export interface ToolContext {
  readonly sessionId: string;
  /** The `data` that `openSession` was given; undefined where there was none. */
  readonly sessionData?: unknown;
  readonly cellId: string;
  /** Unique among the calls of its cell. */
  readonly callId: string;
  /** Aborted, with a `CodeModeError` ERR_CELL_ENDED as reason, when the cell ends before the call. */
  readonly signal: AbortSignal;
}

/** What becomes of a call before its tool runs: it runs, `onApproval` is asked, or it is rejected. */
export type ApprovalPolicy = "auto" | "ask" | "deny";

/** A policy with why it holds: for whom `onApproval` asks, or for the cell where the call is denied. */
export interface ReasonedPolicy {
  readonly policy: ApprovalPolicy;
  readonly reason?: string | undefined;
}

/** What a tool says of one call. */
export type ToolApproval = ApprovalPolicy | ReasonedPolicy;

// A method, so that a tool may declare the input its schema guarantees.
interface ApprovalFunction {
  decide(input: unknown, context: ToolContext): ToolApproval | PromiseLike<ToolApproval>;
}

/**
 * A function of the host that cells may call. The tools of an AI SDK tool set have this shape, and are
 * told of a call in the AI SDK's terms too; `aiToolSource` of `codecell/ai` has the types for them.
 */
export interface ToolDefinition {
  /** What the tool does, for the model; cells see it in `ALL_TOOLS`. Default: empty. */
  readonly description?: string | undefined;
  /**
   * `"function"` takes any JSON value that `inputSchema` lets through; `"freeform"` takes a string.
   * Default: `"function"`.
   */
  readonly kind?: "function" | "freeform" | undefined;
  /**
   * Groups tools: the parts between `/` or `__` come before the tool's name, and the module
   * `tools/<parts joined by />.js` exports it under its own name. Default: none.
   */
  readonly namespace?: string | undefined;
  /**
   * What the tools of the namespace have in common, for the model, which reads it once: that of the
   * namespace's first tool that has one. Default: none.
   */
  readonly namespaceDescription?: string | undefined;
  /**
   * Leaves the tool out of what a model reads beforehand; cells call it and find it, in `ALL_TOOLS` or
   * with `search_tools`, like any other. Default: false.
   */
  readonly deferLoading?: boolean | undefined;
  /** What the input must be; checked before the tool runs. Default: any JSON value passes. */
  readonly inputSchema?: ToolSchema | undefined;
  /**
   * Told once, with the problem, where `inputSchema` is a JSON Schema that no validator takes; inputs
   * then pass unchecked. For tools that check their inputs themselves. Default: such calls are rejected.
   */
  readonly onInvalidSchema?: ((problem: string) => void) | undefined;
  /** What the result looks like. Documentation: results are not checked against it. */
  readonly outputSchema?: ToolSchema | undefined;
  /**
   * What `outputSchema` is about: `"value"` the whole result; `"mcp"` the structured content of an MCP
   * result, which `mcpResultValue` of `codecell/mcp` made the value. Documentation, for declarations.
   * Default: `"value"`.
   */
  readonly resultType?: "value" | "mcp" | undefined;
  /**
   * What becomes of a call before the tool runs: `"auto"` runs it; `"ask"` waits for what `onApproval`
   * decides; `"deny"` rejects it. A function decides for each call, from the checked input; where it
   * fails, or gives something else, the call is rejected. Default: `"auto"`.
   */
  readonly approval?: ToolApproval | ApprovalFunction["decide"] | undefined;
  /**
   * Runs the tool. What it returns, or resolves to, reaches the cell as JSON, of an async iterable the
   * last value; what it throws rejects the call there with the error's message.
   *
   * @param input - The input as JSON carries it, or what a Standard Schema made of it. A call
   *   without input gives null.
   */
  // A tool may declare the input its schema guarantees, or just take it apart as in `({ city }) => …`.
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse the second.
  execute(input: any, context: ToolContext): unknown;
}

/** A tool that carries its own name. */
export interface NamedTool extends ToolDefinition {
  readonly name: string;
}

/** Tools by name, or a list of tools that carry their names. */
export type ToolSource = Readonly<Record<string, ToolDefinition>> | readonly NamedTool[];
