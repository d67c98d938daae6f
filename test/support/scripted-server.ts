import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One request that a program has sent to a model's API. */
export interface ModelRequest {
  readonly path: string;
  /** Whatever its provider's wire format says. */
  readonly body: Record<string, unknown>;
}

/**
 * Answers the next request with a JSON body, or with a list of events where it is to be streamed; what
 * it throws fails the request with its message.
 */
export type ScriptedStep = (request: ModelRequest) => object | readonly StreamedEvent[];

/** An event of a stream. Its type is its name too; some APIs have events without either. */
export interface StreamedEvent {
  readonly type?: string;
  readonly [field: string]: unknown;
}

/** A model's API on loopback that answers one request after the other as a script says. */
export class ScriptedServer implements AsyncDisposable {
  /** Everything that was asked, in order. */
  readonly requests: ModelRequest[] = [];
  readonly #server: Server;

  private constructor(steps: readonly ScriptedStep[]) {
    this.#server = createServer(async (incoming, response) => {
      const body = JSON.parse(await text(incoming)) as ModelRequest["body"];
      const request: ModelRequest = { path: incoming.url ?? "", body };
      const step = steps[this.requests.length];
      this.requests.push(request);
      try {
        if (step === undefined) throw new Error("The script has no further step.");
        const answer = step(request);
        if (Array.isArray(answer)) {
          response.writeHead(200, { "content-type": "text/event-stream" });
          response.end((answer as readonly StreamedEvent[]).map(toEventText).join(""));
        } else {
          response.writeHead(200, { "content-type": "application/json" });
          response.end(JSON.stringify(answer));
        }
      } catch (thrown) {
        // A status that no client tries again.
        const error = { type: "invalid_request_error", message: String(thrown) };
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify({ type: "error", error }));
      }
    });
  }

  static async start(steps: readonly ScriptedStep[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(steps);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function toEventText(event: StreamedEvent): string {
  const name = event.type === undefined ? "" : `event: ${event.type}\n`;
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

/** One pixel, as a PNG. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The start of a sound, as a WAV file. */
export const sound = "data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEA";

/** What the scripted models run: yields after a first text; then come a tool's result and an image. */
export const twoPartProgram: string = `
text("begun");
yield_control();
text(await tools.weather({ city: "Oslo" }));
image("data:image/png;base64,${pixel}");
`;

/** The cell that a result says is running. */
export function runningCellOf(result: unknown): string {
  const [, id] = /Script running with cell ID (\d+)/.exec(JSON.stringify(result)) ?? [];
  if (id === undefined) throw new Error(`No cell runs: ${JSON.stringify(result)}`);
  return id;
}
