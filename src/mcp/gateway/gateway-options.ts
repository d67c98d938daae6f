import type { CodeModeError } from "../../base/errors.js";
import type { DescriptionLength } from "../../model/descriptions.js";
import type { CodeModeOptions } from "../../options/options.js";
import type { CellEvent } from "../../protocol/events.js";
import type { Session } from "../../session/session.js";
import type { McpConfig } from "../client/config.js";
import type { ConnectMcpOptions, McpClientCapabilities } from "../client/servers.js";
import type { ToolCache } from "../client/tool-cache.js";

/** Options of a gateway. */
export interface GatewayOptions {
  readonly config: McpConfig;
  /** `onApproval` decides before the person at the client is asked. */
  readonly cells: Pick<
    CodeModeOptions,
    | "limits"
    | "yieldAfterMs"
    | "maxYieldAfterMs"
    | "console"
    | "dialect"
    | "onApproval"
    | "durability"
  >;
  /** The id of the session that lasts; others have a random one. Default: a random one. */
  readonly sessionId?: string | undefined;
  readonly description: DescriptionLength;
  readonly describeTools: "all" | "none";
  readonly servers: Pick<
    ConnectMcpOptions,
    "startTimeoutMs" | "approval" | "logins" | "results" | "onStderr" | "onEvent" | "onWarning"
  >;
  /**
   * What servers are told that they may ask for. They start when it is known: the promise of what the
   * only client can do, or everything where clients come and go.
   */
  readonly capabilities: Promise<McpClientCapabilities>;
  /**
   * Milliseconds that a client's first requests wait for servers: then it is told exec and wait without the
   * servers' tools, and that the list has changed when these are there. Programs wait for them. Default:
   * lists of tools wait until every server has started or failed.
   */
  readonly answerAfterMs?: number | undefined;
  /**
   * Has what servers listed when they last ran. Clients are told of that before the servers are started again, and
   * programs wait for them. Default: none.
   */
  readonly toolCache?: ToolCache | undefined;
  /** Servers that the cache knows are started when this has settled. Default: at once. */
  readonly answered?: Promise<unknown> | undefined;
  /** Whether there is one client for the gateway's life. */
  readonly hasOneClient: boolean;
  /** Something that keeps tools from programs. */
  readonly onProblem: (error: CodeModeError) => void;
  readonly record?: GatewayRecord | undefined;
}

/** Gets what clients ask for and what happens to it. */
export interface GatewayRecord {
  called(session: Session, tool: string, input: unknown): void;
  happened(session: Session, event: CellEvent): void;
}

/** What servers' news become for clients that have no connection. */
export interface NewsListener {
  toolsChanged(): void;
  promptsChanged(): void;
  resourcesChanged(): void;
}
