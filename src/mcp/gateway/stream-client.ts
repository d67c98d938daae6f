import type { Readable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { McpClientCapabilities } from "../client/servers.js";
import type { Gateway } from "./gateway.js";
import type { GatewayServer } from "./gateway-server.js";
import { cancelledIn, clientCapabilitiesIn, subscriptionIn } from "./message-facts.js";
import { ObservedTransport } from "./observed-transport.js";
import { idTakenError, OpenRequests } from "./open-requests.js";
import type { Subscriber } from "./subscriptions.js";
import { type FirstResults, type ToldClient, ToldTransport } from "./told-transport.js";

/** The one client of standard input and output, as far as it is known. */
export class StreamClient {
  /** Resolves with what the client can be asked for, when its first message has come. */
  readonly capabilities: Promise<McpClientCapabilities>;
  /** Resolves when the client has been sent its first answer, or has called a tool. */
  readonly answered: Promise<void>;
  /** What the client sends. */
  readonly input: Readable;
  readonly #transport: ToldTransport;
  #know: (capabilities: McpClientCapabilities) => void = () => {};
  #noteAnswer: () => void = () => {};

  /** @param begun - What is left of the client's input where it has been told something already. */
  constructor(begun?: { readonly input: Readable; readonly told: ToldClient | undefined }) {
    this.input = begun?.input ?? process.stdin;
    this.#transport = new ToldTransport(new StdioServerTransport(this.input), begun?.told);
    this.capabilities = new Promise((resolve) => {
      this.#know = resolve;
    });
    this.answered = new Promise((resolve) => {
      this.#noteAnswer = resolve;
    });
  }

  /** As `ToldTransport.firstResults`. */
  firstResults(): Promise<FirstResults | undefined> {
    return this.#transport.firstResults();
  }

  /**
   * Serves the client with a session of its own.
   *
   * @returns Ends both.
   */
  serve(gateway: Gateway): AsyncDisposable {
    const session = gateway.openSession("lasting");
    const subscribers = new Map<unknown, Subscriber>();
    const requests = new OpenRequests();
    let server: GatewayServer | undefined;
    const look = (message: JSONRPCMessage): void => {
      const capabilities = clientCapabilitiesIn(message);
      if (capabilities !== undefined) this.#know(capabilities);
      // Its answer waits for the servers, so these must not wait for that.
      if ("method" in message && message.method === "tools/call") this.#noteAnswer();
      const subscription = subscriptionIn(message);
      if (subscription !== undefined) {
        const subscriber = {
          resourceUpdated: (uri: string) =>
            void server?.sendResourceUpdated({ uri }).catch(() => undefined),
        };
        subscribers.set(subscription.id, subscriber);
        for (const uri of subscription.uris) subscribe(gateway, uri, subscriber);
      }
      const ended = subscribers.get(cancelledIn(message));
      if (ended !== undefined) void gateway.subscriptions.leave(ended);
    };
    const transport: Transport = new ObservedTransport(this.#transport, {
      received: (message) => {
        const begun = requests.begin(message);
        if ("taken" in begun) {
          return { jsonrpc: "2.0", id: begun.taken, error: idTakenError(begun.taken) };
        }
        // A request that is taken back gets no answer.
        requests.end(cancelledIn(message));
        look(message);
        return undefined;
      },
      sent: (message) => {
        if ("method" in message) return;
        requests.end(message.id);
        this.#noteAnswer();
      },
    });
    const connection = serveStdio(
      async ({ era }) => {
        // It is asked for once more where the first one was for a client's probe alone.
        server = await gateway.createServer(session, "connection");
        if (era === "modern") gateway.clientTakesNoRequests();
        return server;
      },
      { transport },
    );
    return {
      [Symbol.asyncDispose]: async () => {
        await gateway.closeSession(session);
        await connection.close();
      },
    };
  }
}

/** A server that cannot be subscribed to leaves the client without news. */
export function subscribe(
  gateway: Pick<Gateway, "ready" | "subscriptions">,
  uri: string,
  subscriber: Subscriber,
): void {
  gateway.ready.then(() => gateway.subscriptions.subscribe(uri, subscriber)).catch(() => undefined);
}
