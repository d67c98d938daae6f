import type { RegisteredTool } from "../registered-tool.js";

/**
 * What a model reads of tools: the name, the description, and the JSON Schemas in compact form. The
 * same tools give the same text.
 */
export function listToolSchemas(tools: readonly RegisteredTool[]): string {
  return tools.map(describeTool).join("\n");
}

function describeTool(tool: RegisteredTool): string {
  const { name, description, kind, inputSchema, outputSchema } = tool;
  const input = kind === "freeform" ? "a string" : toJson(inputSchema, "input");
  const result = toJson(outputSchema, "output");
  const lines = [
    `tools.${name}(input)${description === "" ? "" : `: ${description.trim()}`}`,
    ...(input === undefined ? [] : [`input: ${input}`]),
    ...(result === undefined ? [] : [`result: ${result}`]),
  ];
  return `- ${lines.join("\n").replaceAll("\n", "\n  ")}`;
}

/** Undefined where a schema has no JSON form. */
function toJson(schema: unknown, side: "input" | "output"): string | undefined {
  try {
    return JSON.stringify(toJsonSchema(schema, side));
  } catch {
    return undefined;
  }
}

interface SchemaShapes {
  readonly jsonSchema?: unknown;
  readonly "~standard"?: {
    readonly jsonSchema?: Readonly<
      Record<"input" | "output", (options: { readonly target: string }) => unknown>
    >;
  };
}

/** A Standard Schema may tell its JSON Schema; the AI SDK's wrapper holds it. */
function toJsonSchema(schema: unknown, side: "input" | "output"): unknown {
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) {
    return undefined;
  }
  const { jsonSchema, "~standard": standard }: SchemaShapes = schema;
  if (standard !== undefined) return standard.jsonSchema?.[side]({ target: "draft-2020-12" });
  return typeof jsonSchema === "object" ? jsonSchema : schema;
}
