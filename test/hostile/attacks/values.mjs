// Attacks by number: values that are short as text and many as values, which take the host more
// time and memory than their bytes tell.
import { cellAttacks, completes } from "../attack.mjs";

const caught = (action) => `try { ${action}; text("passed"); } catch (e) { text(e.name); }`;
const millions = "const many = new Array(5e6).fill(0);";

export const values = cellAttacks([
  {
    name: "values-tool-input",
    what: "Gives a tool five million numbers.",
    source: `${millions} ${caught("await tools.echo(many)")}`,
    tools: ["echo"],
    expect: completes("RangeError"),
  },
  {
    name: "values-tool-input-keys",
    what: "Gives a tool an object of a hundred thousand keys.",
    source: `
      const many = {}; for (let i = 0; i < 1e5; i++) many["k" + i] = 0;
      ${caught("await tools.echo(many)")}`,
    tools: ["echo"],
    expect: completes("RangeError"),
  },
  {
    name: "values-tool-input-hidden",
    what: "Gives a tool a small object whose toJSON makes millions of empty arrays.",
    source: `
      const small = { toJSON: () => new Array(3e6).fill([]) };
      ${caught("await tools.echo({ small })")}`,
    tools: ["echo"],
    expect: completes("RangeError"),
  },
  {
    name: "values-tool-inputs-within",
    what: "Gives a tool nearly as many values as may be, in twenty calls without waiting.",
    source: `
      const many = new Array(99_000).fill(0);
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => tools.echo(many)));
      text(all.every(({ value }) => value?.length === 99_000));`,
    tools: ["echo"],
    expect: completes("true"),
  },
  {
    name: "values-tool-result",
    what: "Asks a tool for a result of millions of values.",
    source: caught("await tools.gives_many()"),
    tools: ["gives_many"],
    expect: completes("ToolError"),
  },
  {
    name: "values-stored",
    what: "Stores five million numbers.",
    source: `${millions} ${caught('store("many", many)')} text(load("many") === undefined);`,
    expect: { ...completes("RangeError", "true"), stored: {} },
  },
  {
    name: "values-stored-many-times",
    what: "Stores as many values as may be under ever more keys.",
    source: `
      const many = new Array(99_000).fill([]);
      try { for (let i = 0; ; i++) store("k" + i, many); } catch (e) { text(e.name); text(e.message.includes("storedBytes")); }
      for (let i = 0; i < 1000; i++) store("k" + i, null);`,
    expect: completes("RangeError", "true"),
  },
]);
