import { ServiceError } from "../service-error.js";
import type { Identity } from "./identity.js";
import { scopes } from "./identity.js";
import type { JwtOptions } from "./jwt.js";
import { type KeyEntry, Keys } from "./keys.js";

interface TokenReader {
  read(token: string): Promise<Identity>;
}

export interface AuthOptions {
  readonly keys: readonly KeyEntry[];
  readonly jwt: JwtOptions | undefined;
}

/** Who asks where nobody needs a key: all that is on a machine of one's own. */
export const localIdentity: Identity = {
  tenant: "default",
  scopes: new Set(scopes),
  subject: "local",
};

/** Characters: a longer one is none of ours, and is not looked at. */
const maxTokenLength = 8192;

/** Says who asks, by the header Authorization. */
export class Authenticator {
  readonly #keys: Keys;
  readonly #tokens: TokenReader | undefined;
  /** Whether nobody needs a key. */
  readonly isOpen: boolean;

  private constructor(keys: readonly KeyEntry[], tokens: TokenReader | undefined) {
    this.#keys = new Keys(keys);
    this.#tokens = tokens;
    this.isOpen = keys.length === 0 && tokens === undefined;
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION. */
  static async open({ keys, jwt }: AuthOptions): Promise<Authenticator> {
    if (jwt === undefined) return new Authenticator(keys, undefined);
    const { Tokens } = await import("./jwt.js");
    return new Authenticator(keys, await Tokens.open(jwt));
  }

  /** @throws {ServiceError} ERR_UNAUTHORIZED; ERR_UNAVAILABLE. */
  async identify(authorization: string | undefined): Promise<Identity> {
    if (this.isOpen) return localIdentity;
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    if (token === undefined) {
      throw unauthorized("This server expects the header Authorization: Bearer KEY.");
    }
    if (token.length > maxTokenLength) throw unauthorized("The key is too long for one.");
    const identity = this.#keys.find(token);
    if (identity !== undefined) return identity;
    const isToken = token.split(".").length === 3;
    if (isToken && this.#tokens !== undefined) return this.#tokens.read(token);
    throw unauthorized("This server does not know the key of the header Authorization.");
  }
}

function unauthorized(message: string): ServiceError {
  return new ServiceError("ERR_UNAUTHORIZED", message);
}
