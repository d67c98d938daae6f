import type { ResourceDirectory, ResourceRoute } from "../client/resource-directory.js";

/** A client that wants to know when a resource is another. */
export interface Subscriber {
  resourceUpdated(uri: string): void;
}

interface Subscribed {
  readonly route: ResourceRoute;
  /** The URI by which clients have subscribed. */
  readonly uri: string;
  readonly subscribers: Set<Subscriber>;
}

/** Which clients want to know of which resources. A server is told of the first and of the last. */
export class Subscriptions {
  readonly #resources: ResourceDirectory;
  readonly #byUri = new Map<string, Subscribed>();
  /** Clients that have gone, perhaps while a server was being asked for them. */
  readonly #gone = new WeakSet<Subscriber>();

  constructor(resources: ResourceDirectory) {
    this.#resources = resources;
  }

  /** @throws {Error} The server's. */
  async subscribe(uri: string, subscriber: Subscriber): Promise<void> {
    if (this.#gone.has(subscriber)) return;
    const known = this.#byUri.get(uri);
    if (known !== undefined) {
      known.subscribers.add(subscriber);
      return;
    }
    const routes = await this.#resources.routes(uri);
    let problem: unknown = new Error(`There is no resource ${JSON.stringify(uri)}.`);
    for (const route of routes) {
      try {
        await route.server.request("resources/subscribe", { uri: route.uri });
      } catch (error) {
        problem = error;
        continue;
      }
      this.#add(uri, route, subscriber);
      if (this.#gone.has(subscriber)) await this.unsubscribe(uri, subscriber);
      return;
    }
    throw problem;
  }

  async unsubscribe(uri: string, subscriber: Subscriber): Promise<void> {
    const known = this.#byUri.get(uri);
    if (known === undefined) return;
    known.subscribers.delete(subscriber);
    if (known.subscribers.size > 0) return;
    this.#byUri.delete(uri);
    await known.route.server.request("resources/unsubscribe", { uri: known.route.uri });
  }

  /** The client has gone. */
  async leave(subscriber: Subscriber): Promise<void> {
    this.#gone.add(subscriber);
    await Promise.allSettled(
      [...this.#byUri.keys()].map((uri) => this.unsubscribe(uri, subscriber)),
    );
  }

  /** A server says that a resource is another, or a part of one. */
  tell(server: string, uri: string): void {
    for (const { route, uri: known, subscribers } of this.#byUri.values()) {
      if (route.server.name !== server || !uri.startsWith(route.uri)) continue;
      const updated = known + uri.slice(route.uri.length);
      for (const subscriber of subscribers) subscriber.resourceUpdated(updated);
    }
  }

  /** A server that has been started again knows of no subscription. */
  async renew(server: string): Promise<void> {
    const ofServer = [...this.#byUri.values()].filter(({ route }) => route.server.name === server);
    await Promise.allSettled(
      ofServer.map(({ route }) => route.server.request("resources/subscribe", { uri: route.uri })),
    );
  }

  #add(uri: string, route: ResourceRoute, subscriber: Subscriber): void {
    const known = this.#byUri.get(uri);
    if (known !== undefined) known.subscribers.add(subscriber);
    else this.#byUri.set(uri, { route, uri, subscribers: new Set([subscriber]) });
  }
}
