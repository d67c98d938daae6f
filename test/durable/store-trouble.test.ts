import { execFile as execFileWithCallback, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { sqliteStore } from "../../src/sqlite.js";
import { calls } from "../fixtures/full-disk-program.mjs";
import { endWithTest } from "../support/children.js";
import { waitToEnd } from "../support/durable-runtimes.js";
import { root } from "../support/mcp.js";

const execFile = promisify(execFileWithCallback);
const program = join(root, "test/fixtures/durable-owner.mjs");
const folder = mkdtempSync(join(tmpdir(), "codecell-trouble-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a durable cell", () => {
  test("ends before its effect when the system takes no more, and goes on when there is room: no call is made twice", async () => {
    const file = join(folder, "full.db");
    const { stdout } = await execFile("sh", [
      "-c",
      'ulimit -f 512; exec "$0" "$@"',
      ...[process.execPath, program, "fill", file],
    ]);
    const { outcome, sent } = JSON.parse(stdout) as {
      readonly outcome: { readonly cellId: string };
      readonly sent: readonly number[];
    };
    expect(outcome).toMatchObject({ status: "failed", error: { code: "ERR_CELL_STORE" } });
    expect(sent.length).toBeLessThan(calls);

    const store = sqliteStore(file);
    const later: number[] = [];
    const send = { execute: ({ i }: { readonly i: number }) => `sent ${later.push(i)}` };
    const codeMode = createCodeMode({ durability: { store }, tools: { send } as never });
    const end = await waitToEnd(codeMode.openSession({ id: "s" }), outcome.cellId);
    await codeMode.close();
    await store.close();
    expect(end.status).toBe("completed");
    // A call whose result did not fit is rejected where it is not known whether it took effect.
    expect([...sent, ...later]).toEqual(Array.from({ length: calls }, (_, i) => i));
  });

  test("stays with a process that stands still: another is told that the file is in use, and nothing is done twice", async () => {
    const file = join(folder, "still.db");
    const child = endWithTest(
      spawn(process.execPath, [program, "hold", file], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
    expect(await line()).toEqual({ runs: true });
    child.kill("SIGSTOP");

    const reader = sqliteStore(file, { readOnly: true });
    const [cell] = await reader.cells({ state: "open" });
    await reader.close();
    const store = sqliteStore(file);
    const codeMode = createCodeMode({ durability: { store } });
    const asked = codeMode.openSession({ id: "s" }).wait(cell?.cellId ?? "");
    await expect(asked).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: expect.stringContaining("another store has it open"),
    });
    await codeMode.close();
    await store.close();

    child.kill("SIGCONT");
    child.stdin.end("held\n");
    expect(await line()).toMatchObject({
      outcome: { status: "completed", output: [{ text: "held" }] },
    });
  });
});
