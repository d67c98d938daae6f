// Faults that tests must notice, put into native/ one at a time by ../native.mjs.
import { faultsOfBase } from "./base.mjs";
import { faultsOfEngine } from "./engine.mjs";
import { faultsOfExec } from "./exec.mjs";
import { faultsOfGlobals } from "./globals.mjs";
import { faultsOfHost } from "./host.mjs";
import { faultsOfThread } from "./thread.mjs";

/**
 * @typedef {object} NativeFault
 * @property {string} fault - What goes wrong, as a sentence.
 * @property {string} file - In native/.
 * @property {string} from - A text that is there once.
 * @property {string} to - What takes its place.
 * @property {readonly string[]} tests - Files of tests, one of which must fail; or "test:native".
 * @property {string} [hiddenBy] - Why nobody can observe it. Such a fault is not tried, and does not count.
 */

/** @type {readonly NativeFault[]} */
export const nativeFaults = [
  ...faultsOfBase,
  ...faultsOfEngine,
  ...faultsOfExec,
  ...faultsOfGlobals,
  ...faultsOfThread,
  ...faultsOfHost,
];
