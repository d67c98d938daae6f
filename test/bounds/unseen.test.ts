import { describe, expect, test } from "vitest";
import { type CellOutcome, createCodeMode, type Session } from "../../src/index.js";
import { EventLog, failedOf, openSession, shownBy, textsOf } from "../support/cells.js";
import { runProgram } from "../support/child.js";

const kilobytes = (count: number): string => `text("x".repeat(${count * 1000}))`;

/** Tool calls that are answered when the test says so. */
class OpenCalls {
  readonly #answers: (() => void)[] = [];
  #look: () => void = () => {};

  readonly begin = (): Promise<void> =>
    new Promise((answer) => {
      this.#answers.push(answer);
      this.#look();
    });

  /** Resolves with what answers the next one. */
  next(): Promise<() => void> {
    return new Promise((resolve) => {
      this.#look = () => {
        const answer = this.#answers.shift();
        if (answer === undefined) return;
        this.#look = () => {};
        resolve(answer);
      };
      this.#look();
    });
  }
}

/** Runs a cell that yields at once, until it has ended; its id. */
async function leaveBehind(session: Session, source: string): Promise<string> {
  const log = new EventLog();
  const { cellId } = await session.exec(`yield_control(); ${source}`, { onEvent: log.push });
  await log.seen("ended");
  return cellId;
}

async function leaveMany(session: Session, count: number, source: string): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await leaveBehind(session, source));
  return ids;
}

async function statusesOf(session: Session, ids: readonly string[]): Promise<readonly string[]> {
  const outcomes = await Promise.all(ids.map((id) => session.wait(id)));
  return outcomes.map(({ status }) => status);
}

describe("limits.unseenBytes", () => {
  test("of the ends that are not waited for, the oldest are dropped", async () => {
    await using session = openSession({ limits: { unseenBytes: 100_000 } });
    const ids = await leaveMany(session, 5, kilobytes(30));
    expect(await statusesOf(session, ids)).toEqual([
      "missing",
      "missing",
      "missing",
      "completed",
      "completed",
    ]);
  });

  test("an end without any output counts too", async () => {
    await using session = openSession({ limits: { unseenBytes: 10_000 } });
    const ids = await leaveMany(session, 4, "");
    expect(await statusesOf(session, ids)).toEqual([
      "missing",
      "missing",
      "completed",
      "completed",
    ]);
  });

  test("an end makes room for itself, and says why it failed", async () => {
    await using session = openSession({ limits: { unseenBytes: 100_000 } });
    const [first = "", last = ""] = await leaveMany(session, 2, `${kilobytes(60)}; throw 1`);
    expect(await session.wait(first)).toMatchObject({ status: "missing" });
    expect(failedOf(await session.wait(last)).output).toHaveLength(1);
  });

  test("a cell that outputs without being observed is ended, and its earlier output is kept", async () => {
    await using session = openSession({ limits: { unseenBytes: 100_000 } });
    const id = await leaveBehind(session, `for (;;) ${kilobytes(30)}`);
    const outcome = failedOf(await session.wait(id));
    expect(outcome.error).toMatchObject({
      code: "ERR_CELL_OUTPUT_LIMIT",
      limit: { name: "unseenBytes", allowed: 100_000, used: expect.any(Number) },
      text: expect.stringContaining("(limits.unseenBytes)"),
    });
    expect(outcome.output).toHaveLength(3);
    expect(outcome.usage.outputBytes).toBe(90_000);
  });

  test("output that was observed no longer counts", async () => {
    const calls = new OpenCalls();
    await using session = openSession({
      tools: { go: { execute: calls.begin } },
      limits: { unseenBytes: 100_000 },
    });
    const source = `for (let i = 0; i < 10; i++) { ${kilobytes(30)}; yield_control(); await tools.go(); }`;
    let outcome: CellOutcome = await session.exec(source);
    for (let i = 0; i < 10; i++) {
      expect(shownBy(outcome)).toHaveLength(1);
      const answer = await calls.next();
      const next = session.wait("1");
      answer();
      outcome = await next;
    }
    expect(outcome.status).toBe("completed");
  });

  test("a runtime's holds for all its sessions together", async () => {
    await using codeMode = createCodeMode({ limits: { unseenBytes: 100_000 } });
    const [one, other] = [codeMode.openSession(), codeMode.openSession()];
    const first = await leaveBehind(one, kilobytes(60));
    const second = await leaveBehind(other, kilobytes(60));
    expect(await one.wait(first)).toEqual({
      status: "missing",
      cellId: first,
      reason: "dropped",
    });
    expect(await statusesOf(other, [second])).toEqual(["completed"]);
  });

  test("what a closed session has kept stays for those who hold it, and burdens no other", async () => {
    await using codeMode = createCodeMode({ limits: { unseenBytes: 100_000 } });
    const closed = codeMode.openSession();
    const kept = await leaveBehind(closed, kilobytes(60));
    await closed.close();
    const other = codeMode.openSession();
    const id = await leaveBehind(other, kilobytes(60));
    expect(textsOf(await closed.wait(kept))).toHaveLength(1);
    expect(textsOf(await other.wait(id))).toHaveLength(1);
  });
});

describe("limits.toolInputBytes", () => {
  const source = 'await tools.take("x".repeat(600)).catch((e) => text(e.message))';

  test("bounds the inputs of all open calls of a session's cells", async () => {
    const calls = new OpenCalls();
    await using session = openSession({
      tools: { take: { execute: calls.begin } },
      limits: { toolInputBytes: 1000 },
    });
    const first = session.exec(source);
    const answer = await calls.next();
    const [refusal] = textsOf(await session.exec(source));
    expect(refusal).toContain("The tool was not called: its input, of 602 bytes of JSON");
    expect(refusal).toContain("(limits.toolInputBytes)");
    answer();
    expect(textsOf(await first)).toEqual([]);
    const next = session.exec(source);
    (await calls.next())();
    expect(textsOf(await next)).toEqual([]);
  });

  test("bounds those of all sessions of a runtime by twice as much", async () => {
    const calls = new OpenCalls();
    await using codeMode = createCodeMode({
      tools: { take: { execute: calls.begin } },
      limits: { toolInputBytes: 1000 },
    });
    for (let i = 0; i < 3; i++) {
      void codeMode.openSession().exec(source);
      await calls.next();
    }
    const [refusal] = textsOf(await codeMode.openSession().exec(source));
    expect(refusal).toContain("may have 2000 together");
  });
});

describe("a host with little memory survives cells that leave with it", () => {
  test.each(["outputs", "inputs"])("%s as large as they may be", async (what) => {
    const flags = ["--max-old-space-size=192"];
    const { code, stdout, stderr } = await runProgram("left-behind", [what], { flags });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const seen = JSON.parse(stdout);
    expect(seen.bounded).toBeGreaterThan(0);
    expect(seen.after).toBe("well");
  });
});
