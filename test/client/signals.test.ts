import { expect, test } from "vitest";
import { connectCodeMode } from "../../src/client.js";
import { Held } from "../support/cells.js";
import {
  type Answer,
  eventsAnswer,
  jsonAnswer,
  refusal,
  scriptedFetch,
  sentOutcome,
} from "../support/scripted-fetch.js";
import { warningsOf } from "../support/warnings.js";

function opened(...answers: readonly Answer[]) {
  const { sent, fetch } = scriptedFetch(...answers);
  const session = connectCodeMode({ url: "http://h", fetch, retryForMs: 0 }).openSession();
  return { session, stop: new AbortController(), lines: () => sent.map(({ line }) => line) };
}

const yielded = sentOutcome({ status: "yielded", reason: "time" });
const terminated = sentOutcome({ status: "terminated", reason: "requested" });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isTerminate = expect.stringMatching(/\/cells\/c\/terminate$/);

test("the signal of a cell that has yielded ends it once, and its end says that it was aborted", async () => {
  const { session, stop, lines } = opened(jsonAnswer(yielded), jsonAnswer(terminated));
  await session.exec("1", { signal: stop.signal });
  stop.abort();
  await turn();
  expect(lines().slice(1)).toEqual([isTerminate]);
  expect(await session.wait("c")).toMatchObject({ status: "terminated", reason: "aborted" });
  expect(await session.wait("c")).toMatchObject({ status: "terminated", reason: "requested" });
});

test.each<readonly [string, object]>([
  ["completed", { status: "completed" }],
  ["failed", { status: "failed", error: { text: "no" } }],
])("a cell that has %s while it was to be ended says so", async (status, end) => {
  const answers = [jsonAnswer(yielded), jsonAnswer(terminated), jsonAnswer(sentOutcome(end))];
  const { session, stop } = opened(...answers);
  await session.exec("1", { signal: stop.signal });
  stop.abort();
  await turn();
  const outcome = await session.wait("c");
  expect(outcome.status).toBe(status);
  expect(outcome).not.toHaveProperty("reason");
});

test("a cell that somebody else has ended was not aborted", async () => {
  const { session, stop } = opened(jsonAnswer(yielded), jsonAnswer(terminated));
  await session.exec("1", { signal: stop.signal });
  expect(await session.wait("c")).toMatchObject({ status: "terminated", reason: "requested" });
});

test.each<
  readonly [string, readonly Answer[], (session: ReturnType<typeof opened>["session"]) => unknown]
>([
  ["that has ended", [jsonAnswer(sentOutcome())], () => undefined],
  [
    "that has ended later",
    [jsonAnswer(yielded), jsonAnswer(sentOutcome())],
    (session) => session.wait("c"),
  ],
  ["of a session that was closed", [jsonAnswer(yielded)], (session) => session.close()],
])("a signal does nothing to a cell %s", async (_what, answers, meanwhile) => {
  const { session, stop, lines } = opened(...answers);
  await session.exec("1", { signal: stop.signal });
  await meanwhile(session);
  const before = lines().length;
  stop.abort();
  await turn();
  expect(lines()).toHaveLength(before);
});

test("a signal does nothing after its exec has failed", async () => {
  const accepted = eventsAnswer(
    ["accepted", { cellId: "c" }],
    ["error", { error: { code: "ERR_QUOTA", message: "no" } }],
  );
  const { session, stop, lines } = opened(accepted);
  await expect(session.exec("1", { signal: stop.signal })).rejects.toThrow("no");
  stop.abort();
  await turn();
  expect(lines()).toHaveLength(1);
});

test("a signal that is aborted before the cell is known ends it as soon as it is", async () => {
  const answered = new Held<Response>();
  const { session, stop, lines } = opened(() => answered.promise, jsonAnswer(terminated));
  const done = session.exec("1", { signal: stop.signal });
  stop.abort();
  answered.resolve(
    eventsAnswer(["accepted", { cellId: "c" }], ["cell", { cellId: "c" }], ["outcome", terminated]),
  );
  expect(await done).toMatchObject({ status: "terminated", reason: "aborted" });
  await turn();
  expect(lines().slice(1)).toEqual([isTerminate]);
});

test("a cell whose id is no part of a path is not ended, and nothing else is", async () => {
  const { session, stop, lines } = opened(jsonAnswer({ ...yielded, cellId: ".." }));
  await session.exec("1", { signal: stop.signal });
  stop.abort();
  await turn();
  expect(lines()).toHaveLength(1);
});

test("a cell that could not be ended as its signal asked is a warning", async () => {
  const warnings = await warningsOf(async () => {
    const { session, stop } = opened(jsonAnswer(yielded), refusal("ERR_FORBIDDEN", 403));
    await session.exec("1", { signal: stop.signal });
    stop.abort();
    await turn();
  });
  expect(warnings).toEqual([
    "CODECELL_CLIENT: The cell c could not be ended as its signal asked: no",
  ]);
});

test("handlers are told of a cell's id once, and of events and notifications as they come", async () => {
  const event = { cellId: "c", sessionId: "of the server", at: 1 };
  const { session } = opened(
    eventsAnswer(
      ["accepted", { cellId: "c" }],
      ["other", { ...event, type: "started" }],
      ["cell", { ...event, type: "started" }],
      ["cell", { ...event, type: "notify", text: "n" }],
      ["outcome", sentOutcome()],
    ),
  );
  const told: unknown[] = [];
  await session.exec("1", {
    onCellId: (id) => told.push(id),
    onEvent: ({ type, sessionId }) => void told.push([type, sessionId]),
    onNotify: (notification) => void told.push(notification),
  });
  const sessionId = session.id;
  expect(told).toEqual([
    "c",
    ["started", sessionId],
    ["notify", sessionId],
    { sessionId, cellId: "c", text: "n" },
  ]);
});

test("handlers that throw or reject are warnings", async () => {
  const fail = async (): Promise<never> => {
    throw new Error("rejected");
  };
  const warnings = await warningsOf(async () => {
    const { session } = opened(
      eventsAnswer(
        ["cell", { cellId: "c", at: 1, type: "notify", text: "n" }],
        ["outcome", sentOutcome()],
      ),
    );
    await session.exec("1", {
      onCellId: () => {
        throw new Error("thrown");
      },
      onNotify: fail,
    });
  });
  expect(warnings).toEqual([
    "CODECELL_EVENT_HANDLER: The onCellId handler failed: thrown",
    "CODECELL_EVENT_HANDLER: The onNotify handler failed: rejected",
  ]);
});

test("a cell that is missing when it is to be ended is looked for only if an earlier try may have ended it", async () => {
  const missing = jsonAnswer({ status: "missing", cellId: "c", reason: "unknown" });
  const { session, lines } = opened(missing);
  expect(await session.terminate("c")).toMatchObject({ status: "missing" });
  expect(lines()).toEqual([isTerminate]);
});
