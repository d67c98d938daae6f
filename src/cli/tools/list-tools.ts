import { ToolIndex } from "../../calls/tool-search.js";
import { declareRegisteredTools } from "../../declarations/declare-tools.js";
import { estimateTokens } from "../../model/token-budget.js";
import type { RegisteredTool } from "../../tools/registered-tool.js";
import { count, visible } from "../format.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { readConfig } from "../run-inputs.js";
import { type StartedServer, useServers } from "./start-servers.js";
import { asDeclarations, asJson, asNames } from "./tool-lists.js";

/** The options of `codecell tools`. */
export interface ListToolsOptions {
  readonly config: string;
  readonly names?: boolean;
  readonly json?: boolean;
  readonly startTimeout?: number;
  readonly verbose?: boolean;
}

/** Tools that a search gives. */
const matches = 10;

/**
 * Starts the servers of a config, and lists their tools or those that fit the words.
 *
 * @returns The exit code.
 */
export async function listTools(
  words: readonly string[],
  options: ListToolsOptions,
  context: SessionContext,
): Promise<number> {
  try {
    const config = await readConfig(options.config, (warning) => context.report.warning(warning));
    return await useServers(config, options, context, (servers) =>
      tell(servers, words, options, context),
    );
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

function tell(
  servers: readonly StartedServer[],
  words: readonly string[],
  options: ListToolsOptions,
  { terminal, report }: SessionContext,
): number {
  const all = servers.flatMap((server) => server.tools);
  const tools = words.length === 0 ? all : find(all, words.join(" "));
  if (tools.length > 0 || options.json) {
    terminal.result(formatOf(options)(tools, servers));
  }
  for (const { error } of servers) {
    if (error !== undefined) report.failure(error);
  }
  const isMissing = words.length > 0 && tools.length === 0;
  if (isMissing) report.failure(new Error(`No tool fits ${visible(words.join(" "))}.`));
  else report.remark(summary(tools, servers));
  return isMissing || servers.some(({ error }) => error !== undefined) ? 1 : 0;
}

function formatOf({ json, names }: ListToolsOptions): typeof asJson {
  if (json) return asJson;
  return names ? asNames : asDeclarations;
}

function find(tools: readonly RegisteredTool[], words: string): readonly RegisteredTool[] {
  const wanted = words.replace(/^tools\./, "");
  const named = tools.filter(({ name, givenName }) => name === wanted || givenName === wanted);
  return named.length > 0 ? named : new ToolIndex(tools).search(words, matches);
}

function summary(tools: readonly RegisteredTool[], servers: readonly StartedServer[]): string {
  const from = count(servers.filter(({ error }) => error === undefined).length, "server");
  const tokens = estimateTokens(declareRegisteredTools(tools));
  return `${count(tools.length, "tool")} of ${from}; a model reads about ${count(tokens, "token")}`;
}
