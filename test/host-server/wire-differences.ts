import { expect } from "vitest";
import { type Difference, differences } from "../conformance/differences.js";
import { mappingTexts, stepping } from "../conformance/expected-record.js";

const tooLong: Difference = {
  reason:
    "An answer that is too long for the wire is an error, whose length differs by a few bytes.",
  expected: stepping({
    op: "exec",
    refused: expect.stringMatching(
      /^code-mode initial response exceeds the IPC frame limit: code-mode IPC frame length 734\d{5} exceeds 67108864 bytes$/,
    ),
  }),
};

/** What the API does otherwise, and `codecell host` as recorded. */
const asRecorded: readonly string[] = [
  // The text of a failed tool is the tool's own.
  "tool-error",
  // A cancelled Execute goes on.
  "cancel-execute",
  "shutdown-with-running-cell",
];

/** What `codecell host` does otherwise by itself. */
const ownDifferences: Readonly<Record<string, Difference>> = {
  "long-text-70MiB": tooLong,
  "long-text-70x1MiB": tooLong,
  "tool-names-duplicate": {
    reason: "Of two tools with one name the last is taken, and ALL_TOOLS has one.",
    expected: mappingTexts((text, index) =>
      index === 1 ? '[{"name":"echo","description":"second"}]' : text,
    ),
  },
};

/** By the name of the case: all others are as the API does them. */
export const wireDifferences: ReadonlyMap<string, Difference> = new Map(
  [...differences, ...Object.entries(ownDifferences)].filter(
    ([name]) => !asRecorded.includes(name),
  ),
);
