/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofServer = [
  {
    file: "server/auth/authenticator.ts",
    line: 'const [, token] = /^Bearer +(\\S+) *$/i.exec(authorization ?? "") ?? [];',
    change: 'authorization ?? "" → authorization',
    why: "No header is then read as the word undefined, which is none either.",
  },
  {
    file: "server/auth/jwt.ts",
    line: "const why = cause instanceof Error ? cause.message : String(cause);",
    change: "cause instanceof Error → true",
    why: "Who reads a file, JSON or keys throws errors only.",
  },
  {
    file: "server/auth/jwt.ts",
    line: 'const words = Array.isArray(claimed) ? claimed : String(claimed ?? "").split(" ");',
    change: 'claimed ?? "" → claimed',
    why: "The word undefined is no scope.",
  },
  {
    file: "server/http/check-values.ts",
    line: "const validate = compiled.get(schema) ?? compile(schema);",
    change: "compiled.get(schema) ?? compile(schema) → compile(schema)",
    why: "The same is compiled again.",
  },
  {
    file: "server/http/check-values.ts",
    line: "compiled.set(schema, validate);",
    change: "without compiled.set(schema, validate);",
    why: "The same is compiled again.",
  },
  {
    file: "server/http/check-values.ts",
    line: "const [first] = validate.errors ?? [];",
    change: "validate.errors ?? [] → validate.errors",
    why: "What is refused has an error.",
  },
  {
    file: "server/http/check-values.ts",
    line: `\`\${what} \${first === undefined ? "is wrong" : faultOf(first)}.\`,`,
    change: "first === undefined → false",
    why: "What is refused has an error.",
  },
  {
    file: "server/http/json-body.ts",
    line: 'const length = Number(incoming.headers["content-length"] ?? 0);',
    change: 'incoming.headers["content-length"] ?? 0 → incoming.headers["content-length"]',
    why: "Without a length it is no number, which is not more than the most either.",
  },
  {
    file: "server/http/json-body.ts",
    line: "const why = error instanceof Error ? error.message : String(error);",
    change: "error instanceof Error → true",
    why: "Who parses JSON throws errors only.",
  },
  {
    file: "server/tenants/tenants.ts",
    line: "if (Object.hasOwn(this.#settings, tenant)) return this.#settings[tenant] ?? {};",
    change: "this.#settings[tenant] ?? {} → this.#settings[tenant]",
    why: "Settings that a config has are an object.",
  },
];
