import { toCallForms } from "../declarations/call-forms.js";
import { firstSentence } from "../declarations/comment-text.js";
import { declareFittingTools } from "../declarations/declare-fitting.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import {
  type DescribedTools,
  describedTools,
  findTools,
  namespaceDescriptions,
} from "./described-tools.js";

export interface ShortToolSectionOptions {
  readonly described: DescribedTools;
  readonly codeOnly: boolean;
  /** UTF-16 units that the section may have. */
  readonly room: number;
}

/** What is made of a set of tools takes long where their schemas are large, and is asked for again. */
const known = new WeakMap<readonly RegisteredTool[], Map<string, string>>();

/** UTF-16 units that a tool's declaration has at least. */
const minDeclaration = 30;
const maxExampleName = 60;

/**
 * The part of exec's short description that is about tools: as much of each as there is room for. That is, from
 * the most to the least: declarations with descriptions, with their first sentences, or without; names of tools
 * and of their parameters; names of tools; some names of each namespace; namespaces.
 *
 * @param tools - A list that never changes: what is made of it is kept as long as the list.
 */
export function shortToolSection(
  tools: readonly RegisteredTool[],
  options: ShortToolSectionOptions,
): string {
  const ofSet = known.get(tools) ?? new Map<string, string>();
  known.set(tools, ofSet);
  const key = JSON.stringify(options);
  const section = ofSet.get(key) ?? make(tools, options);
  ofSet.set(key, section);
  return section;
}

function make(tools: readonly RegisteredTool[], options: ShortToolSectionOptions): string {
  if (tools.length === 0) return "## Tools\nThere are none; `tools` is empty.";
  const shown = describedTools(tools, options.described);
  for (const section of sections(tools, shown, options)) {
    if (section !== undefined && section.length <= options.room) return section;
  }
  return written(tools, { ...options, count: 0, more: "declaration" }, []);
}

/** What may be written, the best first; not all of it fits. */
function* sections(
  tools: readonly RegisteredTool[],
  shown: readonly RegisteredTool[],
  { codeOnly, room }: ShortToolSectionOptions,
): Generator<string | undefined> {
  if (shown.length === 0) return;
  const example = shown.find(({ name }) => name.length <= maxExampleName)?.name;
  const about = { codeOnly, example, count: shown.length };
  if (shown.length * minDeclaration <= room) {
    for (const comments of [true, "firstSentence", false] as const) {
      const declared = declareFittingTools(shown, comments);
      if (declared.count < shown.length) break;
      const more = comments === true ? "nothing" : "description";
      yield written(tools, { ...about, more }, ["```ts", `${declared.text}\`\`\``]);
    }
  }
  const groups = toGroups(shown);
  const notes = namespaceDescriptions(tools);
  const forms = groups.map((group) => toCallForms(group.tools, { ...group, maxLength: room }));
  const names = groups.map(({ prefix, tools: ofGroup }) =>
    ofGroup.map(({ name }) => name.slice(prefix.length)),
  );
  const withPrefixes = { ...about, more: "declaration" as const, hasPrefixes: hasPrefixes(groups) };
  for (const entries of [forms, names]) {
    if (!entries.every((ofGroup) => ofGroup !== undefined)) continue;
    for (const ofNamespace of [notes, undefined]) {
      const lines = groups.map((group, at) => line(group, entries[at] ?? [], ofNamespace));
      yield written(tools, withPrefixes, lines);
    }
  }
  const longest = Math.max(...groups.map((group) => group.tools.length));
  yield mostThatFits(Math.min(longest, room), room, (most) => {
    const parts = names.map((ofGroup) => beginning(ofGroup, most));
    const count = names.reduce((sum, ofGroup) => sum + Math.min(ofGroup.length, most), 0);
    const lines = groups.map((group, at) => line(group, parts[at] ?? []));
    return written(tools, { ...withPrefixes, count }, lines);
  });
  yield mostThatFits(Math.min(groups.length, room), room, (most) => {
    const lines = groups.map((group) => line(group, [`${group.tools.length} tools`]));
    return written(tools, { ...withPrefixes, count: 0 }, beginning(lines, most, "- "));
  });
}

/** The longest text that fits of those for 1, 2 and so on, each of which is longer than the one before. */
function mostThatFits(
  most: number,
  room: number,
  make: (count: number) => string,
): string | undefined {
  let fitting = 0;
  let tooMany = most + 1;
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (make(middle).length <= room) fitting = middle;
    else tooMany = middle;
  }
  return fitting === 0 ? undefined : make(fitting);
}

function beginning(texts: readonly string[], most: number, mark = ""): readonly string[] {
  const left = texts.length - most;
  return left <= 0 ? texts : [...texts.slice(0, most), `${mark}… ${left} more`];
}

interface Group {
  /** What all its names begin with. */
  readonly prefix: string;
  readonly namespace: string;
  readonly tools: readonly RegisteredTool[];
}

/** Tools of a namespace together, if their names begin with it. */
function toGroups(tools: readonly RegisteredTool[]): readonly Group[] {
  const groups = new Map<string, Group & { readonly tools: RegisteredTool[] }>();
  for (const tool of tools) {
    const { name, ownName, namespace } = tool;
    const prefix = name.endsWith(ownName) ? name.slice(0, name.length - ownName.length) : "";
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, { prefix, namespace, tools: [tool] });
    else group.tools.push(tool);
  }
  return [...groups.values()].map((group) => ({ ...group, prefix: commonPrefix(group) }));
}

/** The words with which all names of the group begin. */
function commonPrefix({ prefix, tools }: Group): string {
  const [first, ...others] = tools.map(({ name }) => name);
  if (first === undefined || others.length === 0) return prefix;
  let length = first.length - 1;
  for (const name of others) {
    while (!name.startsWith(first.slice(0, length)) || name.length <= length) length -= 1;
  }
  return first.slice(0, Math.max(prefix.length, first.slice(0, length).lastIndexOf("_") + 1));
}

function hasPrefixes(groups: readonly Group[]): boolean {
  return groups.some(({ prefix }) => prefix !== "");
}

function line(
  { prefix, namespace }: Group,
  entries: readonly string[],
  notes?: ReadonlyMap<string, string>,
): string {
  if (prefix === "") return `- ${entries.join(", ")}`;
  const note = firstSentence(notes?.get(namespace) ?? "");
  return `- ${prefix}*${note === "" ? "" : ` (${note})`}: ${entries.join(", ")}`;
}

interface About {
  readonly codeOnly: boolean;
  /** How many tools are shown. */
  readonly count: number;
  /** The name of one of them. */
  readonly example?: string | undefined;
  readonly hasPrefixes?: boolean;
  /** What of each is not shown. */
  readonly more: "nothing" | "description" | "declaration";
}

function written(
  tools: readonly RegisteredTool[],
  { codeOnly, count, example, more, ...names }: About,
  lines: readonly string[],
): string {
  const name = example === undefined ? "name" : JSON.stringify(example);
  const readOne = `\`text(await describe_tool(${name}))\``;
  const about: string[] = [];
  if (codeOnly) about.push("Tools can only be called from a program, never directly.");
  if (count < tools.length) {
    about.push(
      `${count} of ${tools.length} stand here. Find others with ${findTools}, or in \`ALL_TOOLS\`, an array of \`{ name, description }\`.`,
    );
  }
  if (more === "declaration")
    about.push(`Read a tool's declaration before you call it: ${readOne}.`);
  if (more === "description") about.push(`More about one: ${readOne}.`);
  if (names.hasPrefixes) about.push("`a_*: b` is `tools.a_b`.");
  return ["## Tools", ...about, ...lines].join("\n");
}
