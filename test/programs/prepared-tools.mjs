// The tools that the programs of the corpus call: some of the host's, and those of an MCP server, whose
// results come as those of any server do.

const issues = [
  { number: 1, title: "Crash on start", state: "open" },
  { number: 2, title: "Slow search", state: "open" },
  { number: 3, title: "Typo", state: "closed" },
];

const users = [
  { name: "ada", email: "ada@example.com" },
  { name: "grace", email: "grace@example.com" },
];

const numbers = {
  type: "object",
  properties: { a: { type: "number" }, b: { type: "number" } },
  required: ["a", "b"],
};

/** @type {Readonly<Record<string, import("../../dist/index.js").ToolDefinition>>} */
const hostTools = {
  add: { description: "Adds two numbers.", inputSchema: numbers, execute: ({ a, b }) => a + b },
  find_user: {
    description: "A person by name, or null.",
    execute: ({ name }) => users.find((user) => user.name === name) ?? null,
  },
  later: {
    description: "Gives back a value, in a later turn.",
    execute: ({ value }) => new Promise((resolve) => setImmediate(resolve, value)),
  },
  never: { description: "Answers only when it is aborted.", execute: untilAborted },
  fail: {
    description: "Fails.",
    execute: () => {
      throw new Error("the disk is full");
    },
  },
  notes_append: { description: "Writes a line into the notes.", execute: () => "1 line" },
  screenshot: {
    description: "A picture of the screen.",
    execute: () => ({ content: [{ type: "image", data: "AAAA", mimeType: "image/png" }] }),
  },
};

/** The results of the MCP server's tools, by name. */
const serverTools = {
  /** @param {{ state?: string }} input */
  list_issues: ({ state }) =>
    ofJson(issues.filter((issue) => state === undefined || issue.state === state)),
  /** @param {{ number: number }} input */
  get_issue: ({ number }) => {
    const issue = issues.find((one) => one.number === number);
    return { ...ofJson(issue), structuredContent: issue };
  },
  /** @param {{ path: string }} input */
  read_file: ({ path }) => ({ content: [{ type: "text", text: `# Readme of ${path}` }] }),
  broken_search: () => ({ content: [{ type: "text", text: "rate limit" }], isError: true }),
};

/** @param {unknown} value */
function ofJson(value) {
  return { content: [{ type: "text", text: JSON.stringify(value) }] };
}

/**
 * @param {unknown} _input
 * @param {{ readonly signal: AbortSignal }} context
 */
function untilAborted(_input, { signal }) {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("late"), { once: true });
  });
}

/** @type {import("../../dist/mcp.js").McpClient} */
const client = {
  listTools: async () => ({
    tools: Object.keys(serverTools).map((name) => ({
      name,
      description: `${name.replace("_", " ")} of the project`,
      inputSchema: { type: "object" },
    })),
  }),
  callTool: async ({ name, arguments: input }) => serverTools[name](input),
};

/**
 * All tools of the corpus.
 *
 * @param {Pick<typeof import("../../dist/mcp.js"), "mcpTools">} mcp
 */
export async function preparedTools({ mcpTools }) {
  return [hostTools, await mcpTools(client, { server: "github" })];
}
