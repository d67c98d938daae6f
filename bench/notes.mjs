// What do the notes below a script's output cost? Prints the characters and tokens that a model reads for
// each kind of note, and of the hints below errors; each is caused by a program. The numbers are the same
// each time.
//
//   node bench/notes.mjs [--json]

import { parseArgs } from "node:util";
import { createCodeMode, createModelTools } from "../dist/index.js";
import { openReport } from "./lib/report.mjs";
import { formatCount } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    // As all benchmarks take it.
    samples: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const report = openReport({
  name: "notes",
  question: "what do the notes below a script's output cost?",
  settings: {},
  json: options.json,
});

/** @type {() => Promise<never>} */
const never = () => new Promise(() => {});
/** @type {Readonly<Record<string, import("../dist/index.js").ToolDefinition>>} */
const tools = {
  slow: { execute: never },
  search: { execute: never },
  quick: { execute: () => "done" },
  failing: { execute: () => Promise.reject(new Error("no such file: report.txt")) },
  delete_file: { approval: "ask", execute: never },
  write_file: { approval: "ask", execute: never },
};
const rejections = (count) =>
  `for (let i = 0; i < ${count}; i++) tools.failing({}); await tools.quick(); await tools.quick(); text(1);`;

const notes = {
  "nothing was handed out": "const sum = 1 + 1;",
  "a tool call was dropped": "text(1); tools.slow({});",
  "tool calls were dropped": "text(1); tools.slow({}); tools.search({});",
  "a rejection was not handled": rejections(1),
  "five rejections were not handled": rejections(5),
  "a notification did not arrive": "text(1); notify('begun');",
  "a call waits for approval": "tools.delete_file({}); yield_control(); await 0;",
  "calls wait for approval":
    "tools.delete_file({}); tools.write_file({}); yield_control(); await 0;",
  "all notes of one answer": `${rejections(5).replace("text(1);", "")} notify(1); tools.slow({});`,
};
const hints = {
  "hint: a shell's command": "ls -la",
  "hint: Node's require": "const fs = require('fs');",
  "hint: fetch": "await fetch('https://example.org');",
  "hint: a tool without tools": "await quick({});",
};

const rows = [
  ...(await Promise.all(Object.entries(notes).map(([of, code]) => measure(of, code, findNotes)))),
  ...(await Promise.all(Object.entries(hints).map(([of, code]) => measure(of, code, findHint)))),
];
report.close(
  rows,
  [
    { name: "note", text: (row) => row.of },
    { name: "characters", text: (row) => formatCount(row.characters) },
    { name: "tokens", text: (row) => formatCount(row.tokens) },
  ],
  ["four UTF-8 bytes count as a token, as in maxOutputTokens; names and messages are short ones"],
);

/** The text that a model reads because of what a program did. */
async function measure(of, code, find) {
  const codeMode = createCodeMode({
    tools,
    onApproval: never,
    onNotify: () => Promise.reject(new Error("nobody listens")),
  });
  const { exec } = createModelTools(codeMode.openSession());
  const { content } = await exec.execute({ code });
  await codeMode.close();
  const last = content.at(-1);
  const text = find(last?.type === "text" ? last.text : "");
  if (text === undefined) throw new Error(`${of}: there is none in ${JSON.stringify(content)}`);
  return { of, characters: text.length, tokens: Math.ceil(Buffer.byteLength(text) / 4) };
}

function findNotes(text) {
  return text.startsWith("Note: ") ? text : undefined;
}

/** The last lines of an error's text. */
function findHint(text) {
  return /\n\n(.+)$/s.exec(text)?.[1];
}
