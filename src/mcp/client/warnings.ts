import { shorten } from "../../base/shorten.js";
import { warn } from "../../base/warn.js";

/** Something about a server or a config that is not as it should be, and that codecell works around. */
export interface McpWarning {
  readonly code: McpWarningCode;
  /** The server's name in the config; undefined where the warning is about the config as a whole. */
  readonly server: string | undefined;
  /** One or two sentences: what is wrong, and what is done instead. */
  readonly message: string;
}

export type McpWarningCode =
  /** Names of tools or servers that programs could not tell apart; the later ones have a suffix. */
  | "MCP_NAMES"
  /** A tool's definition is mended or left out, or a filter names no tool. */
  | "MCP_TOOL_LIST"
  /** A tool's input schema cannot be used: the server alone checks its inputs. */
  | "MCP_INPUT_SCHEMA"
  /** A result is not what the tool's output schema says; the program has it all the same. */
  | "MCP_RESULT"
  /** Keys of the config that mean nothing here. */
  | "MCP_CONFIG";

export type OnMcpWarning = (warning: McpWarning) => void;

/** Texts that are remembered, so that each is told once. */
const maxRemembered = 1_000;

/** Passes each different warning on once, and none after `maxRemembered` different ones. */
export function tellOnce(onWarning: OnMcpWarning = warnOf): OnMcpWarning {
  const told = new Set<string>();
  return (warning) => {
    if (told.has(warning.message) || told.size >= maxRemembered) return;
    told.add(warning.message);
    onWarning(warning);
  };
}

function warnOf({ code, message }: McpWarning): void {
  warn(code, message);
}

/** A name that a server chose, in quotes and as long as fits a sentence. */
export function quote(name: string): string {
  return JSON.stringify(shorten(name, 80));
}

/** A few of many, and how many more there are. */
export function someOf(texts: readonly string[], shown = 5): string {
  const more = texts.length - shown;
  return more > 0 ? `${texts.slice(0, shown).join("; ")}; and ${more} more` : texts.join("; ");
}
