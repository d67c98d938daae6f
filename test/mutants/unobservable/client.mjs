/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofClient = [
  {
    file: "client/event-stream.ts",
    line: "#endedInReturn = false;",
    change: "false → true",
    why: "A line's end with which a stream begins ends no event.",
  },
];
