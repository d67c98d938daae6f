import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { OpenQuestions } from "../../src/durable/open-questions.js";
import type { DecideResult, DurableStore, StoredDecision } from "../../src/durable/store.js";
import type { Decision } from "../../src/protocol/approvals.js";
import { sqliteStore } from "../../src/sqlite.js";
import { Held } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const bodyOf = (decision: unknown): string => JSON.stringify(decision);
const approved: StoredDecision = { at: 5, body: bodyOf({ verdict: "approve" }) };
/** All that follows from what has been settled has come by then: nothing here waits for more. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const never = new Promise<undefined>(() => {});

/** What a store answers about decisions, as a test has it. */
class Decisions {
  readonly byId = new Map<string, StoredDecision>();
  readonly asked: (readonly string[])[] = [];
  fault: Error | undefined;
  result: DecideResult = { type: "decided" };
  /** Resolves when the store has been asked so often. */
  readonly #counts = new Map<number, Held>();

  readonly store: DurableStore = storeWith(sqliteStore(new Place().file), {
    approvals: async ({ approvalIds = [] } = {}) => {
      this.asked.push(approvalIds);
      this.#counts.get(this.asked.length)?.resolve();
      if (this.fault !== undefined) throw this.fault;
      return approvalIds.map((approvalId) => ({
        ...{ approvalId, cellId: "c", sessionId: "s", hasEnded: false },
        record: { seq: 0, at: 0, kind: "asked", body: "{}" },
        decision: this.byId.get(approvalId),
      }));
    },
    decide: async (approvalId, decision) => {
      if (this.result.type === "decided") this.byId.set(approvalId, decision);
      return this.result;
    },
  });

  readonly questions = new OpenQuestions(this.store);

  /** Begins to wait for a decision. */
  first(
    approvalId: string,
    {
      isRepeated = false,
      answer = () => never,
      signal = new AbortController().signal,
    }: Partial<Parameters<OpenQuestions["first"]>[1]> = {},
  ): Promise<unknown> {
    return this.questions.first(approvalId, { isRepeated, answer, signal });
  }

  async polled(count: number): Promise<void> {
    const held = new Held();
    this.#counts.set(count, held);
    vi.advanceTimersByTime(500);
    await held.promise;
    await turn();
  }
}

const damage = new CodeModeError("ERR_INVALID_JOURNAL", "It is damaged.");
const isSealed = new CodeModeError("ERR_STORE_KEY", "It is sealed.");
const isDown = new CodeModeError("ERR_STORE_UNAVAILABLE", "The database is down.");

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("a question that an earlier process has asked", () => {
  test("has the decision that was made meanwhile, and is asked nobody", async () => {
    const decisions = new Decisions();
    decisions.byId.set("q", approved);
    const answer = vi.fn();
    const decision = await decisions.first("q", { isRepeated: true, answer });
    expect(decision).toEqual({ verdict: "approve", at: 5 });
    expect(decisions.asked).toEqual([["q"]]);
    expect(answer).not.toHaveBeenCalled();
  });

  test.each([
    ["nobody has decided", undefined],
    ["the store cannot be reached", isDown],
  ])("is asked again where %s", async (_, fault) => {
    const decisions = new Decisions();
    decisions.fault = fault;
    const answer = async (): Promise<Decision> => ({ verdict: "deny" });
    expect(await decisions.first("q", { isRepeated: true, answer })).toMatchObject({
      verdict: "deny",
    });
  });

  test.each([damage, isSealed])("fails where its decision cannot be read: %s", async (fault) => {
    const decisions = new Decisions();
    decisions.fault = fault;
    const answer = vi.fn();
    await expect(decisions.first("q", { isRepeated: true, answer })).rejects.toBe(fault);
    expect(answer).not.toHaveBeenCalled();
  });
});

describe("a question", () => {
  test("that is new is not looked for in the store before it is asked", async () => {
    const decisions = new Decisions();
    decisions.byId.set("q", approved);
    const answer = async (): Promise<Decision> => ({ verdict: "deny", by: "ann" });
    const decision = await decisions.first("q", { answer });
    expect(decision).toEqual({ verdict: "deny", by: "ann", at: expect.any(Number) });
    expect(decisions.asked).toEqual([]);
  });

  test("is not asked for a call that is over", async () => {
    const answer = vi.fn();
    const signal = AbortSignal.abort("over");
    await expect(new Decisions().first("q", { answer, signal })).rejects.toBe("over");
    expect(answer).not.toHaveBeenCalled();
  });

  test("is taken back when its call is over, and an answer after that decides nothing", async () => {
    const decisions = new Decisions();
    const abort = new AbortController();
    const late = new Held<Decision>();
    let asked: AbortSignal | undefined;
    const answer = (signal: AbortSignal): Promise<Decision> => {
      asked = signal;
      return late.promise;
    };
    const decided = decisions.first("q", { answer, signal: abort.signal });
    expect(asked?.aborted).toBe(false);
    abort.abort("over");
    await expect(decided).rejects.toBe("over");
    expect(asked?.reason).toBe("over");
    late.resolve({ verdict: "approve" });
    await turn();
    expect([...decisions.byId]).toEqual([]);
  });

  test("has the first decision, and an answer after that decides nothing", async () => {
    const decisions = new Decisions();
    const late = new Held<Decision>();
    let asked: AbortSignal | undefined;
    const answer = (signal: AbortSignal): Promise<Decision> => {
      asked = signal;
      return late.promise;
    };
    const decided = decisions.first("q", { answer });
    const made = await decisions.questions.decide("q", { verdict: "deny", note: "no" });
    expect(made).toMatchObject({ status: "decided", decision: { verdict: "deny", note: "no" } });
    expect(await decided).toBe((made as { decision: unknown }).decision);
    expect(asked?.aborted).toBe(true);
    const kept = decisions.byId.get("q");
    late.resolve({ verdict: "approve" });
    await turn();
    expect(decisions.byId.get("q")).toBe(kept);
  });

  test("has the decision of another process where that was first", async () => {
    const decisions = new Decisions();
    decisions.result = { type: "alreadyDecided", decision: approved };
    const answer = async (): Promise<Decision> => ({ verdict: "deny" });
    expect(await decisions.first("q", { answer })).toEqual({ verdict: "approve", at: 5 });
  });

  test.each(["ended", "missing"] as const)(
    "fails where an answer is not kept, since its cell is %s",
    async (type) => {
      const decisions = new Decisions();
      decisions.result = { type };
      const answer = async (): Promise<Decision> => ({ verdict: "approve" });
      await expect(decisions.first("q", { answer })).rejects.toThrow("The cell has ended.");
    },
  );

  test("fails where who is asked throws, or answers what JSON does not have", async () => {
    const thrown = new Error("mine");
    const fails = new Decisions().first("q", { answer: () => Promise.reject(thrown) });
    await expect(fails).rejects.toBe(thrown);
    const answer = async (): Promise<Decision> => ({ verdict: "approve", input: () => {} });
    const refused = new Decisions().first("q", { answer });
    await expect(refused).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
  });
});

describe("the store is asked twice a second for decisions of other processes", () => {
  test("about all that are open, until each has one", async () => {
    const decisions = new Decisions();
    const undecided = async (): Promise<undefined> => undefined;
    const [one, two] = [
      decisions.first("one", { answer: undecided }),
      decisions.first("two", { answer: undecided }),
    ];
    vi.advanceTimersByTime(499);
    expect(decisions.asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(decisions.asked).toEqual([["one", "two"]]);
    await turn();
    decisions.byId.set("one", approved);
    await decisions.polled(2);
    expect(await one).toEqual({ verdict: "approve", at: 5 });
    decisions.byId.set("two", { at: 6, body: bodyOf({ verdict: "deny", by: "bob" }) });
    await decisions.polled(3);
    expect(await two).toEqual({ verdict: "deny", by: "bob", at: 6 });
    expect(decisions.asked).toEqual([["one", "two"], ["one", "two"], ["two"]]);
  });

  test("on and on where it cannot be reached", async () => {
    const decisions = new Decisions();
    decisions.fault = isDown;
    const decided = decisions.first("q");
    await decisions.polled(1);
    expect(decisions.asked).toEqual([["q"]]);
    decisions.fault = undefined;
    decisions.byId.set("q", approved);
    await decisions.polled(2);
    expect(await decided).toMatchObject({ verdict: "approve" });
  });

  test.each(["{", "sealed:x"])(
    "and who has one that cannot be read (%s) fails alone",
    async (body) => {
      const decisions = new Decisions();
      const [good, bad] = [decisions.first("good"), decisions.first("bad")];
      const open = decisions.first("open");
      decisions.byId.set("bad", { at: 1, body });
      decisions.byId.set("good", approved);
      const failed = expect(bad).rejects.toMatchObject({
        code: body === "{" ? "ERR_INVALID_JOURNAL" : "ERR_STORE_KEY",
      });
      await decisions.polled(1);
      expect(await good).toMatchObject({ verdict: "approve" });
      await failed;
      await decisions.questions.decide("open", { verdict: "deny" });
      expect(await open).toMatchObject({ verdict: "deny" });
    },
  );

  test("and at once where it is said that there is one", async () => {
    const decisions = new Decisions();
    await decisions.questions.look("q");
    expect(decisions.asked).toEqual([]);
    const decided = decisions.first("q");
    const other = decisions.first("other");
    decisions.byId.set("q", approved);
    await decisions.questions.look("q");
    expect(await decided).toMatchObject({ verdict: "approve" });
    expect(decisions.asked).toEqual([["q"]]);
    await decisions.questions.decide("other", { verdict: "deny" });
    await other;
  });
});
