// Every attack, by group.
import { boundary } from "./boundary.mjs";
import { cpu } from "./cpu.mjs";
import { errors } from "./errors.mjs";
import { exit } from "./exit.mjs";
import { memory } from "./memory.mjs";
import { modules } from "./modules.mjs";
import { output } from "./output.mjs";
import { termination } from "./termination.mjs";
import { tools } from "./tools.mjs";

/** @type {Readonly<Record<string, readonly import("../attack.mjs").Attack[]>>} */
export const attacksByGroup = Object.freeze({
  memory,
  cpu,
  termination,
  boundary,
  output,
  tools,
  modules,
  errors,
  exit,
});

/** @param {string} name */
export function attackNamed(name) {
  const found = Object.values(attacksByGroup)
    .flat()
    .find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`There is no attack named ${name}.`);
  return found;
}
