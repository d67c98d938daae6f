type RequestId = string | number;

/** JSON-RPC's code for a request that is none. */
const invalidRequestCode = -32_600;

/** The error that answers a request with the id of another that has no answer yet. */
export function idTakenError(id: RequestId): { readonly code: number; readonly message: string } {
  return {
    code: invalidRequestCode,
    message: `The id ${JSON.stringify(id)} is that of a request that has no answer yet; each request needs an id of its own.`,
  };
}

/** The requests of one client that have no answer yet, by the ids that the client gave them. */
export class OpenRequests {
  readonly #ids = new Set<RequestId>();

  get ids(): readonly RequestId[] {
    return [...this.#ids];
  }

  /**
   * Takes in the requests of a body, unless one has the id of another that has no answer yet: their
   * answers could not be told apart.
   *
   * @returns `taken`: the id that is in use; else `done`, to be called when the answers have been sent.
   */
  begin(body: unknown): { readonly taken: RequestId } | { readonly done: () => void } {
    const own: RequestId[] = [];
    const done = (): void => {
      for (const id of own) this.#ids.delete(id);
    };
    for (const message of [body].flat()) {
      const id = requestIdOf(message);
      if (id === undefined) continue;
      if (this.#ids.has(id)) {
        done();
        return { taken: id };
      }
      this.#ids.add(id);
      own.push(id);
    }
    return { done };
  }

  /** The request has its answer, or its client wants none any more. Other ids do nothing. */
  end(id: unknown): void {
    this.#ids.delete(id as RequestId);
  }
}

/** Undefined where the message is no request: a notification has no id, an answer no method. */
function requestIdOf(message: unknown): RequestId | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { id, method } = message as { readonly id?: unknown; readonly method?: unknown };
  const isId = typeof id === "string" || typeof id === "number";
  return isId && typeof method === "string" ? id : undefined;
}
