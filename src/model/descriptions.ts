import { modelReading } from "../options/reading.js";
import type { Settings } from "../options/settings.js";
import { helpers } from "./helpers.js";
import { type DescribedTools, toolSection } from "./tool-section.js";

/** What the descriptions depend on. */
export interface DescribedEnvironment {
  readonly settings: Settings;
  readonly described: DescribedTools;
  readonly codeOnly: boolean;
  readonly typescript: boolean;
}

/**
 * What a model reads of exec.
 *
 * @param kind - Whether it sends the source itself or JSON arguments.
 */
export function describeExec(
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

/** What a model reads of wait. */
export function describeWait(settings: Settings): string {
  return [
    "Gives what a program that exec has started has handed out since you last looked. Use it when a result says `Script running with cell ID …`.",
    "",
    `- It answers when the program ends or calls \`yield_control()\`${hasYieldTime(settings) ? `, after ${seconds(settings)} at the latest` : ""}.`,
    "- The program runs on between your calls, so other work can be done first.",
    "- `terminate: true` stops the program for good, whatever it does, and gives what it has handed out.",
    "- The end of a program is given once; after that its id is unknown.",
  ].join("\n");
}

/** JSON Schema of exec's arguments, for a function tool. */
export function execSchema(settings: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "object",
    properties: {
      code: { type: "string", description: "The source of the program: one ES module." },
      yield_time_ms: yieldTime(settings),
      max_output_tokens: outputTokens(settings),
    },
    required: ["code"],
    additionalProperties: false,
  };
}

/** JSON Schema of wait's arguments. */
export function waitSchema(settings: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "object",
    properties: {
      cell_id: { type: "string", description: "The id from `Script running with cell ID …`." },
      yield_time_ms: yieldTime(settings),
      max_tokens: outputTokens(settings),
      terminate: {
        type: "boolean",
        description: "Stops the program instead of waiting. Default: false.",
      },
    },
    required: ["cell_id"],
    additionalProperties: false,
  };
}

/** Anything that is not blank and does not begin as a code fence. */
export const execGrammar: string = "start: SOURCE\nSOURCE: /\\s*[^\\s`][\\s\\S]*/\n";

function inputLines(
  kind: "freeform" | "function",
  { settings, typescript }: DescribedEnvironment,
): readonly string[] {
  const yieldTimeMs = hasYieldTime(settings) ? yieldMs(settings) : 10_000;
  const pragma = `// @exec: {"yield_time_ms": ${yieldTimeMs}, "max_output_tokens": ${settings.maxOutputTokens}}`;
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
      ? [`The first line may set limits, with both fields optional: \`${pragma}\``]
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

function yieldTime(settings: Settings): Readonly<Record<string, unknown>> {
  const { maxYieldAfterMs } = settings;
  const cap = Number.isFinite(maxYieldAfterMs)
    ? ` More than ${maxYieldAfterMs} counts as ${maxYieldAfterMs}.`
    : "";
  return {
    type: "integer",
    minimum: 0,
    description: `Milliseconds until you get what there is while the program goes on. Default: ${hasYieldTime(settings) ? yieldMs(settings) : "no end"}.${cap}`,
  };
}

function outputTokens({ maxOutputTokens }: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "integer",
    minimum: 0,
    description: `Tokens of text you get at most; the middle of more is cut. Default: ${maxOutputTokens}.`,
  };
}

function yieldMs({ yieldAfterMs, maxYieldAfterMs }: Settings): number {
  return Math.min(yieldAfterMs, maxYieldAfterMs);
}

function hasYieldTime(settings: Settings): boolean {
  return Number.isFinite(yieldMs(settings));
}

function seconds(settings: Settings): string {
  return `${yieldMs(settings) / 1000} seconds`;
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, ...lines.map((line) => `- ${line}`)].join("\n");
}
