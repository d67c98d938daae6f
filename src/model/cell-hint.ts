import type { CellError } from "../protocol/outcome.js";
import { globalHint, type HintedTools, memberHint } from "./tool-hint.js";
import { syntaxHint } from "./typescript/syntax-hint.js";

const listTools = "ALL_TOOLS lists the tools there are, and `await tools.name({…})` calls one";
const handOut = "text(value) hands a result out";

/** What to use instead of globals that other places have and cells have not. */
const absentGlobals: readonly (readonly [names: string, hint: string])[] = [
  ["console", `A cell has no console: ${handOut}.`],
  [
    "fetch XMLHttpRequest WebSocket EventSource Headers Request",
    `A cell has no network: ${listTools}.`,
  ],
  [
    "Buffer",
    "A cell has no Buffer: bytes are a Uint8Array, with TextEncoder and TextDecoder; atob and btoa are for base64.",
  ],
  [
    "require module exports process __dirname __filename global setImmediate fs path os child_process",
    `This is JavaScript in a cell, which has nothing of Node, no files and no network: ${listTools}.`,
  ],
  [
    "window document navigator localStorage sessionStorage location alert",
    `This is JavaScript in a cell, not in a page: ${listTools}, and ${handOut}.`,
  ],
  [
    "print None True False len str dict range self",
    `This is JavaScript, not Python: ${handOut}; ${listTools}.`,
  ],
  [
    "ls cd cat pwd grep echo git npm npx node python python3 pip curl wget mkdir rm cp mv find sed awk bash sh sudo",
    `This is JavaScript in a cell, not a shell: ${listTools}, and ${handOut}.`,
  ],
];

const hintByGlobal: ReadonlyMap<string, string> = new Map(
  absentGlobals.flatMap(([names, hint]) => names.split(" ").map((name) => [name, hint] as const)),
);
const shellWords = new Set(absentGlobals.at(-1)?.[0].split(" "));

type Fault = Pick<CellError, "name" | "message" | "position">;

/**
 * One line on what to write instead, for mistakes whose error does not say so to a model: syntax
 * that modules lack, globals of other places, other code modes, code in another language. Undefined
 * if there is none.
 */
export function cellHint(fault: Fault, tools: HintedTools = []): string | undefined {
  switch (fault.name) {
    case "SyntaxError":
      return (
        syntaxHint(fault) ??
        otherLanguageHint(fault) ??
        importHint(fault.message) ??
        parsedHint(fault.message)
      );
    case "ReferenceError":
      return absentHint(fault.message, tools);
    default:
      return importHint(fault.message) ?? resultHint(fault) ?? unknownToolHint(fault.message);
  }
}

function absentHint(message: string, tools: HintedTools): string | undefined {
  const name = /^([\w$]{1,100}) is not defined$/.exec(message)?.[1];
  if (name === undefined) return undefined;
  return globalHint(name, tools) ?? hintByGlobal.get(name);
}

function unknownToolHint(message: string): string | undefined {
  const member = /^tools\.([\w$]{1,100}) is not a tool of this cell/.exec(message)?.[1];
  return member === undefined ? undefined : memberHint(member);
}

/** JSON.parse was given a value, or a text that is no JSON. */
function parsedHint(message: string): string | undefined {
  if (!/is not valid JSON$|in JSON at position \d+|Unexpected end of JSON input/.test(message))
    return undefined;
  return "The result of a tool is parsed already where it is JSON: use it without JSON.parse; text(value) shows what it is.";
}

/** Members of an MCP result were read, and of the tool's result only the value is there. */
function resultHint({ message, position }: Fault): string | undefined {
  const isMissing = /^Cannot read properties of undefined \(reading '/.test(message);
  const line = position?.sourceLine ?? "";
  if (!isMissing || !/\.(content|structuredContent)\b/.test(line)) return undefined;
  return "The result of a tool is its value: a text, or what its JSON was parsed to, and no MCP result around it. Use it without .content and .structuredContent; text(value) shows what it is.";
}

/** The first line of what is no JavaScript mostly shows what it is. */
function otherLanguageHint({ position }: Fault): string | undefined {
  const line = position?.sourceLine.trimStart().slice(0, 200) ?? "";
  const word = /^(?:\$ )?([a-z_0-9]{1,20})(?= |$)/.exec(line)?.[1];
  if (word !== undefined && (shellWords.has(word) || line.startsWith("$ "))) {
    return hintByGlobal.get("ls");
  }
  const isPython =
    /^(?:(?:def|class|for|while|if|with|try|elif|else)\b.*:$|from [\w.]+ import |import [\w.]+$|print )/;
  return isPython.test(line.trimEnd()) ? hintByGlobal.get("print") : undefined;
}

function importHint(message: string): string | undefined {
  if (/does not provide an export named 'tools'/.test(message))
    return "tools is a global, and so are the helpers: leave the import out.";
  if (!message.startsWith("Unsupported import in exec: ")) return undefined;
  return `A cell cannot import packages or files: ${listTools}.`;
}
