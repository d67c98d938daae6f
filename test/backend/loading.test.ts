import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProgram } from "../support/child.js";

const dist = path.join(import.meta.dirname, "../..", "dist");

/** What a built file imports before it runs, and what that imports, in this package and outside. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  const code = readFileSync(path.join(dist, file), "utf8");
  for (const [, specifier = ""] of code.matchAll(
    /^(?:(?:import|export|\}) ?(?:.* from )?|var \w+ = (?:__toESM\()?require\()"([^"]+)".*$/gm,
  )) {
    const name = specifier.startsWith(".") ? path.join(path.dirname(file), specifier) : specifier;
    if (found.has(name)) continue;
    found.add(name);
    if (specifier.startsWith(".")) importsOf(name, found);
  }
  return found;
}

test("the package is loaded from two files and a list of its exports, and imports none of Node's modules that take long", () => {
  const imports = [...importsOf("index.js")];
  expect(imports.filter((name) => name.startsWith("cjs/chunks/"))).toHaveLength(1);
  const rest = imports.filter((name) => !name.startsWith("cjs/"));
  expect(rest.sort()).toEqual(["node:module", "node:url"]);
});

test("what CommonJS loads is strict code, as the ES modules are", () => {
  const folder = path.join(dist, "cjs");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  expect(files).toContain("index.js");
  const sloppy = files.filter(
    (file) => !readFileSync(path.join(folder, file), "utf8").startsWith('"use strict";'),
  );
  expect(sloppy).toEqual([]);
});

test("what most programs never use is loaded when it is first used, and works then", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-loading-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { code, stdout, stderr } = await runProgram("lazy-modules", [folder]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    plain: { files: ["index.js"], done: "ok" },
    recorded: {
      files: ["journal/journaled-backend.js", "journal/kept-journals.js"],
      done: "ended",
    },
    replayed: { files: ["journal/replay.js"], done: "same" },
    processes: {
      files: ["backend/process/choose-source.js", "backend/process/process-backend.js"],
      done: "ok",
    },
    durable: { files: ["session/durable-cells.js", "sqlite.js"], done: "ok" },
  });
});
