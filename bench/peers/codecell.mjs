import { createCodeMode } from "../../dist/index.js";
import { expectCompleted } from "../lib/cells.mjs";

/**
 * @param {Readonly<Record<string, (input: any) => unknown>>} tools
 * @param {{ prewarm: number | "auto" }} options
 */
export async function openCodecell(tools, { prewarm }) {
  const codeMode = createCodeMode({
    tools: Object.fromEntries(Object.entries(tools).map(([name, execute]) => [name, { execute }])),
    prewarm,
  });
  const session = codeMode.openSession();
  return {
    /** @param {string} source */
    async exec(source) {
      const { output } = expectCompleted(await session.exec(source));
      return output.map((item) => (item.type === "text" ? item.text : ""));
    },
    close: () => codeMode.close(),
  };
}
