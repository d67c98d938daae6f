import { helpers } from "../declarations/helpers.js";
import { modelReading } from "../options/reading.js";
import type { Settings } from "../options/settings.js";
import {
  type DescribedEnvironment,
  examplePragma,
  hasYieldTime,
  seconds,
} from "./described-environment.js";
import { toolSection } from "./tool-section.js";

/** Exec with every helper, and the declarations of all tools that are to be described. */
export function describeInFull(
  kind: "freeform" | "function",
  environment: DescribedEnvironment,
): string {
  const { settings, described, codeOnly } = environment;
  return [
    "Runs a JavaScript program in a V8 isolate of its own. Tools are async functions in it: call as many as the job takes, in loops or in parallel, work on their results in code, and output only what you need to read.",
    section("Input", inputLines(kind, environment)),
    section("What there is", environmentLines(settings)),
    section(
      "Helpers (globals)",
      helpers.map(({ declaration, does }) => `\`${declaration}\`: ${does}.`),
    ),
    section("What you get", resultLines(settings)),
    toolSection(settings.tools.tools, { described, codeOnly }),
  ].join("\n\n");
}

function inputLines(
  kind: "freeform" | "function",
  { settings, typescript }: DescribedEnvironment,
): readonly string[] {
  return [
    kind === "freeform"
      ? "Send the source itself: no JSON around it, no quotes, no code fences."
      : "`code` is the source itself.",
    modelReading(settings).dialect === "lenient"
      ? "It is an ES module with top-level `await`; `return value` at its top level outputs the value."
      : "It is one ES module, in strict mode. `await` works at the top level, `return` does not. The value of the last expression is dropped.",
    typescript
      ? "TypeScript is taken: types are erased, not checked. No enums, namespaces, parameter properties, decorators or `<T>value`."
      : "It is JavaScript, not TypeScript: type annotations are syntax errors.",
    ...(kind === "freeform"
      ? [`The first line may set limits, with both fields optional: \`${examplePragma(settings)}\``]
      : []),
  ];
}

function environmentLines(settings: Settings): readonly string[] {
  const { webGlobals, remoteImages, modules } = settings;
  const imports = modules.specifiers.map((specifier) => `\`${JSON.stringify(specifier)}\``);
  return [
    `ECMAScript with \`Intl\`, ${webGlobals ? "the web's `URL`, `TextEncoder`, `structuredClone`, `AbortController`, `crypto.randomUUID` and their like, " : ""}the helpers below, \`tools\` and \`ALL_TOOLS\`. ${aboutConsole(settings)}`,
    "Neither Node nor a browser: no `require`, `process`, `Buffer`, `fetch`, files, network or DOM. Tools are the only way out.",
    ...(imports.length === 0 ? [] : [`\`import\` takes ${imports.join(", ")}.`]),
    ...(remoteImages ? ["`image` also takes `http:` and `https:` URLs."] : []),
    "Every program starts afresh; only what was stored is left of earlier ones.",
  ];
}

function aboutConsole(settings: Settings): string {
  switch (modelReading(settings).console) {
    case "output":
      return "What `console.log` prints is output.";
    case false:
      return "No `console`: use `text`.";
    default:
      return "`console` is there for the logs of the host; you do not see what it prints.";
  }
}

function resultLines(settings: Settings): readonly string[] {
  return [
    "A status line, the wall time, the output in order, and last an error that nothing caught, with its place.",
    `Of more than ${settings.maxOutputTokens} tokens of text the middle is cut: select, count and summarise in code.`,
    `A program that yields${hasYieldTime(settings) ? `, or still runs after ${seconds(settings)},` : ""} answers \`Script running with cell ID 7\` and goes on: call wait with that id for the rest.`,
    "Open timers and calls are dropped at the program's end: await what matters.",
  ];
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, ...lines.map((line) => `- ${line}`)].join("\n");
}
