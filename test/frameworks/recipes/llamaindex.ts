// Exec and wait for an agent of LlamaIndex, and tools of LlamaIndex for cells.
import type { BaseToolWithCall } from "@llamaindex/core/llms";
import { createModelTools, type NamedTool, type Session } from "codecell";

/** LlamaIndex gives models texts only, and its tools neither a signal nor a context. */
export function llamaindexTools(session: Session): BaseToolWithCall[] {
  const { exec, wait } = createModelTools(session, { media: false });
  return [exec, wait].map(({ name, description, inputSchema, execute }) => ({
    metadata: { name, description, parameters: inputSchema as never },
    call: async (input: unknown) => {
      const { content } = await execute(input);
      return content.map((item) => (item.type === "text" ? item.text : "")).join("\n");
    },
  }));
}

export function fromLlamaindex(tools: readonly BaseToolWithCall[]): NamedTool[] {
  return tools.map(({ metadata: { name, description, parameters }, call }) => ({
    name,
    description,
    inputSchema: parameters as never,
    execute: (input) => call(input),
  }));
}
