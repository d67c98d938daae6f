// Worker threads, a cluster, and two copies of the package in one process.
import { cpSync } from "node:fs";
import path from "node:path";
import { shortProgram } from "../scratch.mjs";

const worker = `const { Worker, isMainThread, parentPort } = require("node:worker_threads");
const { createCodeMode } = require("codecell");${shortProgram}
const both = () => [1, 2].map(() => new Promise((resolve, reject) => {
  new Worker(__filename).on("message", resolve).on("error", reject);
}));
if (isMainThread) Promise.all([answer(), ...both()]).then((all) => console.log(all.join()));
else answer().then((text) => parentPort.postMessage(text));`;

const cluster = `const cluster = require("node:cluster");
const { createCodeMode } = require("codecell");${shortProgram}
if (cluster.isPrimary) {
  const texts = [];
  for (let i = 0; i < 2; i += 1) cluster.fork();
  cluster.on("message", (_worker, text) => texts.push(text));
  let left = 2;
  cluster.on("exit", () => { left -= 1; if (left === 0) console.log(texts.join()); });
} else answer().then((text) => process.send(text, () => process.disconnect()));`;

const copies = `const first = require("codecell");
const second = require("./other/node_modules/codecell");
const run = (createCodeMode) => {${shortProgram}
  return answer();
};
Promise.all([first, second].map(({ createCodeMode }) => run(createCodeMode))).then((all) =>
  console.log(first === second ? "one copy" : all.join()),
);`;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("worker.cjs", worker);
  scratch.expect(scratch.node(["worker.cjs"]), "42,42,42");
  scratch.write("cluster.cjs", cluster);
  scratch.expect(scratch.node(["cluster.cjs"]), "42,42");
  const installed = path.join(scratch.folder, "node_modules");
  cpSync(installed, path.join(scratch.folder, "other", "node_modules"), { recursive: true });
  scratch.write("copies.cjs", copies);
  scratch.expect(scratch.node(["copies.cjs"]), "42,42");
}
