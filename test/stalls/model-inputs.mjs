// What a model sends to the tools exec and wait.

const freeform = (name, input) => ({ name, to: /** @type {const} */ ("freeform"), input });

/** @type {readonly import("./inputs.mjs").ModelInput[]} */
export const modelInputs = [
  freeform(
    "classes of Unicode in a regular expression",
    () => `let a: RegExp = /${"\\p{L}".repeat(2_500)}/u;`,
  ),
  freeform(
    "regular expressions with such classes",
    () => `let a = [${"/\\p{L}/iu,".repeat(20_000)}];`,
  ),
  freeform("classes in a regular expression with v", () => `let a = /${"[a-z]".repeat(3_000)}/iv;`),
  freeform(
    "functions inside each other and names",
    () =>
      `${"function f(){".repeat(300)}${Array.from({ length: 20_000 }, (_, i) => `x${i}`).join(";")}${"}".repeat(300)}`,
  ),
  freeform("labels", () => Array.from({ length: 20_000 }, (_, i) => `a${i}:`).join("")),
  freeform("calls with type arguments", () => `x${"<a<b".repeat(60_000)}`),
  freeform(
    "type arguments inside each other",
    () => `let a: A${"<A".repeat(10_000)}${">".repeat(10_000)} = 1;`,
  ),
  freeform("open brackets", () => "(".repeat(250_000)),
  freeform("a source of line ends", () => "\n".repeat(4_000_000)),
  freeform("a long source", () => `text(1);${" ".repeat(60_000_000)}`),
  freeform("a long source of line ends", () => `${"\n".repeat(60_000_000)}text(1)`),
  freeform("blanks", () => " ".repeat(60_000_000)),
  freeform("a fence that is never closed", () => `\`\`\`js\n${"text(1)\n".repeat(2_000_000)}`),
  freeform("fences", () => "```\n".repeat(5_000_000)),
  freeform("a long pragma", () => `// @exec: {"a":[${"[],".repeat(5_000_000)}[]]}\ntext(1)`),
  freeform("a source that begins as JSON", () => `{"code": [${"[],".repeat(5_000_000)}[]]}`),
  freeform("a TypeScript error on the last line", () => `${"\n".repeat(200_000)}let a: = 1;`),
  {
    name: "arguments as text, of many values",
    to: "function",
    input: () => `{"code":"1","a":[${"[],".repeat(5_000_000)}[]]}`,
  },
  { name: "arguments that are no object", to: "function", input: () => new Array(60_000).fill([]) },
  {
    name: "a code that is no text",
    to: "function",
    input: () => ({ code: new Array(60_000).fill([]) }),
  },
  { name: "arguments as a long text", to: "function", input: () => "x".repeat(60_000_000) },
  { name: "a wait for a long id", to: "wait", input: () => ({ cell_id: "1".repeat(20_000_000) }) },
  {
    name: "a wait with many keys",
    to: "wait",
    input: () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
  },
];
