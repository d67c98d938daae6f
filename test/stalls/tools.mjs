// The tools that cells of the door "cell" have: such as hostile schemas or inputs keep busy.
const execute = () => "called";

const properties = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`p${i}`, { type: "string", minLength: i % 7 }]),
  );
const formats = [
  "email",
  "uri",
  "date-time",
  "ipv6",
  "uri-template",
  "hostname",
  "json-pointer",
  "regex",
  "duration",
];
const text = (more) => ({ type: "object", properties: { a: { type: "string", ...more } } });

/** @returns {Record<string, import("../../dist/index.js").ToolDefinition>} */
export function makeTools() {
  const copies = Array.from({ length: 1_500 }, (_, n) => [
    `copy_folder_${n}`,
    {
      description: `Copies the contents of folder ${n} into another repository, branch ${n % 7}.`,
      execute,
    },
  ]);
  return {
    echo: { execute: (input) => input },
    fails: {
      execute(input) {
        throw new Error(input);
      },
    },
    strict: {
      inputSchema: {
        type: "object",
        properties: { b: { type: "string" } },
        additionalProperties: false,
      },
      execute,
    },
    union: {
      inputSchema: {
        type: "array",
        items: {
          anyOf: Array.from({ length: 300 }, (_, i) => ({ type: "object", required: [`k${i}`] })),
        },
      },
      execute,
    },
    texts: { inputSchema: { type: "array", items: { type: "string" } }, execute },
    server_texts: {
      inputSchema: { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } },
      onInvalidSchema() {},
      execute,
    },
    backtracks: { inputSchema: text({ pattern: "^(a+)+$" }), execute },
    blanks: { inputSchema: text({ pattern: "\\s+$" }), execute },
    server_backtracks: {
      inputSchema: text({ pattern: "^(a|a)*$" }),
      onInvalidSchema() {},
      execute,
    },
    names: { inputSchema: { type: "object", patternProperties: { "^(a+)+$": {} } }, execute },
    unique: { inputSchema: { type: "array", uniqueItems: true }, execute },
    formats: {
      inputSchema: {
        type: "object",
        properties: Object.fromEntries(
          formats.map((format) => [format, { type: "string", format }]),
        ),
      },
      execute,
    },
    ways: {
      inputSchema: {
        anyOf: [
          { type: "array", items: { $ref: "#" } },
          { type: "array", items: { $ref: "#" }, minItems: 2 },
          { type: "null" },
        ],
      },
      execute,
    },
    enumeration: {
      inputSchema: {
        type: "array",
        items: { enum: Array.from({ length: 2_000 }, (_, i) => ({ i })).concat(["none"]) },
      },
      execute,
    },
    broad: {
      inputSchema: { type: "object", properties: properties(1_000) },
      onInvalidSchema() {},
      execute,
    },
    wide: { inputSchema: { type: "object", properties: properties(5_000) }, execute },
    ...Object.fromEntries(copies),
  };
}
