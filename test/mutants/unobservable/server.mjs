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
    file: "server/cluster/hop-server.ts",
    line: 'return (incoming.url ?? "").startsWith("/internal/");',
    change: 'incoming.url ?? "" → incoming.url',
    why: "Requests that a server gets have one.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: 'incoming.on("error", () => {});',
    change: 'without incoming.on("error", () => {});',
    why: "Node tells errors of a request only to those who listen, and who reads it is told.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: 'response.on("error", () => {});',
    change: 'without response.on("error", () => {});',
    why: "Nothing is written to an answer that is over, so it has no errors.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: "return;",
    change: "without return;",
    why: "The answer has its head already, and Node refuses another before a cell is asked for it.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: "incoming.resume();",
    change: "without incoming.resume();",
    why: "Once the answer is sent, Node reads on by itself.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: "response.destroy();",
    change: "without response.destroy();",
    why: "Who asks is gone when reading the request fails, and so is the answer.",
  },
  ...["false", "response.destroyed", "response.writableEnded"].map((kept) => ({
    file: "server/cluster/hop-server.ts",
    line: "if (response.destroyed || response.writableEnded) return;",
    change: `response.destroyed || response.writableEnded → ${kept}`,
    why: "What is written to an answer that is over is lost, and nobody hears its error.",
  })),
  {
    file: "server/cluster/hop-server.ts",
    line: "if (response.writableLength > maxWaitingBytes) response.destroy();",
    change:
      "response.writableLength > maxWaitingBytes → response.writableLength >= maxWaitingBytes",
    why: "How many bytes wait depends on what the system takes.",
  },
  {
    file: "server/cluster/hop-server.ts",
    line: 'if (typeof value !== "object" || value === null) return false;',
    change: 'typeof value !== "object" || value === null → value === null',
    why: "A text, a number or a truth value has no tenant.",
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
