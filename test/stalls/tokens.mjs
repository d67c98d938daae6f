// JSON Web Tokens of an issuer that a server trusts, whatever they say.
import { generateKeyPairSync, sign } from "node:crypto";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The keys as a server reads them. */
export const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "ES256" }] };

/**
 * One that is signed.
 * @param {object} claims - Besides those that it must have.
 * @param {object} [header]
 */
export function tokenOf(claims, header = {}) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const payload = { iss: "i", aud: "a", exp, tenant: "t", scope: "run", ...claims };
  const signed = [{ alg: "ES256", kid: "k", ...header }, payload].map(encoded).join(".");
  const key = { key: privateKey, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

/** @param {object} value */
function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
