/** How `node:vm` is to name a source and count its lines. */
export interface ScriptOptions {
  readonly filename: string;
  readonly lineOffset: number;
}

/** With `check` the source is only parsed, as a script. */
export interface WorkerQuestion {
  readonly check?: ScriptOptions;
  readonly source: string;
}

/** What the worker posts; an error it throws ends it instead. */
export type WorkerAnswer =
  | { readonly code: string }
  | { readonly stack: string | undefined }
  | {
      readonly refused: {
        readonly isUnsupported: boolean;
        readonly message: string;
        readonly startLine: number;
        readonly startColumn: number;
      };
    };

/**
 * The worker that parses sources. Its data is the file of the package that erases types; without one
 * Node's own function does, which tells the place in the stack only: `:2`, the line, a caret below the column.
 *
 * Text and not a file, so that there is one worker from `src`, from `dist` and from a bundle.
 */
export const workerProgram = `
const { Script } = require("node:vm");
const { parentPort, workerData } = require("node:worker_threads");
// Node warns that its function may change.
process.emitWarning = () => {};
const erase = workerData === undefined ? eraserOfNode() : eraserOf(require(workerData));
parentPort.on("message", ({ check, source }) => {
  if (check !== undefined) {
    let stack;
    try {
      new Script(source, check);
    } catch (thrown) {
      stack = String(thrown.stack);
    }
    parentPort.postMessage({ stack });
    return;
  }
  parentPort.postMessage(erase(source));
});
parentPort.postMessage("ready");

function eraserOf({ transformSync }) {
  return (source) => {
    try {
      return { code: transformSync(source, { mode: "strip-only", module: true }).code };
    } catch (thrown) {
      if (typeof thrown?.startLine !== "number") throw thrown;
      const { code, message, startLine, startColumn } = thrown;
      return { refused: { isUnsupported: code === "UnsupportedSyntax", message, startLine, startColumn } };
    }
  };
}

function eraserOfNode() {
  const { stripTypeScriptTypes } = require("node:module");
  return (source) => {
    try {
      return { code: stripTypeScriptTypes(source) };
    } catch (thrown) {
      const [where, , caret] = String(thrown?.stack).split("\\n");
      const startLine = Number(/^:(\\d+)$/.exec(where)?.[1]);
      if (!(startLine > 0)) throw thrown;
      const { code, message } = thrown;
      const isUnsupported = code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
      return { refused: { isUnsupported, message, startLine, startColumn: Math.max(0, caret.indexOf("^")) } };
    }
  };
}
`;
