// Exec and wait for an agent of pi, and tools of pi for cells.
import type { AgentTool } from "@earendil-works/pi-agent-core";
import { createModelTools, type JsonSchema, type NamedTool, type Session } from "codecell";

export function piTools(session: Session): AgentTool[] {
  const { exec, wait } = createModelTools(session, {
    media: { images: ["image/png", "image/jpeg"] },
  });
  return [exec, wait].map(({ name, description, inputSchema, execute }) => ({
    name,
    label: name,
    description,
    parameters: inputSchema,
    execute: async (_id, input, signal) => {
      const { content, isError } = await execute(input, { signal });
      return { content: content.map(toPi), details: undefined, isError };
    },
  }));
}

type ContentItem = Awaited<
  ReturnType<ReturnType<typeof createModelTools>["exec"]["execute"]>
>["content"][number];

function toPi(item: ContentItem) {
  if (item.type === "text") return { type: "text" as const, text: item.text };
  const url = item.type === "image" ? item.imageUrl : item.audioUrl;
  const [, mimeType = "", data = ""] = /^data:(.*?);base64,(.*)$/s.exec(url) ?? [];
  return { type: "image" as const, data, mimeType };
}

/** A program gets a tool's `structuredContent`, or else its blocks, for `content(…)`. */
export function fromPi(tools: readonly AgentTool[]): NamedTool[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: tool.parameters as JsonSchema,
    execute: async (input, { callId, signal }) => {
      const { content, structuredContent, isError } = await tool.execute(
        callId,
        input as never,
        signal,
      );
      if (!isError) return structuredContent ?? { content };
      throw new Error(content.map((block) => (block.type === "text" ? block.text : "")).join("\n"));
    },
  }));
}
