import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
}

/** An MCP server over HTTP that asks for OAuth, and its authorization server, both on loopback. */
export class OAuthMcpServer implements AsyncDisposable {
  /** What happened at the token endpoint, in order. */
  readonly grants: string[] = [];
  refusesLogin = false;
  readonly #server: Server;
  readonly #codes = new Map<string, Grant>();
  readonly #clients = new Map<string, readonly string[]>();
  readonly #access = new Set<string>();
  readonly #refresh = new Set<string>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<OAuthMcpServer> {
    const server = new OAuthMcpServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  /** Access tokens that were given are taken no more; those that renew them are. */
  expire(): void {
    this.#access.clear();
  }

  /** Nothing that was given is taken any more. */
  revoke(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.origin);
    const body = await text(request);
    switch (pathname) {
      case "/mcp":
        return this.#mcp(request, body, response);
      case "/.well-known/oauth-protected-resource/mcp":
        return json(response, 200, { resource: this.url, authorization_servers: [this.origin] });
      case "/.well-known/oauth-authorization-server":
        return json(response, 200, {
          issuer: this.origin,
          authorization_endpoint: `${this.origin}/authorize`,
          token_endpoint: `${this.origin}/token`,
          registration_endpoint: `${this.origin}/register`,
          response_types_supported: ["code"],
          grant_types_supported: ["authorization_code", "refresh_token"],
          code_challenge_methods_supported: ["S256"],
          token_endpoint_auth_methods_supported: ["none"],
        });
      case "/register":
        return this.#register(JSON.parse(body), response);
      case "/authorize":
        return this.#authorize(searchParams, response);
      case "/token":
        return this.#token(new URLSearchParams(body), response);
      default:
        return json(response, 404, {});
    }
  }

  #register(metadata: { readonly redirect_uris: readonly string[] }, response: ServerResponse) {
    const client_id = randomUUID();
    this.#clients.set(client_id, metadata.redirect_uris);
    json(response, 201, { ...metadata, client_id });
  }

  #authorize(query: URLSearchParams, response: ServerResponse) {
    const redirectUri = query.get("redirect_uri") ?? "";
    const known = this.#clients.get(query.get("client_id") ?? "")?.includes(redirectUri);
    const challenge = query.get("code_challenge") ?? "";
    if (!known || query.get("code_challenge_method") !== "S256" || challenge === "") {
      return json(response, 400, { error: "invalid_request" });
    }
    const back = new URL(redirectUri);
    back.searchParams.set("state", query.get("state") ?? "");
    if (this.refusesLogin) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The person said no.");
    } else {
      const code = randomUUID();
      this.#codes.set(code, { challenge, redirectUri });
      back.searchParams.set("code", code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  #token(form: URLSearchParams, response: ServerResponse) {
    const kind = form.get("grant_type") ?? "";
    this.grants.push(kind);
    if (!this.#isGood(kind, form)) return json(response, 400, { error: "invalid_grant" });
    const [access_token, refresh_token] = [randomUUID(), randomUUID()];
    this.#access.add(access_token);
    this.#refresh.add(refresh_token);
    json(response, 200, { access_token, refresh_token, token_type: "Bearer", expires_in: 3600 });
  }

  #isGood(kind: string, form: URLSearchParams): boolean {
    if (kind === "refresh_token") return this.#refresh.delete(form.get("refresh_token") ?? "");
    const grant = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const hash = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    return grant?.challenge === hash && grant.redirectUri === form.get("redirect_uri");
  }

  #mcp(request: IncomingMessage, body: string, response: ServerResponse) {
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!this.#access.has(token)) {
      const metadata = `${this.origin}/.well-known/oauth-protected-resource/mcp`;
      response.setHeader("www-authenticate", `Bearer resource_metadata="${metadata}"`);
      return json(response, 401, { error: "invalid_token" });
    }
    if (request.method !== "POST") return json(response, 405, {});
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return response.writeHead(202).end();
    json(response, 200, { jsonrpc: "2.0", id, result: resultOf(method, params) });
  }
}

function resultOf(method: string, params: Readonly<Record<string, unknown>>): unknown {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params["protocolVersion"],
        capabilities: { tools: {} },
        serverInfo: { name: "hosted", version: "1.0.0" },
      };
    case "tools/list":
      return { tools: [{ name: "hello", inputSchema: { type: "object" } }] };
    case "tools/call":
      return { content: [{ type: "text", text: "hello to you" }] };
    default:
      return {};
  }
}

function json(response: ServerResponse, status: number, value: unknown) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
