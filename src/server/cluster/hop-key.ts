import { hkdfSync, timingSafeEqual } from "node:crypto";

/** What the servers of one secret show each other. The secret itself goes nowhere. */
export class HopKey {
  readonly #key: string;

  constructor(secret: string) {
    const bytes = hkdfSync("sha256", secret, "", "codecell: one server asks another", 32);
    this.#key = Buffer.from(bytes).toString("base64url");
  }

  /** The value of the header `authorization`. */
  get header(): string {
    return `Bearer ${this.#key}`;
  }

  /** Whether a header is that of a server with the same secret; takes as long for each that is as long. */
  isIn(header: string | undefined): boolean {
    const given = Buffer.from(header ?? "");
    const own = Buffer.from(this.header);
    return given.byteLength === own.byteLength && timingSafeEqual(given, own);
  }
}
