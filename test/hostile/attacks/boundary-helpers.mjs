// Attacks on what a cell is given: helpers, tools and globals, for itself or for the next cell.
import { cellAttacks, completes } from "../attack.mjs";

export const boundaryHelpers = cellAttacks([
  {
    name: "helpers-as-constructors",
    what: "Constructs helpers and tools, and calls them on foreign receivers.",
    source: `
      const results = [text, store, load, image, notify, setTimeout, tools.echo, exit, yield_control].map((helper) => {
        try { new helper("x"); return "made"; } catch (e) { return e.name; }
      });
      text([...new Set(results)].join());
      for (const self of [null, 1, {}, globalThis, new Proxy({}, {}), tools]) load.call(self, "k");
      text(await tools.echo.call(new Proxy(function () {}, {}), "called"));
      text(await Reflect.apply(tools.echo, tools, ["applied"]));`,
    tools: ["echo"],
    expect: completes("TypeError", "called", "applied"),
  },
  {
    name: "tools-tampering",
    what: "Replaces, deletes and freezes tools by every means of reflection.",
    source: `
      "use strict";
      const attempts = [
        () => { tools.echo = () => "mine"; },
        () => { delete tools.echo; },
        () => Object.defineProperty(tools, "echo", { value: () => "mine" }),
        () => Object.setPrototypeOf(tools, { echo: () => "mine" }),
        () => { tools.__proto__ = { other: 1 }; },
        () => Object.assign(tools, { added: 1 }),
        () => Object.defineProperty(tools, Symbol.iterator, { value: 1 }),
      ];
      for (const attempt of attempts) { try { attempt(); } catch {} }
      text(await tools.echo("the host's"));
      text(Object.keys(tools).join());
      text(typeof tools.hasOwnProperty);`,
    tools: ["echo"],
    expect: completes("the host's", "echo", "undefined"),
  },
  {
    name: "tools-hostile-names",
    what: "Asks for tools under the names of what every object has, and calls what it gets.",
    source: `
      const names = ["__proto__", "constructor", "hasOwnProperty", "toString", "then", "valueOf", "", "a\\0b", "\\ud800", "x".repeat(1e6), "0", "-1"];
      text(names.filter((name) => typeof tools[name] !== "undefined").length);
      let errors = 0;
      for (const name of names) for (const use of [(t) => t(), (t) => new t(), (t) => Reflect.apply(t, {}, []), (t) => t.call?.(1), (t) => t\`x\`]) {
        try { use(tools[name]); } catch (e) { if (e instanceof Error && e.message.length < 1000) errors++; }
      }
      text(errors >= 48);
      for (const symbol of Reflect.ownKeys(Symbol).map((key) => Symbol[key])) if (typeof symbol === "symbol") tools[symbol];
      text(Reflect.ownKeys(tools).join());`,
    tools: ["echo"],
    expect: completes("0", "true", "echo"),
  },
  {
    name: "tools-as-prototype",
    what: "Uses the tools object as a prototype, a proxy's target, a key and a receiver.",
    source: `
      const child = Object.create(tools), behind = new Proxy(tools, {});
      text([typeof child.echo, typeof child.missing, typeof behind.echo, "echo" in child, "missing" in behind].join());
      child.missing = 1;
      text(Reflect.get(tools, "echo", 5) === tools.echo);
      text(new Map([[tools, 1]]).get(tools));
      Object.freeze(child);
      text(JSON.stringify(tools));`,
    tools: ["echo"],
    expect: completes("function,undefined,function,true,false", "true", "1", "{}"),
  },
  {
    name: "listing-tampering",
    what: "Changes ALL_TOOLS and hopes that the next cell sees it.",
    source: `
      ALL_TOOLS.push({ name: "fake" });
      ALL_TOOLS[0].name = "renamed";
      globalThis.ALL_TOOLS = [];
      text("changed");`,
    tools: ["echo"],
    next: { source: "text(ALL_TOOLS.map((tool) => tool.name).join())", output: ["echo"] },
    expect: completes("changed"),
  },
  {
    name: "globals-into-next-cell",
    what: "Leaves globals, changed prototypes and replaced helpers for the next cell.",
    source: `
      globalThis.left = 1;
      Array.prototype.map = () => ["poisoned"];
      Object.prototype.left = 1;
      globalThis.text = () => {};
      globalThis.tools = {};
      JSON.stringify = () => '"poisoned"';
      Symbol.for("left").description;`,
    next: {
      source:
        'text([typeof left, typeof {}.left, [1].map((x) => x + 1), JSON.stringify("ok")].join())',
      output: ['undefined,undefined,2,"ok"'],
    },
    expect: completes(),
  },
]);
