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

const tooLongForGrpc: Difference = {
  reason: "An answer that is too long for the wire is an error, in the words of the gRPC library.",
  expected: stepping({
    op: "exec",
    refused: expect.stringMatching(/^Sent message larger than max \(734\d{5} vs\. 67108864\)$/),
  }),
};

/** What gRPC does otherwise than frames. */
const grpcOnly: Readonly<Record<string, Difference>> = {
  "cancel-execute": {
    reason:
      "A call of gRPC that its client has cancelled has no answer; frames ignore the cancellation.",
    expected: stepping({ op: "join", refused: "Cancelled on client" }),
  },
  "long-text-70MiB": tooLongForGrpc,
  "long-text-70x1MiB": tooLongForGrpc,
};

function differencesWith(
  own: Readonly<Record<string, Difference>>,
): ReadonlyMap<string, Difference> {
  return new Map(
    [...differences]
      .filter(([name]) => !asRecorded.includes(name))
      .concat(Object.entries({ ...ownDifferences, ...own })),
  );
}

/** By the name of the case: all others are as recorded, which was done in frames. */
export const framedDifferences: ReadonlyMap<string, Difference> = differencesWith({});

/** The same over gRPC. */
export const grpcDifferences: ReadonlyMap<string, Difference> = differencesWith(grpcOnly);
