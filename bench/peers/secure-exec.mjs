// secure-exec, whose isolates live in a process of its own and bring a whole Node-like environment.

import { load } from "./load.mjs";

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openSecureExec(tools) {
  const { NodeRuntime, NodeExecutionDriver, createNodeDriver } = await load("secure-exec");
  let texts = [];
  const bindings = {
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, execute]) => [name, async (input) => execute(input)]),
    ),
    text: (text) => {
      texts.push(String(text));
    },
  };
  const runtime = new NodeRuntime({
    systemDriver: createNodeDriver(),
    runtimeDriverFactory: {
      createRuntimeDriver: (options) => new NodeExecutionDriver({ ...options, bindings }),
    },
    memoryLimit: 128,
  });
  return {
    /** @param {string} source */
    async exec(source) {
      texts = [];
      const { code, errorMessage } = await runtime.exec(
        `(async () => { const { tools, text } = SecureExec.bindings; ${source}\n})()`,
      );
      if (code !== 0) throw new Error(errorMessage);
      return texts;
    },
    close: () => runtime.terminate(),
  };
}
