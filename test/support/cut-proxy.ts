import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll } from "vitest";

/**
 * `question`: the next bytes to the server are lost with their connection; `answer`: the server gets them, and what
 * it answers is lost.
 */
export type Cut = "question" | "answer";

/** Stands between a program and a server on a socket, and cuts connections. */
export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: Cut | undefined;
  #passing = 0;
  /** Connections that were cut. */
  cuts = 0;

  constructor(path: string) {
    this.#server = createServer((client) => this.#join(client, connect(path)));
    this.#server.listen(0, "127.0.0.1");
    afterAll(() => this.close());
  }

  async port(): Promise<number> {
    if (!this.#server.listening) {
      await new Promise((resolve) => this.#server.once("listening", resolve));
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** @param passing - Messages to the server before that one. */
  cutNext(cut: Cut, passing = 0): void {
    this.#cut = cut;
    this.#passing = passing;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, server: Socket): void {
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    let isCut = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", end).on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on("data", (bytes) => {
      if (this.#cut !== undefined && this.#passing > 0) this.#passing -= 1;
      else if (this.#cut !== undefined) {
        this.cuts += 1;
        isCut = true;
        const cut = this.#cut;
        this.#cut = undefined;
        if (cut === "question") return end();
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => (isCut ? end() : client.write(bytes)));
  }
}
