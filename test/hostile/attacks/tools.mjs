// Attacks through tool calls: what is sent to the host's functions, and what comes back from them.
import { cellAttacks, completes, KiB, MiB } from "../attack.mjs";

/**
 * A tool that misbehaves: its call must be rejected, and nothing else may happen.
 * @param {import("../prepared-tools.mjs").ToolName} tool
 * @param {string} what
 */
function rejected(tool, what) {
  return {
    name: `result-${tool.replaceAll("_", "-")}`,
    what,
    source: `try { await tools.${tool}(); text("resolved"); } catch (e) { text(e.name); text(e.tool); text(e.message.length < 1e5); }`,
    tools: [tool],
    expect: completes("ToolError", tool, "true"),
  };
}

export const tools = cellAttacks([
  {
    name: "call-flood",
    what: "Calls a tool that never answers, without end and without waiting.",
    source: "for (;;) tools.hang();",
    tools: ["hang"],
    limits: { toolCalls: 2000 },
    expect: { status: "failed", code: "ERR_CELL_TOOL_CALLS_LIMIT", limit: "toolCalls" },
  },
  {
    name: "call-flood-defaults",
    what: "Calls a tool without end under the default limits.",
    source: "for (;;) tools.hang();",
    tools: ["hang"],
    expect: { status: "failed", code: "ERR_CELL_TOOL_CALLS_LIMIT", limit: "toolCalls" },
    within: 20_000,
  },
  {
    name: "call-flood-in-turns",
    what: "Calls a tool that answers at once, one call after another.",
    source: "for (;;) await tools.echo(1);",
    tools: ["echo"],
    limits: { toolCalls: 500 },
    expect: { status: "failed", code: "ERR_CELL_TOOL_CALLS_LIMIT", limit: "toolCalls" },
  },
  {
    name: "calls-in-flight",
    what: "Makes more calls at once than may be in flight; the rest must wait and none may be lost.",
    source:
      "const all = await Promise.all(Array.from({ length: 200 }, (_, i) => tools.slow(i))); text(all.every((value, i) => value === i));",
    tools: ["slow"],
    limits: { toolCallsInFlight: 10 },
    expect: completes("true"),
  },
  {
    name: "calls-in-flight-exit",
    what: "Ends with open calls, waiting calls, and calls that were not awaited.",
    source: 'for (let i = 0; i < 100; i++) tools.hang(i); text("gone");',
    tools: ["hang"],
    limits: { toolCallsInFlight: 10 },
    expect: completes("gone"),
  },
  {
    name: "search-flood",
    what: "Searches a thousand tools without end and without waiting.",
    source: 'for (let n = 0; ; n++) search_tools("copy " + n, 50);',
    tools: ["a_thousand"],
    limits: { toolCalls: 2000 },
    expect: { status: "failed", code: "ERR_CELL_TOOL_CALLS_LIMIT", limit: "toolCalls" },
  },
  {
    name: "search-flood-in-turns",
    what: "Searches a thousand tools for as many words as there may be, one search after another.",
    source: `
      const words = "copies contents folder another repository branch ".repeat(10);
      for (let n = 0; ; n++) {
        try { await search_tools((n + " " + words).slice(0, 500), 50); } catch {}
      }`,
    tools: ["a_thousand"],
    limits: { toolCalls: 100 },
    expect: { status: "failed", code: "ERR_CELL_TOOL_CALLS_LIMIT", limit: "toolCalls" },
  },
  {
    name: "search-past-its-number",
    what: "Looks for a tool that there is not until it is refused, and goes on.",
    source: `
      const messages = new Set();
      for (let n = 0; n < 1500; n++) try { await describe_tool("nothing"); } catch (e) { messages.add(e.message.slice(0, 22)); }
      text([...messages].join());`,
    tools: ["echo"],
    expect: completes('There is no tool "noth,This cell has searched'),
  },
  {
    name: "search-hostile-query",
    what: "Searches for objects whose conversions run its code, and for texts of any length.",
    source: `
      let runs = 0;
      const run = () => { runs++; throw new Error("ran"); };
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      const hostile = [new Proxy({}, { get: run }), proxy, { toString: run, valueOf: run, [Symbol.toPrimitive]: run }, "x".repeat(2 ** 28), Symbol("s"), [["a"]]];
      const names = new Set();
      for (const value of hostile) for (const ask of [search_tools, describe_tool, (limit) => search_tools("a", limit)]) {
        try { await ask(value); names.add("asked"); } catch (e) { names.add(e.name); }
      }
      text([...names].join()); text(runs);`,
    tools: ["a_thousand"],
    expect: completes("TypeError", "0"),
  },
  {
    name: "search-exit",
    what: "Ends with open searches that were not awaited.",
    source: 'for (let n = 0; n < 500; n++) search_tools("copy " + n); text("gone"); exit();',
    tools: ["a_thousand"],
    limits: { toolCallsInFlight: 10 },
    expect: completes("gone"),
  },
  {
    name: "input-flood",
    what: "Has large inputs of many unsettled calls kept by the host.",
    source:
      'let n = 0; try { for (;; n++) tools.hang("x".repeat(1e5)); } catch (e) { text(e.name); } text(n);',
    tools: ["hang"],
    limits: { toolInputBytes: MiB },
    expect: completes("RangeError", "10"),
  },
  {
    name: "input-huge",
    what: "Sends an input of 256 MiB.",
    source: 'try { tools.echo("x".repeat(2 ** 28)); } catch (e) { text(e.name); }',
    tools: ["echo"],
    limits: { heapBytes: 1024 * MiB },
    expect: completes("RangeError"),
  },
  {
    name: "input-deep",
    what: "Sends an input nested so deep that the host's parser, schema or tool would overflow its stack.",
    source: `
      let deep = []; for (let i = 0; i < 5000; i++) deep = [deep];
      try { await tools.echo(deep); text("sent"); } catch (e) { text(e.name); }`,
    tools: ["echo"],
    expect: completes("RangeError"),
  },
  {
    name: "input-deep-to-json",
    what: "Sends a deep input that only its toJSON shows.",
    source: `
      let deep = []; for (let i = 0; i < 5000; i++) deep = [deep];
      try { await tools.echo({ toJSON: () => ({ toJSON: 1, deep }) }); text("sent"); } catch (e) { text(e.name); }`,
    tools: ["echo"],
    expect: completes("RangeError"),
  },
  {
    name: "input-recursive-schema",
    what: "Sends the deepest input that may cross to a tool with a recursive schema.",
    source: `
      let deep = []; for (let i = 0; i < 990; i++) deep = [deep];
      text(await tools.tree(deep));`,
    tools: ["tree"],
    expect: completes("a tree"),
  },
  {
    name: "input-unserializable",
    what: "Sends what JSON cannot carry.",
    source: `
      const cyclic = {}; cyclic.self = cyclic;
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      const results = [];
      for (const value of [cyclic, 1n, Symbol("s"), () => {}, proxy, { get a() { throw new Error("getter"); } }]) {
        try { await tools.echo(value); results.push("sent"); } catch (e) { results.push(e.name); }
      }
      text(results.join());`,
    tools: ["echo"],
    expect: completes("TypeError,TypeError,TypeError,TypeError,TypeError,Error"),
  },
  {
    name: "input-odd-values",
    what: "Sends what JSON changes: NaN, dates, holes, typed arrays, boxed values, huge numbers.",
    source: `
      const odd = [NaN, Infinity, -0, new Date(NaN), [, 1], new Uint8Array(2), Object("s"), 1e400, "\\ud800", new Error("e"), new Map([[1, 2]]), [undefined]];
      text(JSON.stringify(await Promise.all(odd.map((value) => tools.echo(value)))));`,
    tools: ["echo"],
    expect: completes(
      '[null,null,0,null,[null,1],{"0":0,"1":0},"s",null,"\\ud800",{"name":"Error","message":"e"},{},[null]]',
    ),
  },
  {
    name: "input-against-schema",
    what: "Sends a checked tool everything its schema forbids.",
    source: `
      const bad = [undefined, null, 5, [], {}, { path: 5 }, { path: "x".repeat(21) }, { path: "ok", extra: 1 }, JSON.parse('{"path":"ok","__proto__":1}'), { path: ["ok"] }, { path: { toString: "ok" } }];
      let refused = 0;
      for (const input of bad) try { await tools.checked(input); } catch (e) { if (e.name === "ToolError") refused++; }
      text(refused === bad.length);
      text(await tools.checked({ path: "ok" }));`,
    tools: ["checked"],
    expect: completes("true", "ok"),
  },
  {
    name: "input-freeform",
    what: "Sends a tool that takes a text everything but a text.",
    source: `
      let refused = 0;
      for (const input of [undefined, null, 5, {}, [], ["a"], true]) try { await tools.freeform(input); } catch (e) { refused++; }
      text(refused);
      text(await tools.freeform("a text"));`,
    tools: ["freeform"],
    expect: completes("7", "a text"),
  },
  rejected("gives_cyclic", "Calls a tool whose result refers to itself."),
  rejected("gives_bigint", "Calls a tool whose result is a BigInt."),
  rejected("gives_function", "Calls a tool whose result is a function."),
  rejected("gives_revoked", "Calls a tool whose result is a revoked proxy."),
  rejected("gives_bad_to_json", "Calls a tool whose result throws when it is made JSON."),
  rejected("gives_deep", "Calls a tool whose result is nested a hundred thousand deep."),
  rejected("gives_huge", "Calls a tool whose result is past 64 MiB."),
  rejected("throws_null", "Calls a tool that throws null."),
  rejected("throws_symbol", "Calls a tool that throws a symbol."),
  rejected("throws_revoked", "Calls a tool that throws a revoked proxy."),
  rejected("throws_getter", "Calls a tool whose error throws when it is read."),
  rejected("throws_later", "Calls a tool that fails later."),
  {
    name: "result-throws-huge",
    what: "Calls a tool that fails with a message of megabytes.",
    source: "try { await tools.throws_huge(); } catch (e) { text(e.name); }",
    tools: ["throws_huge"],
    expect: completes("ToolError"),
  },
  {
    name: "result-past-limit",
    what: "Asks a tool for more than one result may have.",
    source:
      'try { await tools.echo("x".repeat(5000)); } catch (e) { text(e.name); text(e.message.includes("toolResultBytes")); }',
    tools: ["echo"],
    limits: { toolResultBytes: 1000 },
    expect: completes("ToolError", "true"),
  },
  {
    name: "result-bad-then",
    what: "Calls a tool whose result is a thenable that settles twice and throws.",
    source: "text(await tools.gives_bad_then());",
    tools: ["gives_bad_then"],
    expect: completes("first"),
  },
  {
    name: "result-after-end",
    what: "Ends while tools are about to answer or to fail.",
    source: 'tools.slow(1); tools.throws_later(); text("gone");',
    tools: ["slow", "throws_later"],
    next: {
      source: 'await new Promise((go) => setTimeout(go, 60)); text("fine");',
      output: ["fine"],
    },
    expect: completes("gone"),
  },
  {
    name: "rejections-unhandled",
    what: "Leaves thousands of failed calls unhandled.",
    source:
      "for (let i = 0; i < 2000; i++) tools.throws_null(); await new Promise((go) => setTimeout(go, 300)); text('done');",
    tools: ["throws_null"],
    expect: { status: "completed", output: ["done"] },
  },
  {
    name: "call-in-recursion",
    what: "Calls a tool where the stack is exhausted.",
    source: `
      let calls = 0;
      const f = () => { try { f(); } finally { if (calls < 50) { calls++; tools.echo(calls); } } };
      try { f(); } catch (e) { text(e.name); }
      text(await tools.echo("alive"));`,
    tools: ["echo"],
    expect: completes("RangeError", "alive"),
  },
  {
    name: "call-in-finalizer",
    what: "Calls tools from promise callbacks after its own code has ended.",
    source:
      'Promise.resolve().then(() => Promise.resolve()).then(() => { tools.echo(1); text("late"); }); text("end");',
    tools: ["echo"],
    expect: { status: "completed", outputStart: ["end"] },
  },
  {
    name: "tool-terminates-cell",
    what: "Calls a tool that terminates the very cell that called it.",
    source: 'text("in"); await tools.terminates_own_cell(); text("after");',
    tools: ["terminates_own_cell"],
    expect: { status: "terminated", reason: "requested", output: ["in"] },
  },
  {
    name: "tool-closes-session",
    what: "Calls a tool that closes the session it is called from.",
    source: 'text("in"); await tools.closes_session(); text("after");',
    tools: ["closes_session"],
    expect: { status: "terminated", reason: "closed", output: ["in"] },
  },
  {
    name: "tool-waits-for-own-cell",
    what: "Calls a tool that waits for the cell that waits for it.",
    source:
      'text("in"); try { text(await tools.waits_for_own_cell()); } catch (e) { text(e.name); }',
    tools: ["waits_for_own_cell"],
    expect: completes("in", "ToolError"),
  },
  {
    name: "tool-runs-cells",
    what: "Starts cells from tools inside cells, fifty deep.",
    source: `
      const inner = "for (let i = 0; i < 5; i++) await tools.echo(i); text(1)";
      const all = await Promise.all(Array.from({ length: 50 }, () => tools.execs(inner)));
      text(all.every((status) => status === "completed"));`,
    tools: ["execs", "echo"],
    expect: completes("true"),
  },
  {
    name: "timers-flood",
    what: "Sets timers without end.",
    source:
      "const f = () => {}; let n = 0; try { for (;; n++) setTimeout(f, 1e9); } catch (e) { text(e.name); } text(n);",
    limits: { timers: 1000 },
    expect: completes("RangeError", "1000"),
  },
  {
    name: "timers-clear-flood",
    what: "Clears timers that do not exist, and ids that are no ids.",
    source: `
      for (let i = 0; i < 1e5; i++) clearTimeout(i);
      for (const id of [NaN, -1, 2 ** 53, "1", null, {}, undefined, { valueOf() { throw new Error("id"); } }]) try { clearTimeout(id); } catch {}
      let fired = 0; const id = setTimeout(() => fired++, 5); clearTimeout(id); clearTimeout(id);
      await new Promise((go) => setTimeout(go, 20));
      text(fired);`,
    expect: completes("0"),
  },
  {
    name: "timers-hostile-callbacks",
    what: "Sets timers with callbacks that are no functions, or throw.",
    source: `
      let refused = 0;
      for (const callback of ["alert(1)", null, undefined, {}, 5, Symbol("s")]) try { setTimeout(callback); } catch { refused++; }
      text(refused);
      setTimeout(() => { throw new Error("in a timer"); });
      await new Promise((go) => setTimeout(go, 1000));
      text("after");`,
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "in a timer" },
  },
  {
    name: "call-arguments-flood",
    what: "Calls helpers and tools with a hundred thousand arguments.",
    source:
      'const many = new Array(1e5).fill(1); text(...many); await tools.echo(...many); setTimeout(() => {}, 0, ...many); store("k", ...many); text("done");',
    tools: ["echo"],
    limits: { outputBytes: 10 * KiB },
    expect: completes("1", "done"),
  },
  {
    name: "input-during-growth",
    what: "Fills its heap inside the getter of a tool's input.",
    source: "const kept = []; tools.echo({ get a() { for (;;) kept.push({}); } });",
    tools: ["echo"],
    limits: { heapBytes: 32 * MiB },
    expect: { status: "failed", code: "ERR_CELL_HEAP_LIMIT", limit: "heapBytes" },
  },
]);
