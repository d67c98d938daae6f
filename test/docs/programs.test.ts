import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/mcp.js";
import { compilePrograms } from "../support/tsc.js";

/** What the pages' shorter programs say nothing of. */
const surroundings: Readonly<Record<string, string>> = {
  createCodeMode: 'import { createCodeMode } from "codecell";',
  session: 'declare const session: import("codecell").Session;',
  call: "declare const call: { readonly name: string; readonly arguments: string };",
  signal: "declare const signal: AbortSignal;",
  source: "declare const source: string;",
  aiToolSource: 'import { aiToolSource } from "codecell/ai";',
  toolSet: 'declare const toolSet: import("ai").ToolSet;',
  askUser: "declare const askUser: (...what: unknown[]) => Promise<boolean>;",
  mailSchema: "declare const mailSchema: Readonly<Record<string, unknown>>;",
  mailer: "declare const mailer: { send(mail: unknown): Promise<void> };",
  tools: 'declare const tools: import("codecell").ToolSource;',
};

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md") && !file.endsWith(".template.md"))
    .map((file) => `docs/${file}`),
];

test("every program of the README and the docs, and every example, is right as TypeScript too", async () => {
  const ofPages = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    return [...text.matchAll(/^```[jt]s\n(.*?)^```$/gms)]
      .map(([, program]) => program ?? "")
      .filter((program) => /from "codecell|createCodeMode\(/.test(program));
  });
  const examples = readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => readFileSync(join(root, "examples", file), "utf8"));
  expect(ofPages.length).toBeGreaterThan(7);
  expect(await compilePrograms([...ofPages, ...examples].map(withSurroundings))).toEqual([]);
}, 120_000);

function withSurroundings(program: string): string {
  const missing = Object.entries(surroundings).filter(([name]) => {
    const isUsed = new RegExp(`\\b${name}\\b`).test(program);
    return (
      isUsed && !new RegExp(`(?:const|import) (?:${name}\\b|\\{[^}]*\\b${name}\\b)`).test(program)
    );
  });
  return [...missing.map(([, declaration]) => declaration), program].join("\n");
}
