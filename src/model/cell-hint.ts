import type { CellError } from "../protocol/outcome.js";
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
    "require module exports process Buffer __dirname __filename global setImmediate fs path os child_process",
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

/** Whether a name is a tool's, under `tools`. */
export type IsTool = (name: string) => boolean;

type Fault = Pick<CellError, "name" | "message" | "position">;

/**
 * One line on what to write instead, for mistakes whose error does not say so to a model: syntax
 * that modules lack, globals of other places, code in another language. Undefined if there is none.
 */
export function cellHint(fault: Fault, isTool: IsTool = () => false): string | undefined {
  switch (fault.name) {
    case "SyntaxError":
      return syntaxHint(fault) ?? otherLanguageHint(fault) ?? importHint(fault.message);
    case "ReferenceError":
      return absentHint(fault.message, isTool);
    default:
      return importHint(fault.message);
  }
}

function absentHint(message: string, isTool: IsTool): string | undefined {
  const name = /^([\w$]{1,100}) is not defined$/.exec(message)?.[1];
  if (name === undefined) return undefined;
  if (isTool(name)) return `Tools are called under tools: await tools.${name}({…}).`;
  return hintByGlobal.get(name);
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
  if (!message.startsWith("Unsupported import in exec: ")) return undefined;
  return `A cell cannot import packages or files: ${listTools}.`;
}
