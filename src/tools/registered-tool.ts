import { describeThrown, describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { isManyValues } from "../base/json-values.js";
import { type LostCallPolicy, lostCallMessage } from "../protocol/lost-call.js";
import { type ApprovalCheck, toApprovalCheck } from "./approval-check.js";
import { type CheckedInput, type InputCheck, toInputCheck } from "./input-check.js";
import { toPlainSchema } from "./plain-schema.js";
import type {
  ReasonedPolicy,
  ResultType,
  RevertContext,
  ToolContext,
  ToolDefinition,
  ToolSchema,
} from "./tool-definition.js";
import { type ToolNames, toToolNames } from "./tool-names.js";

const resultTypes: readonly unknown[] = ["value", "mcp", "mcpResult"] satisfies ResultType[];
const effects: readonly unknown[] = ["read", "idempotent", "write"];

/** A tool under the names that cells use, ready to be called. */
export class RegisteredTool implements ToolNames {
  /** The name it was registered under, as it was given. */
  readonly givenName: string;
  readonly name: string;
  readonly ownName: string;
  readonly namespace: string;
  readonly description: string;
  readonly kind: "function" | "freeform";
  readonly inputSchema: ToolSchema | undefined;
  readonly outputSchema: ToolSchema | undefined;
  /** Empty where the namespace has no description. */
  readonly namespaceDescription: string;
  /** Whether a description of all tools leaves it out. */
  readonly isDeferred: boolean;
  readonly resultType: ResultType;
  /** Whether a call may be other than `"auto"`. */
  readonly hasApproval: boolean;
  readonly effect: "read" | "idempotent" | "write";
  /** `"retry"` where the tool's own function says what became of a call. */
  readonly onLost: LostCallPolicy;
  readonly #ifUnknown: LostCallPolicy;
  readonly #definition: ToolDefinition;
  readonly #checkSchema: InputCheck | undefined;
  readonly #checkApproval: ApprovalCheck | undefined;

  /** @throws {CodeModeError} ERR_INVALID_TOOL if the definition cannot be used. */
  constructor(givenName: string, definition: ToolDefinition) {
    checkDefinition(givenName, definition);
    const { name, ownName, namespace } = toToolNames(givenName, definition.namespace);
    this.givenName = givenName;
    this.name = name;
    this.ownName = ownName;
    this.namespace = namespace;
    this.description = definition.description ?? "";
    this.kind = definition.kind ?? "function";
    this.inputSchema = toPlainSchema(givenName, definition.inputSchema);
    this.outputSchema = toPlainSchema(givenName, definition.outputSchema);
    this.namespaceDescription = definition.namespaceDescription ?? "";
    this.isDeferred = definition.deferLoading ?? false;
    this.resultType = definition.resultType ?? "value";
    this.effect = definition.effect ?? "write";
    this.#ifUnknown = definition.onLost ?? (this.effect === "write" ? "fail" : "retry");
    this.onLost = definition.reconcile === undefined ? this.#ifUnknown : "retry";
    this.#definition = definition;
    this.#checkSchema = toInputCheck(givenName, this.inputSchema, definition.onInvalidSchema);
    this.#checkApproval = toApprovalCheck(givenName, definition);
    this.hasApproval = this.#checkApproval !== undefined;
  }

  /**
   * Checks what a cell gave the tool.
   *
   * @param length - UTF-16 units of its JSON text.
   * @returns The input to run the tool with; a promise of it where the schema is asynchronous.
   * @throws {TypeError} If the tool does not take this input; the message says what it takes.
   */
  checkInput(input: unknown, length: number): CheckedInput | Promise<CheckedInput> {
    if (this.kind === "freeform" && typeof input !== "string") {
      throw new TypeError(`Tool "${this.name}" expects a string; got ${describeValue(input)}.`);
    }
    return this.#checkSchema === undefined
      ? { input }
      : this.#checkSchema(this.name, input, length);
  }

  /**
   * Says what happens to a call before the tool runs.
   *
   * @param input - The checked input.
   * @throws {Error} If the tool's own function fails, at once or by rejecting.
   */
  approvalOf(input: unknown, context: ToolContext): ReasonedPolicy | Promise<ReasonedPolicy> {
    return this.#checkApproval?.(this.name, input, context) ?? { policy: "auto" };
  }

  /** The same tool, but that its calls run this instead, and need no approval. */
  replacedBy(execute: (input: unknown) => unknown): RegisteredTool {
    const definition: ToolDefinition = Object.create(this.#definition, {
      approval: { value: "auto" },
      execute: { value: execute },
    });
    return new RegisteredTool(this.givenName, definition);
  }

  /** What a call of it is assumed to give that is not made. */
  preview(input: unknown): unknown {
    return this.#definition.preview?.(input) ?? null;
  }

  /**
   * Runs the tool, and throws or rejects as it does. Of a call that was lost, the tool's own function may say that it
   * has taken place.
   */
  execute(input: unknown, context: ToolContext): unknown {
    const isLost = (context.attempt ?? 1) > 1 && this.#definition.reconcile !== undefined;
    return isLost ? this.#reconcile(input, context) : this.#definition.execute(input, context);
  }

  async #reconcile(input: unknown, context: ToolContext): Promise<unknown> {
    const found: unknown = await this.#definition.reconcile?.(input, context);
    const { status, result } = (found ?? {}) as { status?: unknown; result?: unknown };
    if (status === "done") return result;
    if (status !== "notDone" && status !== "unknown") {
      throw new TypeError(
        `"reconcile" of the tool "${this.name}" must give { status } with "done", "notDone" or "unknown"; it gave ${describeValue(found)}.`,
      );
    }
    if (status === "unknown" && this.#ifUnknown === "fail") {
      throw new Error(lostCallMessage(this.name));
    }
    return this.#definition.execute(input, context);
  }

  /** Whether it can undo what its calls did. */
  get canRevert(): boolean {
    return this.#definition.revert !== undefined;
  }

  /**
   * Undoes what a call did.
   *
   * @param call - `input`: as it was given to the tool; the schema makes of it what the tool was run with.
   * @throws What the tool or its schema throws.
   */
  async revert(
    { input, result }: { readonly input: unknown; readonly result: unknown },
    context: RevertContext,
  ): Promise<void> {
    const length = JSON.stringify(input)?.length ?? 0;
    const checked = await this.checkInput(input, length);
    await this.#definition.revert?.(checked.input, result, context);
  }

  /**
   * @param maxValues - The maximum number of values, including keys, in the result.
   * @throws {TypeError} If JSON cannot carry the result, or it has too many values.
   */
  toJson(result: unknown, maxValues: number): string {
    if (result === undefined) return "null";
    let json: string | undefined;
    try {
      if (isManyValues(result, maxValues)) throw new TypeError(tooManyValues(maxValues));
      json = JSON.stringify(result);
    } catch (thrown) {
      const why = describeThrown(thrown);
      throw new TypeError(`Tool "${this.name}" gave a result that JSON cannot carry: ${why}`, {
        cause: thrown,
      });
    }
    if (json === undefined) {
      const what = describeValue(result);
      throw new TypeError(`Tool "${this.name}" gave a result that JSON cannot carry: ${what}`);
    }
    return json;
  }
}

function tooManyValues(limit: number): string {
  return (
    `it is made of more than ${limit} values, keys included (limits.jsonValues); ` +
    "ask for less at a time"
  );
}

function checkDefinition(givenName: string, definition: unknown): void {
  if (givenName === "") throw invalidTool(givenName, "its name must not be empty");
  if (typeof definition !== "object" || definition === null) {
    throw invalidTool(givenName, `it must be an object, and is ${describeValue(definition)}`);
  }
  const {
    execute,
    kind,
    description,
    namespace,
    namespaceDescription,
    deferLoading,
    resultType,
    onInvalidSchema,
    effect,
    onLost,
    preview,
    reconcile,
    revert,
  }: Partial<Record<keyof ToolDefinition, unknown>> = definition;
  if (typeof execute !== "function") {
    const what = describeValue(execute);
    throw invalidTool(givenName, `its "execute" must be a function, and is ${what}`);
  }
  if (kind !== undefined && kind !== "function" && kind !== "freeform") {
    const what = describeValue(kind);
    throw invalidTool(givenName, `its "kind" must be "function" or "freeform", and is ${what}`);
  }
  if (deferLoading !== undefined && typeof deferLoading !== "boolean") {
    const what = describeValue(deferLoading);
    throw invalidTool(givenName, `its "deferLoading" must be true or false, and is ${what}`);
  }
  if (resultType !== undefined && !resultTypes.includes(resultType)) {
    const what = describeValue(resultType);
    throw invalidTool(
      givenName,
      `its "resultType" must be "value", "mcp" or "mcpResult", and is ${what}`,
    );
  }
  if (effect !== undefined && !effects.includes(effect)) {
    const what = describeValue(effect);
    throw invalidTool(
      givenName,
      `its "effect" must be "read", "idempotent" or "write", and is ${what}`,
    );
  }
  if (onLost !== undefined && onLost !== "retry" && onLost !== "fail") {
    const what = describeValue(onLost);
    throw invalidTool(givenName, `its "onLost" must be "retry" or "fail", and is ${what}`);
  }
  if (preview !== undefined && typeof preview !== "function") {
    const what = describeValue(preview);
    throw invalidTool(givenName, `its "preview" must be a function, and is ${what}`);
  }
  if (reconcile !== undefined && typeof reconcile !== "function") {
    const what = describeValue(reconcile);
    throw invalidTool(givenName, `its "reconcile" must be a function, and is ${what}`);
  }
  if (revert !== undefined && typeof revert !== "function") {
    const what = describeValue(revert);
    throw invalidTool(givenName, `its "revert" must be a function, and is ${what}`);
  }
  if (onInvalidSchema !== undefined && typeof onInvalidSchema !== "function") {
    const what = describeValue(onInvalidSchema);
    throw invalidTool(givenName, `its "onInvalidSchema" must be a function, and is ${what}`);
  }
  for (const [key, value] of Object.entries({ description, namespace, namespaceDescription })) {
    if (value !== undefined && typeof value !== "string") {
      const what = describeValue(value);
      throw invalidTool(givenName, `its "${key}" must be a string, and is ${what}`);
    }
  }
}

function invalidTool(givenName: string, why: string): CodeModeError {
  return new CodeModeError("ERR_INVALID_TOOL", `The tool "${givenName}" cannot be used: ${why}.`);
}
