import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteStore } from "../../src/sqlite.js";
import { runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";

const source = `
text("before");
store("k", 1);
notify("noted");
// It is not answered. Who resumes the cell does not know what it has done, and has it fail.
await tools.mcp__fixture__hang().catch(() => text("after"));
`;

test.each(["SIGKILL", "SIGHUP"] as const)(
  "a run that %s ends is found in its store, and goes on",
  async (signal) => {
    using workspace = new Workspace();
    const cwd = workspace.path;
    writeFileSync(join(cwd, "held.js"), source);
    writeFileSync(join(cwd, "next.js"), 'text(load("k"));');
    const stored = ["--store", "cells.db"];
    const servers = ["--config", workspace.config({ fixture: fixtureServer() })];
    const run = ["run", "held.js", ...stored, ...servers, "--verbose", "--session", "s"];
    const killed = startCli(run, cwd);
    // What is printed of output is not on disk yet; of a call that is made it is.
    await killed.watch.seen("hanging");
    killed.child.kill(signal);
    const { stderr } = await killed.ended;
    if (signal === "SIGHUP") {
      expect(stderr).toContain("interrupted: leaving the cell in its store");
      expect(stderr).toMatch(
        /It goes on with: codecell cells resume \S{36} --store cells\.db --config \S+\n/,
      );
    }

    const list = await runCli(["cells", "list", ...stored], { cwd });
    const [id = ""] = list.stdout.split(" ");
    expect(list.stdout).toMatch(/^\S{36} {2}open .* \(open for \d+ minutes?\) .* session s\n$/);
    const show = await runCli(["cells", "show", id.slice(0, 20), ...stored], { cwd });
    expect(show.stdout).toContain('text("before");');
    const resumed = await runCli(["cells", "resume", id, ...stored, ...servers], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: "before\nafter\n" });

    const next = await runCli(["run", "next.js", ...stored, "--session", "s"], { cwd });
    expect(next).toMatchObject({ code: 0, stdout: "1\n" });
    const journal = await runCli(["cells", "journal", id, ...stored], { cwd });
    writeFileSync(join(cwd, "it.cell"), journal.stdout);
    expect(await runCli(["replay", "it.cell"], { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(["cells", "forget", id, ...stored], { cwd })).toMatchObject({ code: 0 });
    const json = await runCli(["cells", "list", "--json", ...stored], { cwd });
    expect(JSON.parse(json.stdout).cells).toHaveLength(1);
  },
  120_000,
);

test("of thousands of cells and questions all are listed, and each that is not damaged is found", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  const store = sqliteStore(join(cwd, "many.db"));
  const count = 1_200;
  const input = { tool: "t", namespace: "", description: "", input: null };
  await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const body = JSON.stringify({
        kind: "asked",
        call: 1,
        callId: "1",
        approval: `${index}-q`,
        ...input,
      });
      const asked = { seq: 0, at: index, kind: "asked", body, asks: `${index}-q` };
      return store.create({ cellId: `${index}-c`, sessionId: "s", host: "h", records: [asked] });
    }),
  );
  const records = [{ seq: 0, at: 0, kind: "asked", body: "{", asks: "damaged-q" }];
  await store.create({ cellId: "damaged-c", sessionId: "s", host: "h", records });
  await store.close();
  const stored = ["--store", "many.db"];
  const list = await runCli(["cells", "list", ...stored], { cwd });
  expect(list.stdout.match(/1 open question\n/g)).toHaveLength(count + 1);
  expect(await runCli(["cells", "show", "7-", ...stored], { cwd })).toMatchObject({ code: 0 });
  const approved = await runCli(["approvals", "approve", "1150-", ...stored], { cwd });
  expect(approved).toMatchObject({ code: 0 });
  const open = await runCli(["approvals", "list", "--json", ...stored], { cwd });
  expect(JSON.parse(open.stdout).approvals).toHaveLength(count - 1);
  // One that is damaged is named, and holds up no other.
  expect(open.stderr).toMatch(
    /^The question damaged-q of the cell damaged-c cannot be read: .*forget/,
  );
}, 60_000);

test("what is wrong is told", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  const none = await runCli(["cells", "list", "--store", "none.db"], { cwd });
  expect(none).toMatchObject({ code: 1 });
  expect(none.stderr).toMatch(/none\.db cannot be used: there is none/);
  const nameless = await runCli(["cells", "show", "--store", "none.db"], { cwd });
  expect(nameless).toMatchObject({ code: 2 });
  expect(nameless.stderr).toMatch(/Say which cell/);
  const action = await runCli(["cells", "look", "--store", "none.db"], { cwd });
  expect(action).toMatchObject({ code: 2 });
  expect(action.stderr).toMatch(/list, show, journal, resume, forget, rekey/);
});

test("a store is sealed with keys from a file or the environment, and not used without them", async () => {
  using workspace = new Workspace();
  const cwd = workspace.path;
  writeFileSync(join(cwd, "cell.js"), 'text("shown"); store("k", 1);');
  const key = `2026-11=${Buffer.alloc(32, 7).toString("base64")}`;
  writeFileSync(join(cwd, "keys"), `# the first is current\n${key}\n2026-10=${"A".repeat(43)}=\n`);
  const stored = ["--store", "cells.db", "--session", "s"];
  const sealed = [...stored, "--seal-keys", "keys"];
  expect(await runCli(["run", "cell.js", ...sealed], { cwd })).toMatchObject({ code: 0 });
  const list = await runCli(["cells", "list", ...stored], { cwd });
  const [id = ""] = list.stdout.split(" ");

  const unread = await runCli(["cells", "show", id, ...stored], { cwd });
  expect(unread).toMatchObject({ code: 1, stdout: "" });
  expect(unread.stderr).toMatch(
    /Record 0 .* is sealed\. Open the store with its keys.*--seal-keys/,
  );
  const unused = await runCli(["run", "cell.js", ...stored], { cwd });
  expect(unused).toMatchObject({ code: 1, stdout: "" });
  expect(unused.stderr).toMatch(/cells\.db is sealed/);
  const env = { CODECELL_SEAL_KEYS: key };
  const shown = await runCli(["cells", "show", id, ...stored], { cwd, env });
  expect(shown.stdout).toContain('text("shown")');

  const other = `2026-12=${Buffer.alloc(32, 8).toString("base64")}`;
  writeFileSync(join(cwd, "changed"), `${other}\n${key}\n`);
  const rekey = ["cells", "rekey", "--store", "cells.db"];
  const rekeyed = await runCli([...rekey, "--seal-keys", "changed"], { cwd });
  expect(rekeyed).toMatchObject({ code: 0, stdout: "" });
  expect(rekeyed.stderr).toMatch(/sealed \d+ texts with the key 2026-12; 0 already were/);
  const old = await runCli(["cells", "show", id, ...stored], { cwd, env });
  expect(old.stderr).toMatch(/sealed with the key "2026-12", which was not given/);
  const changed = { cwd, env: { CODECELL_SEAL_KEYS: other } };
  expect(await runCli(["cells", "show", id, ...stored], changed)).toMatchObject({ code: 0 });
  expect(await runCli(rekey, { cwd })).toMatchObject({ code: 2 });

  const forgotten = await runCli(["cells", "forget", ...stored], { cwd });
  expect(forgotten).toMatchObject({ code: 0 });
  expect(forgotten.stderr).toMatch(/deleted 1 cell and the stored values of s/);

  writeFileSync(join(cwd, "short"), "a=c2VjcmV0");
  const short = await runCli(["cells", "list", ...stored, "--seal-keys", "short"], { cwd });
  expect(short).toMatchObject({ code: 2 });
  expect(short.stderr).toMatch(/short: key 1 must be ID=BASE64 with 32 bytes/);
  expect(short.stderr).not.toContain("c2VjcmV0");
}, 120_000);
