import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cellGlobals } from "../../src/cli/journal/inspected-globals.js";
import { timelinePage } from "../../src/cli/journal/timeline-page.js";
import { createCodeMode, journalLine, readJournal } from "../../src/index.js";
import { runCli, startCli, Workspace } from "../support/cli.js";
import { endlessJournal } from "../support/endless-journal.js";

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
  const yielded = { kind: "yielded", sessionId: "s", cellId: "1", seq: 1, at: 0 };
  writeFileSync(join(cwd, "headless.cell"), `${JSON.stringify(yielded)}\n`);
  for (const command of ["replay", "test", "timeline"]) {
    const wrong = await runCli([command, "no.cell"], { cwd });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/Line 1 of the journal cannot be read/);
    const missing = await runCli([command, "missing.cell"], { cwd });
    expect(missing.stderr).toMatch(/cannot read missing.cell/);
    const headless = await runCli([command, "headless.cell"], { cwd });
    expect(headless).toMatchObject({ code: 2 });
    expect(headless.stderr).toMatch(
      /no beginning of cell 1: .* "opened", and is the entry "yielded"/,
    );
  }
  expect(existsSync(join(cwd, "no.html"))).toBe(false);
  writeFileSync(join(cwd, "a.js"), "text(1)");
  const unwritable = await runCli(["run", "a.js", "--record", "no/such/folder.cell"], { cwd });
  expect(unwritable).toMatchObject({ code: 2, stdout: "" });
});

test("a file that cannot be written is told, and the document still has the cells that ran", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  writeFileSync(join(cwd, "a.js"), "text(1)");
  for (const option of ["--record", "--timeline"]) {
    const full = await runCli(["run", "a.js", "--json", option, "/dev/full"], { cwd });
    expect(full).toMatchObject({ code: 2 });
    expect(full.stderr).toMatch(/cannot write \/dev\/full: ENOSPC/);
    expect(JSON.parse(full.stdout)).toMatchObject({
      status: "failed",
      exitCode: 2,
      cells: [{ status: "completed", output: [{ type: "text", text: "1" }] }],
      error: { code: "ERR_USAGE" },
    });
    const missing = await runCli(["run", "a.js", "--json", option, "no/such/file"], { cwd });
    expect(missing).toMatchObject({ code: 2 });
    expect(JSON.parse(missing.stdout)).toMatchObject({ exitCode: 2, cells: [] });
  }
});

test("what happened in one millisecond is drawn in its order", async () => {
  await using codeMode = createCodeMode({
    tools: { add: { execute: () => 3 } },
    record: true,
  });
  const session = codeMode.openSession();
  const { cellId } = await session.exec('text("before"); await tools.add({}); notify("after");');
  const entries = session.journal(cellId).map((entry) => ({ ...entry, at: 0 }));
  const page = timelinePage([entries]);
  const list = page.slice(page.indexOf('<ol class="rows">'));
  const places = ["before", "add: fulfilled", "after"].map((text) => list.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("a cell of more entries than a call takes arguments can be drawn", async () => {
  await using codeMode = createCodeMode({ record: true });
  const session = codeMode.openSession();
  const { cellId } = await session.exec("text(1)");
  const [opened, out, ended] = session.journal(cellId);
  if (opened === undefined || out === undefined || ended === undefined) throw new Error("no entry");
  const many = Array.from({ length: 140_000 }, (_, index) => ({ ...out, seq: 1 + index }));
  const page = timelinePage([[opened, ...many, { ...ended, seq: 140_001 }]]);
  expect(page).toContain("135000 more things left out");
});

test("a cell of many calls at once, and one of many timers, can be drawn", async () => {
  await using codeMode = createCodeMode({ record: true });
  const session = codeMode.openSession();
  const { cellId } = await session.exec("text(1)");
  const [opened] = session.journal(cellId);
  if (opened === undefined) throw new Error("no entry");
  const { kind: _, ...place } = { ...opened, kind: undefined };
  const many = Array.from({ length: 60_000 }, (_, index) => ({
    ...place,
    seq: 1 + index,
    call: index,
    timer: index,
  }));
  const calls = many.map((at) => ({ ...at, kind: "call" as const, tool: "t", input: "{}" }));
  const timers = many.map((at) => ({ ...at, kind: "fired" as const, now: 0 }));
  expect(timelinePage([[opened, ...calls]]).match(/<rect class="bar open"/g)).toHaveLength(5_000);
  expect(timelinePage([[opened, ...timers]]).match(/<rect class="busy"/g)).toHaveLength(5_000);
});

test("the cell under a debugger has the random values that were recorded", async () => {
  await using codeMode = createCodeMode({ record: true });
  const session = codeMode.openSession();
  const { cellId } = await session.exec(
    "text([Math.random(), [...crypto.getRandomValues(new Uint8Array(11))], crypto.randomUUID(), Math.random()]);",
  );
  const [opened, out] = session.journal(cellId);
  if (opened?.kind !== "opened" || out?.kind !== "out") throw new Error("no entry");
  const answers = { now: 0, call: async () => {}, timer: () => 0, clear: () => {} };
  const cell = cellGlobals(opened, answers, () => {}) as unknown as typeof globalThis;
  const values = [
    cell.Math.random(),
    [...cell.crypto.getRandomValues(new Uint8Array(11))],
    cell.crypto.randomUUID(),
    cell.Math.random(),
  ];
  expect(out.item).toEqual({ type: "text", text: JSON.stringify(values) });
});

describe("Ctrl-C ends", () => {
  async function endlessFile(workspace: Workspace): Promise<string> {
    return workspace.file("endless.cell", (await endlessJournal()).map(journalLine).join(""));
  }

  test("a replay", async () => {
    using workspace = new Workspace();
    const file = await endlessFile(workspace);
    const { child, ended } = startCli(["replay", file], workspace.path);
    await expect.poll(() => threadsOf(child.pid), { timeout: 20_000 }).toContain("codecell");
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: "", stderr: "" });
  });

  test("a replay that waits for a debugger", async () => {
    using workspace = new Workspace();
    const file = await endlessFile(workspace);
    const { child, watch, ended } = startCli(["replay", file, "--inspect", "0"], workspace.path);
    await watch.seen("attach the debugger");
    child.kill("SIGINT");
    const result = await ended;
    expect(result).toMatchObject({ code: 130, stdout: "" });
    expect(result.stderr).not.toContain("AbortError");
    const wrong = await runCli(["replay", file, "--inspect", "abc"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("a port from 0 to 65535");
  });
});

/** The names of a process's threads, which are those of its cells among others. */
function threadsOf(pid: number | undefined): readonly string[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).map((thread) => {
    try {
      return readFileSync(join(folder, thread, "comm"), "utf8").trim();
    } catch {
      return "";
    }
  });
}

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
    text(evil); text("a\\u202eb"); notify(evil); store(evil, evil); await tools.echo({ [evil]: evil });
    image("https://example.com/a.png"); image("data:image/png;base64,iVBORw0KGgo=");
    image("data:text/html;base64,PHNjcmlwdD4="); throw new Error(evil);`);
  const page = timelinePage([readJournal(session.journal(cellId).map(journalLine).join(""))]);
  expect(page).toContain("a\\u202eb");
  expect(page).not.toContain("\u202e");
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<img /g)).toHaveLength(1);
  expect(page).not.toMatch(/(?:src|href)="(?!data:image\/png|#)/);
  expect(page).toContain("default-src 'none'");
});
