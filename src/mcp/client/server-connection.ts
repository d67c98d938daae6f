import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import { CodeModeError } from "../../base/errors.js";
import { packageVersion } from "../../base/package-version.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { asItCame, type McpResult, noTimeoutMs } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import { Dialogue } from "./dialogue.js";
import { FollowedTools } from "./followed-tools.js";
import { listMcpTools } from "./mcp-tools.js";
import { PagesNeededError } from "./needed-pages.js";
import type { OpenServerOptions } from "./open-server-options.js";
import type { McpRequestOptions } from "./request-options.js";
import {
  describeConnectFailure,
  describeEnd,
  isBrokenConnection,
  withLastLines,
} from "./server-failure.js";
import type { RunningServer } from "./server-group.js";
import { ServerProcess } from "./server-process.js";
import type { McpServerCapabilities } from "./servers.js";
import type { ToolFilter } from "./tool-filter.js";
import { type ToolRequests, toolRequests } from "./tool-requests.js";

/** Milliseconds a failed call waits for the news that the server's process has ended. */
const endNewsMs = 500;

export interface ConnectionOptions extends OpenServerOptions {
  /** What the configuration says of the server. */
  readonly ownApproval: McpApproval | undefined;
  readonly filter: ToolFilter;
}

/** One MCP server: its client, its process if it has one, and what became of it. */
export class ServerConnection implements RunningServer {
  readonly name: string;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #dialogue: Dialogue;
  readonly #tools: FollowedTools;
  #phase: "opening" | "open" | "lost" | "closing" = "opening";
  #closed: Promise<void> | undefined;

  constructor(name: string, transport: Transport, options: ConnectionOptions) {
    this.name = name;
    this.#transport = transport;
    this.#options = options;
    this.#dialogue = new Dialogue(name, options);
    this.#client = new Client(
      { name: "codecell", version: packageVersion() },
      this.#dialogue.clientOptions(() => void this.#tools.follow()),
    );
    this.#tools = new FollowedTools({
      list: () => this.#listTools(AbortSignal.timeout(options.startTimeoutMs)),
      isOpen: () => this.#phase === "open",
      onChange: (tools) =>
        options.onEvent?.({ type: "toolsChanged", server: name, toolCount: tools.length }),
    });
    this.#dialogue.follow(this.#client);
    this.#client.onclose = () => this.#noteClose();
  }

  /** Under the names that the server gives them. */
  get listedTools(): readonly NamedTool[] {
    return this.#tools.current;
  }

  get instructions(): string | undefined {
    return this.#client.getInstructions();
  }

  get capabilities(): McpServerCapabilities | undefined {
    return this.#client.getServerCapabilities();
  }

  get approval(): McpApproval | undefined {
    return this.#options.ownApproval;
  }

  async request(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    { cause, signal, onProgress }: McpRequestOptions = {},
  ): Promise<McpResult> {
    const options = {
      timeout: noTimeoutMs,
      ...(signal && { signal }),
      ...(onProgress && { onprogress: onProgress }),
    };
    try {
      return await this.#dialogue.run({ cause, signal }, () =>
        this.#client.request({ method, params: { ...params } }, asItCame, options),
      );
    } catch (error) {
      throw await this.#callFailure(error, signal);
    }
  }

  async notify(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#client.notification({ method, params: { ...params } });
  }

  /** @throws {CodeModeError} ERR_MCP_SERVER; the server has been closed by then. */
  async open(options: OpenServerOptions): Promise<void> {
    const deadline = AbortSignal.timeout(options.startTimeoutMs);
    const signal = AbortSignal.any([deadline, options.signal]);
    const request = { signal, timeout: noTimeoutMs };
    try {
      await settleOrAbort(this.#client.connect(this.#transport, request), signal);
      this.#tools.current = await settleOrAbort(this.#listTools(signal), signal);
      this.#phase = "open";
    } catch (error) {
      this.#phase = "closing";
      if (!signal.aborted) await this.#newsOfEnd(error);
      const end = await this.#stop();
      options.signal.throwIfAborted();
      if (deadline.aborted) {
        throw this.#startError(`no answer within ${options.startTimeoutMs / 1000} s`, error);
      }
      // A server that was told to go after a wrong answer ends too: the answer is the reason.
      const own = isBrokenConnection(error) ? end : undefined;
      throw this.#startError(own ?? this.#reasonOf(error), error);
    }
  }

  /** Ends the server and waits until it is gone. */
  close(): Promise<void> {
    this.#phase = "closing";
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #listTools(signal: AbortSignal): Promise<readonly NamedTool[]> {
    const {
      callTimeoutMs,
      approval,
      ownApproval,
      filter,
      onWarning,
      onProgress,
      results,
      onListed,
    } = this.#options;
    const options = {
      server: this.name,
      signal,
      ...(callTimeoutMs !== undefined && { callTimeoutMs }),
      ...(onProgress && { onProgress }),
      ...filter,
      results,
      onWarning,
      onListed,
    };
    const server = {
      requests: this.#guarded(),
      instructions: () => this.#client.getInstructions(),
    };
    const tools = await listMcpTools(server, options, [ownApproval, approval]);
    return tools.map((tool) => ({
      ...tool,
      execute: (input: unknown, context: ToolContext) =>
        this.#dialogue.run({ cause: context, signal: context.signal }, () =>
          tool.execute(input, context),
        ),
    }));
  }

  /** Requests whose failures of the connection name the server and show why. */
  #guarded(): ToolRequests {
    const { list, call, callAsTask } = toolRequests(this.#client);
    const guard =
      (send: ToolRequests["call"]): ToolRequests["call"] =>
      async (params, request) => {
        try {
          return await send(params, request);
        } catch (error) {
          throw await this.#callFailure(error, (request as { signal?: AbortSignal }).signal);
        }
      };
    return { list, call: guard(call), callAsTask: guard(callAsTask) };
  }

  async #callFailure(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const isAnswer = error instanceof ProtocolError || error instanceof PagesNeededError;
    if (isAnswer || signal?.aborted) {
      return error;
    }
    if (this.#transport instanceof ServerProcess) {
      await this.#newsOfEnd(error);
      if (this.#transport.end !== undefined) {
        return this.#deathError(this.#transport);
      }
    }
    const reason = describeConnectFailure(error, this.#transport, this.name);
    const failure = new CodeModeError("ERR_MCP_SERVER", `MCP server "${this.name}": ${reason}`, {
      cause: error,
    });
    if (!isTimeout(error)) this.#noteLost(failure);
    return failure;
  }

  /** A pipe breaks before the news that the process behind it has ended. */
  async #newsOfEnd(error: unknown): Promise<void> {
    const isNews = isBrokenConnection(error) && !(error instanceof SdkError);
    if (this.#transport instanceof ServerProcess && isNews) {
      await Promise.race([this.#transport.closed, timeout(endNewsMs)]);
    }
  }

  #reasonOf(error: unknown): string {
    return describeConnectFailure(error, this.#transport, this.name).replace(
      `MCP server "${this.name}" `,
      "it ",
    );
  }

  #startError(reason: string, cause: unknown): CodeModeError {
    const text = `MCP server "${this.name}" did not start: ${reason}`;
    const lines = this.#transport instanceof ServerProcess ? this.#transport.lastLines : undefined;
    return new CodeModeError("ERR_MCP_SERVER", lines ? withLastLines(text, lines) : text, {
      cause,
    });
  }

  #deathError(process: ServerProcess): CodeModeError {
    const how = describeEnd(process.end);
    const text = `MCP server "${this.name}" has died: it ${how}`;
    return new CodeModeError("ERR_MCP_SERVER", withLastLines(text, process.lastLines));
  }

  #noteClose(): void {
    if (this.#phase === "open" && this.#transport instanceof ServerProcess) {
      const error = this.#deathError(this.#transport);
      this.#options.onEvent?.({ type: "died", server: this.name, error });
      this.#noteLost(error);
    }
  }

  #noteLost(error: CodeModeError): void {
    if (this.#phase !== "open" || this.#options.onLost === undefined) return;
    this.#phase = "lost";
    this.#options.onLost(error);
  }

  /** Ends the server at once. Tells how its process had ended by itself, if it had. */
  async #stop(): Promise<string | undefined> {
    if (!(this.#transport instanceof ServerProcess)) {
      await this.#client.close();
      return undefined;
    }
    const { end } = this.#transport;
    await this.#transport.stop();
    return end && `it ${describeEnd(end)}`;
  }

  async #shutDown(): Promise<void> {
    if (this.#transport instanceof StreamableHTTPClientTransport) {
      // A server that is gone has no session left to end.
      await settleWithin(this.#transport.terminateSession(), 1_000);
    }
    await this.#client.close();
    if (this.#transport instanceof ServerProcess) {
      await this.#transport.closed;
    }
  }
}

/** The server is slow to answer one request; the connection is as it was. */
function isTimeout(error: unknown): boolean {
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
}

/** The SDK's handshake does not end with its signal in every phase; this does. */
function settleOrAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

async function settleWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  await Promise.race([promise.catch(() => undefined), timeout(ms)]);
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
