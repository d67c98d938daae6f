import { afterAll, expect, test } from "vitest";
import { runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";
import { keys, startAtTerminal } from "../support/pseudo-terminal.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const cwd = workspace.path;
const config = workspace.config({ fixture: fixtureServer() });
const servers = ["--config", config, "--ask", "*"];
const file = workspace.file(
  "refund.js",
  `text("before");
   const answer = await tools.mcp__fixture__echo({ order: "A-1" }).catch((error) => error.message);
   text(answer);`,
);

const approvals = (store: string, ...args: readonly string[]) =>
  runCli(["approvals", ...args, "--store", store], { cwd });

/** The only question of a store, and its cell. */
async function question(store: string) {
  const { stdout } = await approvals(store, "list", "--json");
  const [approval, ...others] = JSON.parse(stdout).approvals;
  expect(others).toEqual([]);
  return approval as { approvalId: string; cellId: string };
}

test("a person kills the terminal in which a call waits for them, comes back, approves, and sees the cell finish", async () => {
  const store = workspace.file("killed.db", "");
  const terminal = startAtTerminal(["run", file, ...servers, "--store", store]);
  await terminal.seen("Approve? y(es), n(o), a(lways, this tool): ");
  process.kill(terminal.pid, "SIGKILL");
  await terminal.ended;

  const { approvalId, cellId } = await question(store);
  const listed = await approvals(store, "list");
  expect(listed.stdout).toMatch(
    new RegExp(
      `^\\? ${approvalId}\n  mcp__fixture__echo\n.*\n  cell ${cellId}\n {4}\\{"order":"A-1"\\}\n$`,
    ),
  );
  const cells = await runCli(["cells", "list", "--store", store], { cwd });
  expect(cells.stdout).toMatch(/ open .*, 1 open question\n$/);
  const approved = await approvals(
    store,
    "approve",
    approvalId.slice(0, 8),
    "--note",
    "fine",
    "--by",
    "ann",
  );
  expect(approved).toMatchObject({ code: 0 });
  expect(approved.stderr).toMatch(
    /^approved mcp__fixture__echo of the cell [\s\S]*codecell cells resume/,
  );

  // Its calls would be rejected, and it would end for good.
  const bare = await runCli(["cells", "resume", cellId, "--store", store], { cwd });
  expect(bare).toMatchObject({ code: 2 });
  expect(bare.stderr).toMatch(/would be missing: .*mcp__fixture__.*Give the --config with which/);
  const resumed = startAtTerminal(["cells", "resume", cellId, ...servers, "--store", store]);
  const shown = await resumed.seen("completed in");
  expect(shown).toContain("before");
  expect(shown).toContain('{"input":{"order":"A-1"}}');
  expect(shown).not.toContain("Approve?");
  expect(await resumed.ended).toBe(0);

  const late = await approvals(store, "deny", approvalId, "--by", "bob");
  expect(late).toMatchObject({ code: 1 });
  expect(late.stderr).toMatch(
    /^not denied: the question has an answer already\n[\s\S]*approved by ann\n[\s\S]*note: fine/,
  );
  const show = await runCli(["cells", "show", cellId, "--store", store], { cwd });
  expect(show.stdout).toMatch(/→ mcp__fixture__echo[\s\S]*approved by ann[\s\S]*← #1/);
  expect((await approvals(store, "list", "--all")).stdout).toContain("approved by ann");
}, 240_000);

test("a terminal that is closed, or from which no answer comes, leaves the question open for another", async () => {
  const store = workspace.file("closed.db", "");
  const terminal = startAtTerminal(["run", file, ...servers, "--store", store]);
  await terminal.seen("Approve? ");
  terminal.close();
  await terminal.ended;
  const { cellId } = await question(store);

  const again = startAtTerminal(["cells", "resume", cellId, ...servers, "--store", store]);
  await again.seen("Approve? ");
  again.type(keys.ctrlD);
  await again.seen("codecell approvals approve");
  const { approvalId } = await question(store);
  const denied = await approvals(store, "deny", approvalId, "--note", "not before Monday");
  expect(denied).toMatchObject({ code: 0 });
  await again.seen("was not called: approval was refused: not before Monday");
  expect(await again.ended).toBe(0);
}, 120_000);

test("without a terminal, calls wait with --approve ask, and go on by the answer of another process", async () => {
  const store = workspace.file("piped.db", "");
  const run = startCli(["run", file, ...servers, "--approve", "ask", "--store", store], cwd);
  await run.watch.seen("codecell approvals approve");
  const { approvalId } = await question(store);
  const input = ["--input", '{"order":"B-2"}'];
  expect(await approvals(store, "approve", approvalId, ...input)).toMatchObject({ code: 0 });
  const { code, stdout } = await run.ended;
  expect([code, stdout]).toEqual([0, 'before\n{"input":{"order":"B-2"}}\n']);
}, 120_000);

test("what is wrong is told", async () => {
  const store = workspace.file("wrong.db", "");
  expect(await runCli(["run", file, ...servers, "--store", store], { cwd })).toMatchObject({
    code: 0,
  });
  const told = async (...args: readonly string[]) => {
    const { code, stderr } = await approvals(store, ...args);
    return [code, stderr];
  };
  expect(await told("approve")).toEqual([2, expect.stringMatching(/Say which question/)]);
  expect(await told("approve", "zz")).toEqual([2, expect.stringMatching(/has no question zz/)]);
  expect(await told("deny", "zz", "--input", "{}")).toEqual([
    2,
    expect.stringMatching(/--input is for approve/),
  ]);
  expect(await told("approve", "zz", "--input", "{")).toEqual([
    2,
    expect.stringMatching(/--input must be JSON/),
  ]);
  // Without a terminal the call was rejected.
  const all = await approvals(store, "list", "--all");
  expect(all.stdout).toMatch(/denied by [\s\S]*there is no terminal to ask at/);
  const none = await runCli(["approvals", "list", "--store", "none.db"], { cwd });
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/there is none/)]);
}, 120_000);
