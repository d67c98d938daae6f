// Which package stands for which version of a framework in a run of its tests: what the tests, and the
// adapters, import by its own name is the package of that name in node_modules of this folder.

/**
 * @typedef {object} Version
 * @property {string} name - What the run is called.
 * @property {string} tests - The folder of its tests.
 * @property {Readonly<Record<string, string>>} packages - By the name that is imported; the name of the
 *   package that is installed for it.
 * @property {string} [folder] - The folder in which its packages are installed, where that is not this one.
 * @property {boolean} [isLarge] - Left out by `--small`: its packages have hundreds of megabytes, or its tests wait
 *   for times that only the library can choose.
 * @property {Readonly<Record<string, string>>} [env] - Tells the tests what the version cannot do.
 * @property {boolean} [isNewNode] - Whether the packages need Node 22 or later.
 */

/** From node_modules of this folder, where packages are that the whole repository has. */
const ofRepository = "../../../node_modules";

/** @type {readonly Version[]} */
export const versions = [
  { ...aiSdk("ai 5, oldest", "ai5-oldest"), env: { WITHOUT_CONTEXT: "1" } },
  aiSdk("ai 5, newest", "ai5"),
  aiSdk("ai 6, oldest", "ai6-oldest"),
  aiSdk("ai 6, newest", "ai6"),
  aiSdk("ai 7, oldest", "ai7-oldest"),
  {
    name: "ai 7, newest",
    tests: "ai",
    packages: { ai: "ai", "@ai-sdk/openai": "@ai-sdk/openai" },
  },
  {
    name: "@google/genai, oldest",
    tests: "google",
    packages: { "@google/genai": "google-genai-oldest" },
  },
  {
    name: "@google/genai, newest",
    tests: "google",
    packages: { "@google/genai": "@google/genai" },
    isNewNode: true,
  },
  {
    name: "LangChain, oldest",
    tests: "langchain",
    packages: sameNames("@langchain/core", "@langchain/langgraph", "@langchain/openai"),
    folder: "langchain-oldest",
  },
  {
    name: "OpenAI, oldest",
    tests: "openai",
    packages: sameNames("openai", "@openai/agents", "zod"),
    folder: "sdks-oldest",
  },
  {
    name: "OpenAI, newest",
    tests: "openai",
    packages: {
      openai: `${ofRepository}/openai`,
      "@openai/agents": `${ofRepository}/@openai/agents`,
    },
  },
  {
    name: "Anthropic, oldest",
    tests: "anthropic",
    packages: sameNames("@anthropic-ai/sdk"),
    folder: "sdks-oldest",
  },
  {
    name: "Anthropic, newest",
    tests: "anthropic",
    packages: { "@anthropic-ai/sdk": `${ofRepository}/@anthropic-ai/sdk` },
  },
  { name: "Claude Agent SDK", tests: "claude-agent", packages: {} },
  {
    name: "Claude Code",
    tests: "claude-code",
    packages: {},
    folder: "claude-code",
    isLarge: true,
  },
  { name: "OpenCode", tests: "opencode", packages: {}, folder: "opencode", isLarge: true },
  { name: "code modes", tests: "code-modes", packages: {}, folder: "code-modes" },
  {
    name: "recipes",
    tests: "recipes",
    packages: {},
    folder: "recipes",
    isLarge: true,
    isNewNode: true,
  },
  {
    name: "pg-boss",
    tests: "pg-boss",
    packages: {},
    folder: "pg-boss",
    isLarge: true,
    isNewNode: true,
  },
  { name: "jobs", tests: "jobs", packages: {}, folder: "jobs", isLarge: true },
  { name: "LangChain, newest", tests: "langchain", packages: {}, isNewNode: true },
];

/**
 * @param {string} name
 * @param {string} installed
 * @returns {Version}
 */
function aiSdk(name, installed) {
  return {
    name,
    tests: "ai",
    packages: { ai: installed, "@ai-sdk/openai": `${installed}-openai` },
  };
}

/** @param {...string} names */
function sameNames(...names) {
  return Object.fromEntries(names.map((name) => [name, name]));
}
