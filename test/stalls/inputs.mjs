// What can be sent through each door within the limits. A door is a place where the host takes what it
// has not made itself; its inputs are made in a child process (child.mjs), which measures meanwhile.
import { call, cellInputs } from "./cell-inputs.mjs";
import { httpInputs } from "./http-inputs.mjs";
import { modelInputs } from "./model-inputs.mjs";
import { pick, randomFrom, randomJson, randomText, size } from "./random.mjs";
import { serveInputs } from "./serve-inputs.mjs";
import { answer, serverInputs, structured, textResult } from "./server-inputs.mjs";

/**
 * @typedef {"cell" | "model" | "server" | "http" | "serve"} Door
 *
 * @typedef {object} CellInput - The source of a cell that has the tools `echo`, `hang`, `fails` and those
 *   of hostile schemas.
 * @property {string} name
 * @property {string} source
 * @property {"stored"} [asks] - What the host asks for afterwards.
 *
 * @typedef {object} ModelInput - What a model sends to exec or wait.
 * @property {string} name
 * @property {() => unknown} input
 * @property {"freeform" | "function" | "wait"} to
 *
 * @typedef {object} ServerInput - What an MCP server says.
 * @property {string} name
 * @property {(id: number, cursor?: string) => string} [list] - The line that answers tools/list.
 * @property {(id: number) => string} [result] - The line that answers a call.
 * @property {string} [stderr]
 * @property {number} [notifications] - Log messages, which come before the answer to a call.
 * @property {number} [changes] - How often the server says then that its tools have changed.
 * @property {string} [source] - The cell that uses the server's tools. Default: calls the first.
 *
 * @typedef {object} HttpInput - A body, and how it is sent.
 * @property {string} name
 * @property {() => string} body
 * @property {Readonly<Record<string, string>>} [headers]
 *
 * @typedef {object} ServeInput - A request to `codecell serve`. Default: a small exec.
 * @property {string} name
 * @property {string} [method]
 * @property {string} [target] - Its path and query.
 * @property {() => string} [body]
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {() => string} [token] - The server knows tokens of an issuer (tokens.mjs), and gets this one.
 * @property {() => { status?: number, body: string }} [webhook] - What `tools.hook` is answered with.
 */

/** @type {Readonly<Record<Door, readonly { readonly name: string }[]>>} */
const written = {
  cell: cellInputs,
  model: modelInputs,
  server: serverInputs,
  http: httpInputs,
  serve: serveInputs,
};

export const doors = /** @type {readonly Door[]} */ (Object.keys(written));

/** @param {Door} door */
export function writtenInputs(door) {
  return written[door];
}

/** One of the written inputs by its name, or one made of a seed, which is called by it. @param {Door} door @param {string} name */
export function inputNamed(door, name) {
  const found = written[door].find((input) => input.name === name);
  if (found !== undefined) return found;
  const seed = Number(/^seed (\d+)$/.exec(name)?.[1]);
  if (!Number.isInteger(seed))
    throw new Error(`There is no input ${JSON.stringify(name)} for ${door}.`);
  return randomInput(door, seed);
}

/** @param {Door} door @param {number} seed */
function randomInput(door, seed) {
  const random = randomFrom(seed);
  const name = `seed ${seed}`;
  switch (door) {
    case "cell": {
      const json = JSON.stringify(randomJson(random, size(random, 1_000, 1_500_000)));
      const source = pick(random, [
        `const v = JSON.parse(${json}); ${call("echo", "v")}; ${call("ways", "v")}; ${call("union", "v")};`,
        `try { for (let i = 0; i < 100; i++) store('k' + i, JSON.parse(${json})); } catch (e) { text(e.message); }`,
        `const t = ${JSON.stringify(randomText(random, size(random, 100, 1_000_000)))}; text(t); notify(t + '.'); console.log(t); ${call("formats", "{ email: t, uri: t, regex: t }")}; try { await search_tools(t); } catch {} throw new Error(t);`,
      ]);
      return { name, source, asks: "stored" };
    }
    case "model":
      return { name, to: "freeform", input: () => randomText(random, size(random, 100, 300_000)) };
    case "server": {
      // Made by the server: the host, which asks for the input's name, has no room for it.
      const json = () => randomJson(random, size(random, 1_000, 30_000_000));
      return {
        name,
        result: pick(random, [
          structured(json),
          textResult(json),
          answer(() => `{"content":${json()}}`),
          (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":"m","data":${json()}}}`,
        ]),
      };
    }
    case "http":
      return { name, body: () => randomJson(random, size(random, 1_000, 16_000_000)) };
    case "serve":
      return { name, body: () => randomJson(random, size(random, 1_000, 8_000_000)) };
  }
}
