import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity, Scope } from "../auth/identity.js";

export type JsonSchemaObject = Readonly<Record<string, unknown>>;

/** One kind of request, and what it is answered by. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Such as `/v1/sessions/{session}/cells`: each `{name}` is one part of a path. */
  readonly path: string;
  /** The scope that it needs; `"anyone"` needs no key. */
  readonly access: Scope | "anyone";
  /** A sentence for the OpenAPI document; without one it is not in it. */
  readonly summary?: string;
  /** Of its parameters in the query, each by its name. */
  readonly query?: Readonly<Record<string, JsonSchemaObject>>;
  readonly body?: JsonSchemaObject;
  /** Of what it answers with 200; a text is a type of content. */
  readonly answer?: JsonSchemaObject | string;
  /** Of what it answers with other statuses, where that is no error. */
  readonly otherAnswers?: Readonly<Record<number, JsonSchemaObject>>;
  /** It may also answer with server-sent events. */
  readonly streams?: boolean;
  readonly handle: (call: RouteCall) => void | Promise<void>;
}

/** A request that may be answered: it has its parameters, and its body is what it must be. */
export interface RouteCall {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Those of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks; of a route for anyone, somebody without scopes. */
  readonly identity: Identity;
  /** Aborted when who asks has gone. */
  readonly gone: AbortSignal;
  /** Answers with 200. */
  readonly json: (value: unknown) => void;
}
