// Attacks that want to go on after their own exit().
import { cellAttacks } from "../attack.mjs";

export const terminationByExit = cellAttacks([
  {
    name: "exit-then-loop",
    what: "Calls exit() and tries to go on after it.",
    source: 'text("in"); try { exit(); } catch { text("caught"); } finally { for (;;); }',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-getter",
    what: "Calls exit() inside a getter that text() reads.",
    source: 'text("in"); text({ get a() { exit(); } }); for (;;) text("after");',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-catch-loop",
    what: "Calls exit() inside a finally inside a loop that catches everything.",
    source:
      'text("in"); for (;;) { try { throw 1; } catch { try { exit(); } catch {} } finally { continue; } }',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-to-json",
    what: "Calls exit() inside the toJSON of a tool's input; the call must not be made.",
    source: 'text("in"); tools.hang({ toJSON() { exit(); } }); text("after");',
    tools: ["hang"],
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-timer",
    what: "Calls exit() in a timer while its code waits for ever, with more timers due.",
    source:
      'text("in"); setTimeout(() => exit()); setTimeout(() => text("after")); await new Promise(() => {});',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-stack-getter",
    what: "Calls exit() while its own error is being described.",
    source: 'text("in"); throw { get stack() { exit(); }, get message() { exit(); } };',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-at-stack-limit",
    what: "Calls exit() where the stack is exhausted.",
    source: 'text("in"); const f = () => { try { f(); } finally { exit(); } }; f(); text("after");',
    expect: { status: "completed", output: ["in"] },
  },
]);
