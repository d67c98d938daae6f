/** Where the Agents SDK has what its runners read inputs of tools with. */
const specifier = "@openai/agents-core/utils/internal";

/** Reads an input with a tool's own schema; undefined where it did not make the tool. */
type PrepareInput = (
  tool: object,
  json: string,
) => { readonly result: { readonly success: boolean; readonly value?: unknown } } | undefined;

let loading: Promise<PrepareInput | undefined> | undefined;

/**
 * An input as the Agents SDK gives it to a tool's functions: read, and changed, by the schema that the
 * tool was made with. As it came where the package is not found beside codecell, or the schema refuses it:
 * then the tool itself says so when it runs.
 */
export async function readByAgents(tool: object, input: unknown): Promise<unknown> {
  loading ??= load();
  const prepare = await loading;
  try {
    const { result } = prepare?.(tool, JSON.stringify(input)) ?? {};
    return result?.success ? result.value : input;
  } catch {
    // Schemas that take their time are not read by the SDK's runners either.
    return input;
  }
}

async function load(): Promise<PrepareInput | undefined> {
  try {
    const { prepareFunctionToolInput } = (await import(specifier)) as Record<string, unknown>;
    // Of another type in a version to come: then it cannot be called, and the input stays as it came.
    return prepareFunctionToolInput as PrepareInput | undefined;
  } catch {
    return undefined;
  }
}
