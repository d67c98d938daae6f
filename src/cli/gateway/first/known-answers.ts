import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PrivateFiles } from "../../../base/private-files.js";
import type { CachedFile } from "../../../mcp/client/tool-cache.js";
import type { FirstResults } from "../../../mcp/gateway/told-transport.js";

/** Clients whose answers are kept for one command: those that came last. */
const maxClients = 8;
/** Bytes of a config; one that is longer has its answers asked for at each start. */
const maxConfigBytes = 1024 * 1024;

/** What the real server has answered, to be answered again before it is there. */
export interface KnownAnswers {
  /** The results of `initialize`, by the `clientHash` of the parameters that a client gave. */
  readonly initialize: Readonly<Record<string, object>>;
  /** The result of `tools/list`. */
  readonly tools: object;
}

/** What the answers depend on besides the command: they are known only where all of it is as it was. */
interface Basis {
  /** Its path as the command names it, and a hash of its text. */
  readonly config: readonly [path: string, hash: string];
  /** The variables that the config names, and a hash of their values. */
  readonly variables: readonly [names: readonly string[], hash: string];
  /** The files of the cache of tools, each with a hash of its text. */
  readonly servers: readonly (readonly [name: string, hash: string])[];
}

/** A command as it was typed. */
export interface TypedCommand {
  readonly args: readonly string[];
  readonly directory: string;
  /** Another for each build of the package. */
  readonly build: string;
}

/** The answers of one command, in a file that only its person can read. */
export class AnswerCache {
  readonly #caches: string;
  readonly #files: PrivateFiles;
  readonly #name: string;

  /** @param caches - The folder of this person's caches. */
  constructor(caches: string, { args, directory, build }: TypedCommand) {
    this.#caches = caches;
    this.#files = new PrivateFiles(join(caches, "answers"));
    this.#name = `${hashOf([build, process.version, directory, args])}.json`;
  }

  /** Where the tools of servers are kept. */
  get toolFolder(): string {
    return join(this.#caches, "tools");
  }

  /** Undefined where something that the answers depend on is not as it was. */
  read(): KnownAnswers | undefined {
    return this.#readEntry()?.answers;
  }

  /**
   * Keeps the answers to one client, beside those to others that rest on the same.
   *
   * @param config - The path of the config.
   * @param servers - The files that know the servers.
   */
  async write(config: string, servers: readonly CachedFile[], given: FirstResults): Promise<void> {
    const configText = readText(config);
    if (configText === undefined) return;
    const names = variablesIn(configText);
    const basis: Basis = {
      config: [config, hashOf(configText)],
      variables: [names, hashOf(valuesOf(names))],
      servers: servers.map(({ name, text }) => [name, hashOf(text)] as const),
    };
    const earlier = this.#readEntry();
    const isSame = JSON.stringify(earlier?.basis) === JSON.stringify(basis);
    const key = clientHash(given.params);
    const others = Object.entries(isSame ? (earlier?.answers.initialize ?? {}) : {});
    const kept = others.filter(([other]) => other !== key).slice(1 - maxClients);
    const answers: KnownAnswers = {
      initialize: Object.fromEntries([...kept, [key, given.initialize]]),
      tools: given.tools,
    };
    const text = JSON.stringify({ basis, answers });
    if (text === this.#files.read(this.#name)) return;
    await this.#files.write(this.#name, text);
  }

  #readEntry(): { readonly basis: Basis; readonly answers: KnownAnswers } | undefined {
    const text = this.#files.read(this.#name);
    if (text === undefined) return undefined;
    try {
      // This package's own build has written it, and only its person could.
      const { basis, answers } = JSON.parse(text) as { basis: Basis; answers: KnownAnswers };
      return this.#stands(basis) ? { basis, answers } : undefined;
    } catch {
      return undefined;
    }
  }

  #stands({ config, variables, servers }: Basis): boolean {
    const configText = readText(config[0]);
    if (configText === undefined || hashOf(configText) !== config[1]) return false;
    if (hashOf(valuesOf(variables[0])) !== variables[1]) return false;
    const tools = new PrivateFiles(this.toolFolder);
    return servers.every(([name, hash]) => {
      const text = tools.read(name);
      return text !== undefined && hashOf(text) === hash;
    });
  }
}

/** Of the parameters of a client's `initialize`, in whichever order they stand. */
export function clientHash(params: unknown): string {
  return hashOf(Object.entries(params ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Of a JSON value or a text. */
function hashOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return createHash("sha256").update(text).digest("base64url");
}

/** All that may be the name of a variable where one is put in. */
function variablesIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)/g)];
  return [...new Set(names.map(([, name = ""]) => name))].sort();
}

function valuesOf(names: readonly string[]): readonly (string | null)[] {
  return names.map((name) => process.env[name] ?? null);
}

/** Of a file and not of a pipe, whose text is there once. */
function readText(file: string): string | undefined {
  try {
    const found = statSync(file);
    return found.isFile() && found.size <= maxConfigBytes ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
