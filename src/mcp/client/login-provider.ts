import { randomBytes } from "node:crypto";
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import type { LoginStore, StoredLogin } from "./login-store.js";

export interface LoginProviderOptions {
  readonly store: LoginStore;
  /** Where the browser comes back to. */
  readonly redirectUrl: string;
  /** The person has to say yes there; it throws where no person is asked. */
  readonly onRedirect: (url: URL) => void;
}

/** What the SDK's OAuth client asks for: it keeps tokens in a store, all else for one login. */
export class LoginProvider implements OAuthClientProvider {
  readonly redirectUrl: string;
  /** Comes back with the browser, so that no other page can bring a code. */
  readonly expectedState: string = randomBytes(24).toString("base64url");
  readonly #store: LoginStore;
  readonly #onRedirect: (url: URL) => void;
  #login: StoredLogin;
  #verifier = "";
  #discovery: OAuthDiscoveryState | undefined;

  /** @param login - What was kept of an earlier login; undefined for one that begins anew. */
  constructor({ store, redirectUrl, onRedirect }: LoginProviderOptions, login?: StoredLogin) {
    this.redirectUrl = redirectUrl;
    this.#store = store;
    this.#onRedirect = onRedirect;
    this.#login = login ?? { url: store.url, redirectUrl };
  }

  /** The server that the login is at. */
  get serverUrl(): string {
    return this.#store.url;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: "codecell",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  state(): string {
    return this.expectedState;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#login.client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#login = { ...this.#login, client };
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#login.tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#login = { ...this.#login, tokens };
    this.#store.write(this.#login);
  }

  redirectToAuthorization(url: URL): void {
    this.#onRedirect(url);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  /** The server takes them no more. What is stored stays until the next login takes its place. */
  invalidateCredentials(scope: "all" | "client" | "tokens" | "verifier" | "discovery"): void {
    const { client, tokens, ...rest } = this.#login;
    if (scope === "all" || scope === "client") this.#login = rest;
    else if (scope === "tokens") this.#login = { ...rest, client };
    if (scope === "all" || scope === "discovery") this.#discovery = undefined;
  }
}

/** Uses a login that there is; undefined where there is none. */
export function storedLoginProvider(store: LoginStore): LoginProvider | undefined {
  const login = store.read();
  if (login?.tokens === undefined) return undefined;
  const { redirectUrl } = login;
  const onRedirect = (): never => {
    throw new LoginEndedError();
  };
  return new LoginProvider({ store, redirectUrl, onRedirect }, login);
}

/** A stored login that can be renewed no more. */
export class LoginEndedError extends Error {
  override readonly name: string = "LoginEndedError";

  constructor() {
    super("the login is no longer valid");
  }
}
