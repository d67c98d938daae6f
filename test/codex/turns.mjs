// Turns of a model in Codex: what it answers, and what Codex must tell it of each program.
import assert from "node:assert/strict";
import { startAppServer } from "./app-server.mjs";
import { makeHome, startCodex } from "./codex-home.mjs";
import { outputOf, runs, says, startModel, waits } from "./model-server.mjs";

/**
 * @typedef {object} Turn
 * @property {string} name
 * @property {(context: { codex: string, wire: "grpc" | "framed" }) => Promise<void>} run
 */

/** A step: the model runs a program or waits, and is told what matches. */
const step = (
  /** @type {{ readonly call_id: string }} */ item,
  /** @type {readonly RegExp[]} */ expected,
) => ({ item, expected });

/** One turn of `codex exec` whose model takes these steps, one after the other. */
const turn = (
  /** @type {string} */ name,
  /** @type {readonly ReturnType<typeof step>[]} */ steps,
) => ({
  name,
  async run(/** @type {{ codex: string, wire: "grpc" | "framed" }} */ { codex, wire }) {
    /** @type {string[]} */
    const told = [];
    const check = (/** @type {any} */ request, /** @type {number} */ index) => {
      const { item, expected } = /** @type {any} */ (steps[index]);
      const output = outputOf(request, item.call_id);
      told.push(output);
      for (const pattern of expected) assert.match(output, pattern);
    };
    const model = await startModel([
      ...steps.map(({ item }, index) => (/** @type {any} */ request) => {
        if (index > 0) check(request, index - 1);
        return [item];
      }),
      (request) => {
        check(request, steps.length - 1);
        return [says("the turn is over")];
      },
    ]);
    const home = makeHome({ modelUrl: model.url, wire });
    try {
      const args = ["exec", "--skip-git-repo-check", "go"];
      const { child, ended, said } = startCodex(codex, args, home.folder);
      child.stdin.end();
      child.stdout.resume();
      const code = await ended;
      assert.deepEqual(model.problems, [], told.join("\n"));
      assert.equal(code, 0, said());
      assert.equal(model.requests.length, steps.length + 1, said());
    } finally {
      model.close();
      home.remove();
    }
  },
});

/** A program whose outcome is awaited, however slow the machine is: by default Codex looks at it after 10 s. */
const toItsEnd = (/** @type {string} */ source) =>
  `// @exec: {"yield_time_ms": ${patienceMs}}\n${source}`;
/** As long as Codex waits. */
const patienceMs = 120_000;
/** The longest that Codex waits for a command. */
const shell = "yield_time_ms: 30000";

const completed = /^Script completed\n/;
const failed = /^Script failed\n/;

/** @type {readonly Turn[]} */
export const turns = [
  turn("nested calls, stored values, and a failed tool", [
    step(
      runs(
        "a",
        toItsEnd(
          `const out = await tools.exec_command({ cmd: "echo from-the-shell", ${shell} }); text(out); store("kept", [1, { a: 2 }]);`,
        ),
      ),
      [completed, /from-the-shell/],
    ),
    step(
      runs(
        "b",
        toItsEnd(
          'text(load("kept")); try { await tools.exec_command({ cmd: 5 }) } catch (e) { text("caught " + e.message) }',
        ),
      ),
      [completed, /\[1,\{"a":2\}\]/, /caught failed to parse function arguments/],
    ),
    step(runs("c", toItsEnd("await tools.exec_command({ cmd: 5 })")), [
      failed,
      /Script error:\nfailed to parse function arguments/,
    ]),
  ]),
  turn("a notification, a yield, and wait", [
    step(runs("a", 'notify("a note"); text("first"); yield_control(); text("second");'), [
      /^Script running with cell ID 1\n/,
      /first/,
    ]),
    step(waits("b", { cell_id: "1", yield_time_ms: patienceMs }), [completed, /second/]),
    step(waits("c", { cell_id: "1" }), [failed, /exec cell 1 not found/]),
  ]),
  turn("termination of a program that never stops", [
    step(runs("a", '// @exec: {"yield_time_ms": 100}\ntext("spinning"); for (;;) {}'), [
      /^Script running with cell ID 1\n/,
    ]),
    step(waits("b", { cell_id: "1", terminate: true }), [/^Script terminated\n/]),
    step(runs("c", toItsEnd('text("still here")')), [completed, /still here/]),
  ]),
  turn("errors of every kind, and the session goes on", [
    step(runs("a", toItsEnd('store("kept", 1); throw new TypeError("mine")')), [
      failed,
      /TypeError: mine/,
    ]),
    step(runs("b", toItsEnd("throw { toString() { throw 1 } }")), [failed]),
    step(runs("c", toItsEnd("const all = []; for (;;) all.push(new Array(1000).fill(1.5));")), [
      failed,
      /heapBytes/,
    ]),
    step(runs("d", toItsEnd("text(")), [failed, /SyntaxError/]),
    step(runs("e", toItsEnd('text("kept " + load("kept"))')), [completed, /kept 1/]),
  ]),
  turn("300 calls at once", [
    step(
      runs(
        "a",
        toItsEnd(
          `const calls = Array.from({ length: 300 }, () => tools.get_goal({}));
          text((await Promise.allSettled(calls)).length + " settled");`,
        ),
      ),
      [/300 settled/],
    ),
  ]),
  {
    name: "steering, by a message to a turn that runs",
    run: (context) =>
      withAppServer(context, async ({ server, model, turnId }) => {
        await server.request("turn/steer", {
          threadId: server.threadId,
          expectedTurnId: turnId,
          input: [{ type: "text", text: "look here" }],
        });
        await server.message(({ method }) => method === "turn/completed");
        const [, second] = model.requests;
        assert.match(
          outputOf(/** @type {any} */ (second), "a"),
          /^Script running with cell ID 1\n/,
        );
        assert.match(JSON.stringify(second?.input), /look here/);
      }),
  },
  {
    name: "interruption of a turn whose program runs",
    run: (context) =>
      withAppServer(context, async ({ server, turnId }) => {
        await server.request("turn/interrupt", { threadId: server.threadId, turnId });
        const { params } = await server.message(({ method }) => method === "turn/completed");
        assert.equal(params.turn.status, "interrupted");
      }),
  },
];

/**
 * A turn of an app server whose program runs a command that never ends.
 * @param {{ codex: string, wire: "grpc" | "framed" }} context
 * @param {(running: { server: Awaited<ReturnType<typeof startAppServer>>, model: Awaited<ReturnType<typeof startModel>>, turnId: string }) => Promise<void>} use
 */
async function withAppServer({ codex, wire }, use) {
  const program =
    'text("begun"); await tools.exec_command({ cmd: "echo begun; sleep 600", yield_time_ms: 30000 });' +
    // Codex waits no longer for a command.
    "await new Promise((wake) => setTimeout(wake, 600000));";
  const model = await startModel([[runs("a", toItsEnd(program))], [says("done")]]);
  const home = makeHome({ modelUrl: model.url, wire });
  const server = await startAppServer(codex, home.folder);
  try {
    const { turn: started } = await server.request("turn/start", {
      threadId: server.threadId,
      input: [{ type: "text", text: "go" }],
    });
    await server.message(
      ({ method, params }) => method === "item/started" && params.item.type === "commandExecution",
    );
    await use({ server, model, turnId: started.id });
    assert.deepEqual(model.problems, []);
  } finally {
    await server.close();
    model.close();
    home.remove();
  }
}
