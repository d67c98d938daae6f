import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { CellServer, serverToken } from "../support/cell-server.js";

/** What browsers, workers, Bun and Deno have. */
const webGlobals = {
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  performance,
  setTimeout,
};

test("the client is one file without imports, and runs with nothing but what the web has", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'export * from "codecell/client"', resolveDir: import.meta.dirname },
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "client",
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => file !== "<stdin>");
  expect(inputs).toEqual(["dist/client.js"]);
  await using server = await CellServer.start();
  const context = createContext({ ...webGlobals, url: server.url, token: serverToken });
  runInContext(outputFiles[0]?.text ?? "", context);
  const program = `(async () => {
    const session = client.connectCodeMode({ url, token }).openSession();
    const { output } = await session.exec('text("ok")', { onEvent: ({ type }) => types.push(type) });
    const wrong = await session.wait(5).catch((error) => error instanceof client.CodeModeError && error.code);
    return JSON.stringify({ output, types, wrong });
  })()`;
  const told = await runInContext(`const types = []; ${program}`, context);
  expect(JSON.parse(told)).toEqual({
    output: [{ type: "text", text: "ok" }],
    types: ["started", "output", "ended"],
    wrong: "ERR_INVALID_OPTION",
  });
});

test("dist/client.js and its CommonJS name no module", () => {
  for (const file of ["dist/client.js", "dist/cjs/client.js"]) {
    expect(readFileSync(file, "utf8")).not.toMatch(/\brequire\(|\bfrom "|\bimport\(/);
  }
});

test("an error of the client is a CodeModeError of the package, whichever copy made it", async () => {
  const copies = [await import("codecell"), await import("codecell/client")];
  for (const { CodeModeError: Made } of copies) {
    const error = new Made("ERR_BODY", "m");
    expect(String(error)).toBe("CodeModeError: m");
    expect(error.constructor.name).toBe("CodeModeError");
    for (const { CodeModeError } of copies) expect(error instanceof CodeModeError).toBe(true);
  }
  const { CodeModeError } = await import("codecell");
  class Own extends CodeModeError {}
  expect(new Error("m") instanceof CodeModeError).toBe(false);
  expect(new CodeModeError("ERR_BODY", "m") instanceof Own).toBe(false);
  expect(new Own("ERR_BODY", "m") instanceof Own).toBe(true);
});
