// Attacks on what is the host's own: its modules, and its handlers that fail.
import { cellAttacks, completes } from "../attack.mjs";

export const boundaryHost = cellAttacks([
  {
    name: "host-modules-are-copies",
    what: "Changes the exports of a module of the host for the next cell.",
    source: `
      import { config } from "settings";
      config.level = "changed";
      text(config.level);`,
    modules: { settings: { config: { level: "set" } } },
    next: { source: 'import { config } from "settings"; text(config.level);', output: ["set"] },
    expect: completes("changed"),
  },
  {
    name: "handlers-that-throw",
    what: "Makes the host's handlers of events and notifications throw at every turn.",
    source:
      'for (let i = 0; i < 5; i++) { text(i); notify("n" + i); yield_control(); await tools.echo(i); }',
    tools: ["echo"],
    handlers: "throwing",
    expect: {
      status: "completed",
      items: 5,
      warnings: new Array(5).fill("notificationFailed"),
    },
  },
]);
