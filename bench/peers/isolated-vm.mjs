// As its own documentation has it: an isolate and a context each time, a Callback for what needs no
// answer, a Reference whose `apply` gives a promise for each tool. The source runs as an async function in
// a script, whose promise the engine hands over: a module's end can not be waited for. That takes as
// long as compiling, instantiating and evaluating a module.

import { load, nodeMajor } from "./load.mjs";

/** Which version runs on this Node. */
export const isolatedVmPackage = choosePackage();

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openIsolatedVm(tools) {
  const { default: ivm } = await load(isolatedVmPackage);
  const names = Object.keys(tools);
  const setUp = `
    globalThis.text = $0;
    const options = { arguments: { copy: true }, result: { promise: true, copy: true } };
    globalThis.tools = {
      ${names.map((name, i) => `${name}: (input) => $${i + 1}.apply(undefined, [input], options)`).join(",\n")}
    };`;
  return {
    /** @param {string} source */
    async exec(source) {
      const texts = [];
      const isolate = new ivm.Isolate({ memoryLimit: 128 });
      try {
        const context = await isolate.createContext();
        await context.evalClosure(setUp, [
          new ivm.Callback((text) => {
            texts.push(String(text));
          }),
          ...Object.values(tools).map((execute) => new ivm.Reference(execute)),
        ]);
        await context.eval(`(async () => {${source}\n})()`, { promise: true });
        context.release();
      } finally {
        isolate.dispose();
      }
      return texts;
    },
    async close() {},
  };
}

function choosePackage() {
  if (nodeMajor < 22) return "isolated-vm-5";
  return nodeMajor < 26 ? "isolated-vm" : "isolated-vm-7";
}
