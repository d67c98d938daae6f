// @tanstack/ai-isolate-quickjs as @tanstack/ai-code-mode drives it: a context each time, in which each tool
// is a global function, and whose result is what the source returns.

import { load } from "./load.mjs";

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openTanstack(tools) {
  const { createQuickJSIsolateDriver } = await load("@tanstack/ai-isolate-quickjs");
  const driver = createQuickJSIsolateDriver();
  const names = Object.keys(tools);
  const bindings = Object.fromEntries(
    Object.entries(tools).map(([name, execute]) => [
      `external_${name}`,
      { name, description: name, inputSchema: {}, execute: async (input) => execute(input) },
    ]),
  );
  const prelude = `
    const texts = [];
    const text = (value) => texts.push(String(value));
    const tools = { ${names.map((name) => `${name}: external_${name}`).join(", ")} };`;
  return {
    /** @param {string} source */
    async exec(source) {
      const context = await driver.createContext({ bindings, timeout: 60_000 });
      try {
        const result = await context.execute(`${prelude}\n${source}\nreturn texts;`);
        if (!result.success) throw new Error(result.error.message);
        return result.value;
      } finally {
        await context.dispose();
      }
    },
    async close() {},
  };
}
