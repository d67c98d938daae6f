// ES modules and CommonJS, on each Node, with one instance for both.
import { fetchNode, nodeOfMajor, supportedMajors } from "../../../scripts/lib/node-cache.mjs";
import { cjsProgram, esmProgram } from "../scratch.mjs";

const oneInstance = `const required = require("codecell");
import("codecell").then((imported) => {
  const names = Object.keys(required).filter((name) => required[name] !== imported[name]);
  console.log(names.length === 0 && imported.CodeModeError !== undefined ? "one" : names.join());
});`;

/** @param {import("../scratch.mjs").Scratch} scratch @param {{ isSample: boolean }} options */
export function check(scratch, { isSample }) {
  const others = supportedMajors.map((major) => nodeOfMajor(major).path);
  const nodes = isSample ? [process.execPath] : [...others, fetchNode("20.11.0")];
  scratch.write("program.mjs", esmProgram);
  scratch.write("program.cjs", cjsProgram);
  scratch.write("one.cjs", oneInstance);
  for (const node of nodes) {
    scratch.runProgram(["program.mjs"], { node });
    scratch.runProgram(["program.cjs"], { node });
    scratch.expect(scratch.node(["one.cjs"], { node }), "one");
  }
}
