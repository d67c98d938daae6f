// The corpus and what runs it, for tests in TypeScript.
export { corpus } from "./corpus/index.mjs";
export { preparedTools } from "./prepared-tools.mjs";
export { answerText, expectedOf, judge } from "./program.mjs";
