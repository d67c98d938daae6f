// Mutants that change nothing that anyone can observe, each with the reason. They do not count.
import { ofAdapters } from "./adapters.mjs";
import { ofBase } from "./base.mjs";
import { ofBounds } from "./bounds.mjs";
import { ofCalls } from "./calls.mjs";
import { ofCell } from "./cell.mjs";
import { ofCli } from "./cli.mjs";
import { ofClient } from "./client.mjs";
import { ofDeclarations } from "./declarations.mjs";
import { ofDurable } from "./durable.mjs";
import { ofJournal } from "./journal.mjs";
import { ofMcp } from "./mcp.mjs";
import { ofOptions } from "./options.mjs";
import { ofSealing } from "./sealing.mjs";
import { ofServer } from "./server.mjs";
import { ofSession } from "./session.mjs";
import { ofSqlite } from "./sqlite.mjs";
import { ofTelemetry } from "./telemetry.mjs";
import { ofTools } from "./tools.mjs";

/**
 * @typedef {object} Unobservable
 * @property {string} file - In src/.
 * @property {string} line - The line on which the mutant begins, without the blanks around it.
 * @property {string} change - As the command prints it.
 * @property {number} [nth] - Which of the mutants of the file that look so, from 1. Default: 1.
 * @property {string} why
 */

/** @type {readonly Unobservable[]} */
export const unobservable = [
  ...ofAdapters,
  ...ofBase,
  ...ofBounds,
  ...ofCalls,
  ...ofCell,
  ...ofCli,
  ...ofClient,
  ...ofDeclarations,
  ...ofDurable,
  ...ofJournal,
  ...ofMcp,
  ...ofOptions,
  ...ofSealing,
  ...ofServer,
  ...ofSession,
  ...ofSqlite,
  ...ofTelemetry,
  ...ofTools,
];

/**
 * The mutant that an entry means: its place among those of its file, or -1.
 * @param {readonly import("../find-mutants.mjs").Mutant[]} mutants - Of the file.
 * @param {Unobservable} entry
 */
export function placeOf(mutants, { line, change, nth = 1 }) {
  const alike = mutants.flatMap((mutant, index) =>
    mutant.lineText === line && mutant.change === change ? [index] : [],
  );
  return alike[nth - 1] ?? -1;
}

/**
 * @param {import("../tree.mjs").SourceFile} source
 * @param {number} index - Of the mutant, in its file.
 */
export function isUnobservable({ path, mutants }, index) {
  return unobservable.some((entry) => entry.file === path && placeOf(mutants, entry) === index);
}
