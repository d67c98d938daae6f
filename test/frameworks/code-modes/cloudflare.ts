// An executor for Cloudflare's code mode, in Node.
import type { Executor } from "@cloudflare/codemode";
import type { CodeMode, NamedTool } from "codecell";

/** A session for each execution. Functions of providers get their arguments as one list. */
export function codecellExecutor(codeMode: CodeMode): Executor {
  return {
    execute: async (code, providersOrFns) => {
      const providers = Array.isArray(providersOrFns)
        ? providersOrFns
        : [{ name: "codemode", fns: providersOrFns }];
      const tools: NamedTool[] = providers.flatMap(({ fns }, at) =>
        Object.entries(fns).map(([name, call]) => ({
          name: `call_${at}_${name}`,
          execute: (input) => call(...(input as unknown[])),
        })),
      );
      const objects = providers.map(({ name, fns, prelude = "" }, at) => {
        const members = Object.keys(fns).map(
          (key) =>
            `${JSON.stringify(key)}: (...args) => tools[${JSON.stringify(`call_${at}_${key}`)}](args)`,
        );
        return `const ${name} = { ${members.join(", ")} };\n${prelude}`;
      });
      await using session = codeMode.openSession({
        tools,
        console: "logs",
        yieldAfterMs: Infinity,
      });
      const outcome = await session.exec(
        `${objects.join("\n")}\ntext(JSON.stringify((await (${code})()) ?? null));`,
      );
      const logs = outcome.logs.map(({ text }) => text);
      if (outcome.status !== "completed") {
        const error = outcome.status === "failed" ? outcome.error.message : outcome.status;
        return { result: undefined, error, logs };
      }
      const last = outcome.output.at(-1);
      return { result: JSON.parse(last?.type === "text" ? last.text : "null"), logs };
    },
  };
}
