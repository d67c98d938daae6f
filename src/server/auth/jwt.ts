import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from "jose";
import { CodeModeError } from "../../base/errors.js";
import { ServiceError } from "../service-error.js";
import { isTenant, tenantRule } from "../session-name.js";
import { type Identity, isScope } from "./identity.js";

export interface JwtOptions {
  /** A file, or the URL, of the keys with which tokens are signed. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
  /** Default: `"tenant"`. */
  readonly tenantClaim?: string | undefined;
  /** A list of texts, or a text with spaces between. Default: `"scope"`. */
  readonly scopesClaim?: string | undefined;
}

/** Signatures that are made with a private key: a public key that is taken for a secret signs nothing. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Seconds by which clocks may differ. */
const clockTolerance = 30;

/** Milliseconds until a server with keys must have answered. */
const timeoutDuration = 5000;

/** JSON Web Tokens of one issuer. */
export class Tokens {
  readonly #options: JwtOptions;
  readonly #keyOf: JWTVerifyGetKey;

  private constructor(options: JwtOptions, keyOf: JWTVerifyGetKey) {
    this.#options = options;
    this.#keyOf = keyOf;
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION if the keys of a file cannot be read. */
  static async open(options: JwtOptions): Promise<Tokens> {
    if (/^https?:\/\//.test(options.jwks)) {
      return new Tokens(options, createRemoteJWKSet(new URL(options.jwks), { timeoutDuration }));
    }
    const text = await readFile(options.jwks, "utf8").catch((cause) => {
      throw wrongFile(options, "cannot be read from the folder in which this was started", cause);
    });
    try {
      return new Tokens(options, createLocalJWKSet(JSON.parse(text) as JSONWebKeySet));
    } catch (cause) {
      throw wrongFile(options, 'is no JSON Web Key Set, {"keys": […]}', cause);
    }
  }

  /** @throws {ServiceError} ERR_UNAUTHORIZED, saying why. */
  async read(token: string): Promise<Identity> {
    const { issuer, audience, tenantClaim = "tenant", scopesClaim = "scope" } = this.#options;
    const payload = await this.#verify(token, { issuer, audience });
    const tenant = payload[tenantClaim];
    if (!isTenant(tenant)) {
      throw refused(`its claim ${JSON.stringify(tenantClaim)} must be a tenant: ${tenantRule}`);
    }
    const claimed = payload[scopesClaim];
    const words = Array.isArray(claimed) ? claimed : String(claimed ?? "").split(" ");
    return { tenant, scopes: new Set(words.filter(isScope)), subject: payload.sub ?? "token" };
  }

  async #verify(
    token: string,
    expected: { readonly issuer: string; readonly audience: string },
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#keyOf, {
        ...expected,
        algorithms,
        clockTolerance,
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof joseErrors.JWTExpired) throw refused("it has expired");
      if (error instanceof joseErrors.JWTClaimValidationFailed) {
        throw refused(`its claim ${JSON.stringify(error.claim)} is not what it must be`);
      }
      if (isOfKeyServer(error)) {
        throw new ServiceError("ERR_UNAVAILABLE", "The keys of tokens cannot be read now.", {
          cause: error,
          retryAfterMs: 1000,
        });
      }
      throw refused("it is not signed by a key that this server knows");
    }
  }
}

function wrongFile({ jwks }: JwtOptions, what: string, cause: unknown): CodeModeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `The file ${jwks} of jwt.jwks ${what}: ${why}`;
  return new CodeModeError("ERR_INVALID_OPTION", message, { cause });
}

/** The keys could not be fetched: nothing is known about the token. */
function isOfKeyServer(error: unknown): boolean {
  if (!(error instanceof joseErrors.JOSEError)) return true;
  return error instanceof joseErrors.JWKSTimeout || error.code === "ERR_JOSE_GENERIC";
}

function refused(why: string): ServiceError {
  return new ServiceError("ERR_UNAUTHORIZED", `The token is refused: ${why}.`);
}
