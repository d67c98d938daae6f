// A driver for the code mode of TanStack AI.
import type { IsolateDriver } from "@tanstack/ai-code-mode";
import type { CodeMode, NamedTool } from "codecell";

/** A session for each context. `timeout` and `memoryLimit` become limits of its cells. */
export function codecellDriver(codeMode: CodeMode): IsolateDriver {
  return {
    createContext: async ({ bindings, timeout = 30_000, memoryLimit = 128 }) => {
      const tools: NamedTool[] = Object.values(bindings).map((binding) => ({
        name: binding.name,
        description: binding.description,
        inputSchema: binding.inputSchema,
        execute: (input) => binding.execute(input),
      }));
      const session = codeMode.openSession({
        tools,
        console: "logs",
        yieldAfterMs: Infinity,
        limits: { wallMs: timeout, heapBytes: memoryLimit * 2 ** 20 },
      });
      return {
        execute: async <T>(code: string) => {
          const source = `const { ${Object.keys(bindings).join(", ")} } = tools;
            text(JSON.stringify((await (async () => {${code}\n})()) ?? null));`;
          const outcome = await session.exec(source);
          const logs = outcome.logs.map(({ level, text }) =>
            level === "log" ? text : `${level.toUpperCase()}: ${text}`,
          );
          if (outcome.status === "failed") return { success: false, error: outcome.error, logs };
          const last = outcome.output.at(-1);
          const value = JSON.parse(last?.type === "text" ? last.text : "null") as T;
          return { success: outcome.status === "completed", value, logs };
        },
        dispose: () => session.close(),
      };
    },
  };
}
