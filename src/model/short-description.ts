import { modelReading } from "../options/reading.js";
import type { Settings } from "../options/settings.js";
import {
  type DescribedEnvironment,
  examplePragma,
  hasYieldTime,
  seconds,
} from "./described-environment.js";
import { shortToolSection } from "./short-tool-section.js";

/** UTF-16 units of a description that every client shows to the model: Claude Code cuts at 4096, or 2048. */
export const shownDescriptionLength = 2_048;

/** UTF-16 units of what may be imported that are written out. */
const maxImportsLength = 150;

/** Exec within what every client shows, with as much of the tools as there is room for. */
export function describeInShort(
  kind: "freeform" | "function",
  environment: DescribedEnvironment,
): string {
  const { settings, described, codeOnly } = environment;
  const head = [
    "Runs a JavaScript program in which tools are async functions. Do the whole job in one program: call tools in loops and in parallel, work on their results in code, and output only what you must read.\n",
    ...inputLines(kind, environment),
    "`await tools.name(input)` gives a JSON value, or throws an error that says why. Await every call, independent ones with `Promise.all`.",
    ...environmentLines(settings),
    '`image(value)`, `audio(value)` and `content(result.content)` output media. All helpers: `text(await describe_tool("helpers"))`.',
    `${hasYieldTime(settings) ? `After ${seconds(settings)}, or at` : "At"} \`yield_control()\`, you get \`Script running with cell ID 7\`: call wait for the rest. Of more than ${settings.maxOutputTokens} tokens the middle is cut.`,
  ].join("\n- ");
  const room = shownDescriptionLength - head.length - 2;
  return `${head}\n\n${shortToolSection(settings.tools.tools, { described, codeOnly, room })}`;
}

function inputLines(
  kind: "freeform" | "function",
  { settings, typescript }: DescribedEnvironment,
): readonly string[] {
  const what =
    kind === "freeform" ? "Send the source itself, without JSON, quotes or fences" : "`code`";
  const language = typescript ? "or TypeScript without enums and decorators" : "no TypeScript";
  return [
    `${what}: an ES module with top-level \`await\`, in JavaScript, ${language}. ${aboutOutput(settings)}`,
    ...(kind === "freeform"
      ? [`Its first line may set limits: \`${examplePragma(settings)}\`.`]
      : []),
  ];
}

function aboutOutput(settings: Settings): string {
  const { dialect, console } = modelReading(settings);
  const ways = [
    "`text(value)`",
    ...(console === "output" ? ["`console.log`"] : []),
    ...(dialect === "lenient" ? ["`return value`"] : []),
  ];
  const last = ways.pop();
  const all = ways.length === 0 ? `${last} outputs` : `${ways.join(", ")} and ${last} output`;
  return dialect === "lenient" ? `${all}.` : `${all}; \`return\` fails at the top level.`;
}

function environmentLines({ remoteImages, modules }: Settings): readonly string[] {
  return [
    "No Node, files or network: tools are the only way out. Only `store(key, value)` lasts, for `load(key)` in later programs.",
    ...importLines(modules.specifiers),
    ...(remoteImages ? ["`image` also takes `http:` and `https:` URLs."] : []),
  ];
}

function importLines(specifiers: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let length = 0;
  for (const specifier of specifiers) {
    const name = `\`${JSON.stringify(specifier)}\``;
    length += name.length + 2;
    if (length > maxImportsLength) break;
    shown.push(name);
  }
  const left = specifiers.length - shown.length;
  if (left > 0) shown.push(shown.length === 0 ? `${left} modules` : `${left} more`);
  return shown.length === 0 ? [] : [`\`import\` takes ${shown.join(", ")}.`];
}
