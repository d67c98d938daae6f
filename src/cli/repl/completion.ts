import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { CompleterResult } from "node:readline";
import { helpers } from "../../declarations/helpers.js";
import { isRecord } from "../../declarations/schema-node.js";
import { readJsonSchema } from "../../declarations/schema-source.js";
import type { RegisteredTool } from "../../tools/registered-tool.js";
import { cellGlobals, memberNames, webGlobalNames } from "./cell-globals.js";

export interface CompletionSources {
  readonly tools: readonly RegisteredTool[];
  readonly commands: readonly string[];
  readonly hasConsole: boolean;
  readonly hasWebGlobals: boolean;
  readonly storedKeys: () => Promise<readonly string[]>;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Names that may stand where an entry's text ends, each with what has been typed of it. */
export async function complete(text: string, sources: CompletionSources): Promise<CompleterResult> {
  const { typed, names } = await findNames(text, sources);
  const fitting = [...new Set(names)].filter((name) => name.startsWith(typed));
  return [fitting.sort(), typed];
}

interface Found {
  readonly typed: string;
  readonly names: readonly string[];
}

async function findNames(text: string, sources: CompletionSources): Promise<Found> {
  return (
    (await inCommand(text, sources)) ?? (await inString(text, sources)) ?? inCode(text, sources)
  );
}

async function inCommand(
  text: string,
  { commands, tools }: CompletionSources,
): Promise<Found | undefined> {
  if (/^\.\w*$/.test(text)) {
    return { typed: text, names: commands };
  }
  const tool = /^\.tools\s+(?:.*\s)?(\S*)$/.exec(text)?.[1];
  if (tool !== undefined) {
    return { typed: tool, names: tools.map(({ name }) => name) };
  }
  const path = /^\.load\s+(.*)$/.exec(text)?.[1];
  return path === undefined ? undefined : { typed: path, names: await pathsLike(path) };
}

async function pathsLike(path: string): Promise<readonly string[]> {
  const folder = path.endsWith("/") ? path : dirname(path);
  const before = path.slice(0, path.length - (path.endsWith("/") ? 0 : basename(path).length));
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => `${before}${entry.name}${entry.isDirectory() ? "/" : ""}`);
  } catch {
    return [];
  }
}

async function inString(
  text: string,
  { tools, storedKeys }: CompletionSources,
): Promise<Found | undefined> {
  const specifier = /\b(?:from|import)\s*\(?\s*["']([^"'\n]*)$/.exec(text)?.[1];
  if (specifier !== undefined) {
    const namespaces = tools.flatMap(({ namespace }) => (namespace === "" ? [] : [namespace]));
    const names = ["codecell", "tools.js", ...namespaces.map((parts) => `tools/${parts}.js`)];
    return { typed: specifier, names };
  }
  const key = /\bload\(\s*["']([^"'\n]*)$/.exec(text)?.[1];
  return key === undefined ? undefined : { typed: key, names: await storedKeys() };
}

function inCode(text: string, sources: CompletionSources): Found {
  const input = /\btools\.([\w$]+)\(\s*\{([^{}]*)$/.exec(text);
  const property = /(?:^|,)\s*([\w$]*)$/.exec(input?.[2] ?? "none:")?.[1];
  if (property !== undefined) {
    const tool = sources.tools.find(({ name }) => name === input?.[1]);
    return { typed: property, names: tool === undefined ? [] : inputNames(tool) };
  }
  const [, path = "", typed = ""] = /((?:[\w$]+\.)*)([\w$]*)$/.exec(text) ?? [];
  const isAfterValue = /[)\]}"'`.]$/.test(text.slice(0, text.length - path.length - typed.length));
  const names = isAfterValue ? [] : namesUnder(path.split(".").slice(0, -1), sources);
  return { typed, names: names.filter((name) => identifier.test(name)) };
}

function inputNames({ inputSchema }: RegisteredTool): readonly string[] {
  const schema = readJsonSchema(inputSchema, "input");
  const properties = isRecord(schema) ? schema["properties"] : undefined;
  return isRecord(properties)
    ? Object.keys(properties).filter((name) => identifier.test(name))
    : [];
}

function namesUnder(path: readonly string[], sources: CompletionSources): readonly string[] {
  if (path.length === 1 && path[0] === "tools") {
    return sources.tools.map(({ name }) => name);
  }
  if (path.length > 0) {
    return memberNames(path);
  }
  const own = [...helpers.map(({ name }) => name), "tools", "ALL_TOOLS"];
  return [
    ...own,
    ...(sources.hasConsole ? ["console"] : []),
    ...new Set([...cellGlobals().keys(), ...(sources.hasWebGlobals ? webGlobalNames : [])]),
  ];
}
