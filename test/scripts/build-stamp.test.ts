import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BuildStamp } from "../../scripts/lib/build-stamp.mjs";

const root = mkdtempSync(join(tmpdir(), "codecell-build-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const files = {
  "package.json": "{}",
  "tsconfig.build.json": "{}",
  "binding.d.ts": "export {};",
  "src/a/b.ts": "b",
  "web/c.ts": "c",
  "scripts/build-ts.mjs": "d",
  "node_modules/.package-lock.json": "{}",
  "dist/cjs/b.js": "b",
};

test("dist/ is built again where a source, a tool or what was built is another, new or gone", () => {
  for (const [file, text] of Object.entries(files)) write(file, text);
  const isCurrent = (): boolean => new BuildStamp(root).isCurrent;
  expect(isCurrent()).toBe(false);
  new BuildStamp(root).write();
  expect(isCurrent()).toBe(true);
  for (const [file, text] of Object.entries(files)) {
    write(file, "another");
    expect([file, isCurrent()]).toEqual([file, false]);
    rmSync(join(root, file));
    expect([file, isCurrent()]).toEqual([file, false]);
    write(file, text);
    expect([file, isCurrent()]).toEqual([file, true]);
  }
  write("src/new.ts", "");
  expect(isCurrent()).toBe(false);
  rmSync(join(root, "src/new.ts"));
  renameSync(join(root, "src/a"), join(root, "src/z"));
  expect(isCurrent()).toBe(false);
  renameSync(join(root, "src/z"), join(root, "src/a"));
  // What no build reads.
  write("README.md", "");
  expect(isCurrent()).toBe(true);
});

test("a build of sources that change meanwhile is made again", () => {
  for (const [file, text] of Object.entries(files)) write(file, text);
  const stamp = new BuildStamp(root);
  write("src/a/b.ts", "written while it was built");
  stamp.write();
  expect(new BuildStamp(root).isCurrent).toBe(false);
});
