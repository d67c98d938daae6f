import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { timelinePage } from "../../src/cli/journal/timeline-page.js";
import { createCodeMode, journalLine, readJournal } from "../../src/index.js";
import { runCli, Workspace } from "../support/cli.js";

const source = `
const [a, b] = await Promise.all([1, 2].map((n) => new Promise((done) => setTimeout(() => done(n * Math.random()), n))));
text([a, b, Date.now()]);
store("sum", a + b);
`;

test("a run is recorded as it goes, and replayed, drawn and made a test afterwards", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  writeFileSync(join(cwd, "one.js"), source);
  writeFileSync(join(cwd, "two.js"), 'text(load("sum"));');
  const run = await runCli(
    ["run", "one.js", "two.js", "--record", "it.cell", "--timeline", "run.html"],
    { cwd },
  );
  expect(run).toMatchObject({ code: 0 });
  const journal = readFileSync(join(cwd, "it.cell"), "utf8");
  expect(readJournal(journal).filter(({ kind }) => kind === "opened")).toHaveLength(2);

  const replay = await runCli(["replay", "it.cell"], { cwd });
  expect(replay).toMatchObject({ code: 0 });
  expect(replay.stderr).toMatch(/same cell 1: the same, in all \d+ things.*same cell 2/s);

  writeFileSync(join(cwd, "other.cell"), journal.replace("n * Math.random()", "n"));
  const other = await runCli(["replay", "other.cell"], { cwd });
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/differs cell 1.*recorded: out.*replayed: out/s);
  const json = await runCli(["replay", "other.cell", "--json"], { cwd });
  expect(JSON.parse(json.stdout).cells).toMatchObject([{ status: "diverged" }, { status: "same" }]);

  await runCli(["timeline", "it.cell"], { cwd });
  const page = readFileSync(join(cwd, "it.html"), "utf8");
  expect(page).toBe(readFileSync(join(cwd, "run.html"), "utf8"));
  expect(page).toContain("Cell 2 completed");

  const written = await runCli(["test", "it.cell"], { cwd });
  expect(written).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, "it.test.mjs"), "utf8")).toContain('new URL("it.cell"');
  const again = await runCli(["test", "it.cell"], { cwd });
  expect(again).toMatchObject({ code: 2 });
  expect(again.stderr).toMatch(/exists; --force replaces it/);
});

test("wrong files are told, and nothing is written", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  writeFileSync(join(cwd, "no.cell"), "{}\n");
  for (const command of ["replay", "test", "timeline"]) {
    const wrong = await runCli([command, "no.cell"], { cwd });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/Line 1 of the journal cannot be read/);
    const missing = await runCli([command, "missing.cell"], { cwd });
    expect(missing.stderr).toMatch(/cannot read missing.cell/);
  }
  expect(existsSync(join(cwd, "no.html"))).toBe(false);
  writeFileSync(join(cwd, "a.js"), "text(1)");
  const unwritable = await runCli(["run", "a.js", "--record", "no/such/folder.cell"], { cwd });
  expect(unwritable).toMatchObject({ code: 2, stdout: "" });
});

test("nothing of a cell becomes markup of its timeline, and the page fetches nothing", async () => {
  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
  await using codeMode = createCodeMode({
    tools: { echo: { execute: (input: unknown) => input } },
    record: true,
    remoteImages: true,
  });
  const session = codeMode.openSession();
  const { cellId } = await session.exec(`
    const evil = ${JSON.stringify(evil)};
    text(evil); notify(evil); store(evil, evil); await tools.echo({ [evil]: evil });
    image("https://example.com/a.png"); image("data:image/png;base64,iVBORw0KGgo=");
    image("data:text/html;base64,PHNjcmlwdD4="); throw new Error(evil);`);
  const page = timelinePage([readJournal(session.journal(cellId).map(journalLine).join(""))]);
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<img /g)).toHaveLength(1);
  expect(page).not.toMatch(/(?:src|href)="(?!data:image\/png|#)/);
  expect(page).toContain("default-src 'none'");
});
