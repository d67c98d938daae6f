// A context each time, in the host's own isolate: nothing keeps a cell in, which is what it costs least.

import { createContext, Script } from "node:vm";

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openNodeVm(tools) {
  // A tool that answers at once would otherwise be no call to wait for.
  const asyncTools = Object.fromEntries(
    Object.entries(tools).map(([name, execute]) => [name, async (input) => execute(input)]),
  );
  return {
    /** @param {string} source */
    async exec(source) {
      const texts = [];
      const context = createContext({
        tools: asyncTools,
        text: (text) => texts.push(String(text)),
      });
      await new Script(`(async () => {${source}\n})()`).runInContext(context);
      return texts;
    },
    async close() {},
  };
}
