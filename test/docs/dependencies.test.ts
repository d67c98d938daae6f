import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync("docs/dependencies.md", "utf8");
const manifest: Record<string, unknown> = JSON.parse(readFileSync("package.json", "utf8"));
const vendored: { readonly all: readonly string[] } = JSON.parse(
  readFileSync("dist/vendor/inputs.json", "utf8"),
);

/** The names in the tables of a part of the page. */
function namesUnder(heading: string): string[] {
  const [, part = ""] = page.split(`## ${heading}`);
  const [table = ""] = part.split("\n## ");
  return [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

function namesIn(kind: string): string[] {
  return Object.keys(manifest[kind] ?? {});
}

test("each package that is installed with codecell is on the page", () => {
  expect(namesUnder("Installed with codecell")).toEqual([
    "@codecell/<platform>",
    ...namesIn("dependencies"),
  ]);
});

test("each optional package is on the page", () => {
  expect(namesUnder("Optional, installed by those who use them").sort()).toEqual(
    ["@codecell/mcp", ...namesIn("peerDependencies")].sort(),
  );
});

test("what the page calls bundled is bundled, into dist or into the addon", () => {
  const bundled = vendored.all.map((folder) => folder.replace(/^.*node_modules\//, ""));
  expect([...bundled, "node-addon-api"]).toEqual(
    expect.arrayContaining(namesUnder("Bundled, with their licences in THIRD-PARTY-NOTICES.txt")),
  );
});

test("each package for development is on the page, in one of its tables", () => {
  const named = new Set([
    ...namesUnder("For development only"),
    ...namesUnder("Bundled, with their licences in THIRD-PARTY-NOTICES.txt"),
    ...namesIn("peerDependencies"),
  ]);
  expect(namesIn("devDependencies").filter((name) => !named.has(name))).toEqual([]);
});
