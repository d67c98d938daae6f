// Exec and wait for an agent of Mastra, and tools of Mastra for cells.
import { createTool, type ToolExecutionContext } from "@mastra/core/tools";
import { createModelTools, type ModelToolResult, type NamedTool, type Session } from "codecell";

/** The request context of the agent's run becomes the `context` of tools that cells call. */
export function mastraTools(session: Session) {
  const { exec, wait } = createModelTools(session);
  const tools = [exec, wait].map(({ name, description, inputSchema, execute }) =>
    createTool({
      id: name,
      description,
      inputSchema: inputSchema as object,
      execute: (
        input: unknown,
        { abortSignal: signal, requestContext: context }: ToolExecutionContext,
      ) => execute(input, { signal, context }),
      toModelOutput: ({ content }: ModelToolResult) => ({
        type: "content",
        value: content.map((item) => {
          if (item.type === "text") return item;
          const url = item.type === "image" ? item.imageUrl : item.audioUrl;
          const [, mediaType, data] = /^data:(.*?);base64,(.*)$/s.exec(url) ?? [];
          return { type: "media", mediaType, data };
        }),
      }),
    } as never),
  );
  return { exec: tools[0], wait: tools[1] };
}

/** What `createTool` gives, with any types. */
interface MastraTool {
  readonly id: string;
  readonly description: string;
  readonly inputSchema?: unknown;
  readonly requireApproval?: unknown;
  execute?(input: never, context: never): unknown;
}

/** The `context` of the exec becomes the request context of tools; approval is asked for as they say. */
export function fromMastra(tools: readonly MastraTool[]): NamedTool[] {
  return tools.map((tool) => ({
    name: tool.id,
    description: tool.description,
    inputSchema: tool.inputSchema as never,
    approval: async (input, { context }) => {
      const { requireApproval = false } = tool;
      const isNeeded =
        typeof requireApproval === "function"
          ? await requireApproval(input, { requestContext: context as Record<string, unknown> })
          : requireApproval;
      return isNeeded ? "ask" : "auto";
    },
    execute: (input, { signal: abortSignal, context: requestContext }) =>
      tool.execute?.(input as never, { abortSignal, requestContext } as never),
  }));
}
