import { functions } from "./functions.mjs";
import { lastValues } from "./last-values.mjs";
import { openWork } from "./open-work.mjs";
import { output } from "./output.mjs";
import { places } from "./places.mjs";
import { results } from "./results.mjs";
import { returns } from "./returns.mjs";
import { namesOfTools } from "./tools.mjs";
import { webGlobals } from "./web-globals.mjs";

/** @type {readonly import("../program.mjs").Idiom[]} */
export const corpus = [
  returns,
  functions,
  openWork,
  lastValues,
  output,
  namesOfTools,
  results,
  webGlobals,
  places,
];
