// A runtime and a context each time, of one WebAssembly module. Tools answer with the engine's promises.

import { load } from "./load.mjs";

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openQuickJs(tools) {
  const { getQuickJS } = await load("quickjs-emscripten");
  const quickJs = await getQuickJS();
  return {
    /** @param {string} source */
    async exec(source) {
      const runtime = quickJs.newRuntime({ memoryLimitBytes: 128 * 2 ** 20 });
      const context = runtime.newContext();
      try {
        const texts = [];
        const text = context.newFunction("text", (handle) => {
          texts.push(context.getString(handle));
        });
        text.consume((handle) => context.setProp(context.global, "text", handle));
        installTools(context, tools);
        const evaluated = context.evalCode(`(async () => {${source}\n})()`);
        const promise = context.unwrapResult(evaluated);
        const settled = context.resolvePromise(promise);
        promise.dispose();
        runtime.executePendingJobs();
        context.unwrapResult(await settled).dispose();
        return texts;
      } finally {
        context.dispose();
        runtime.dispose();
      }
    },
    async close() {},
  };
}

function installTools(context, tools) {
  const object = context.newObject();
  for (const [name, execute] of Object.entries(tools)) {
    const call = context.newFunction(name, (handle) => {
      const input = handle === undefined ? undefined : context.dump(handle);
      const deferred = context.newPromise();
      const answer = async () => {
        const result = await execute(input);
        const json = JSON.stringify(result);
        const value =
          json === undefined
            ? context.undefined
            : context.unwrapResult(context.evalCode(`(${json})`));
        deferred.resolve(value);
        value.dispose();
        context.runtime.executePendingJobs();
      };
      void answer();
      return deferred.handle;
    });
    call.consume((handle) => context.setProp(object, name, handle));
  }
  object.consume((handle) => context.setProp(context.global, "tools", handle));
}
