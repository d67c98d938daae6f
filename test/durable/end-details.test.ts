import { describe, expect, test } from "vitest";
import { checkedEndDetails } from "../../src/durable/end-details.js";
import type { EndDetails } from "../../src/durable/records.js";

const usage = {
  ...{ cpuMs: 1.5, toolWaitMs: 0, heapBytes: 3 },
  ...{ heapPeakBytes: 4, arrayBufferPeakBytes: 5 },
};
const facts = { endedAt: 1, wallMs: 2.5, toolCalls: 0, outputBytes: 4, droppedCalls: ["a"] };
const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "", text: "" };
const place = { host: "process", confinement: ["a"] };
const details = { kind: "ending", usage, facts };

/** An error with so many causes, one in the other. */
function withCauses(count: number): object {
  return count === 0 ? error : { ...error, cause: withCauses(count - 1) };
}

const checked = (given: unknown) => checkedEndDetails(given as EndDetails);

describe("the details of an end are told", () => {
  test.each<[string, object]>([
    ["without an error", details],
    ["with no dropped call", { ...details, facts: { ...facts, droppedCalls: [] } }],
    ["with an error", { ...details, error }],
    ["with an error of many causes", { ...details, error: withCauses(99) }],
    ["with a place", { ...details, place }],
    ["with a place that is not confined", { ...details, place: { ...place, confinement: [] } }],
  ])("%s", (_, given) => {
    expect(checked(given)).toBe(given);
  });
});

describe("the details of an end are left out", () => {
  test.each<[string, object]>([
    ["without usage", { ...details, usage: undefined }],
    ["with usage that is null", { ...details, usage: null }],
    ["with usage that is a number", { ...details, usage: 1 }],
    ["without facts", { ...details, facts: undefined }],
    ["with facts that are null", { ...details, facts: null }],
    ["with calls in no list", { ...details, facts: { ...facts, droppedCalls: "a" } }],
    ["with a call without a name", { ...details, facts: { ...facts, droppedCalls: ["a", 1] } }],
    ["with an error that is null", { ...details, error: null }],
    ["with an error that is a text", { ...details, error: "Error" }],
    ["with a cause that is none", { ...details, error: { ...error, cause: 1 } }],
    ["with a cause that is null", { ...details, error: { ...error, cause: null } }],
    ["with too many causes", { ...details, error: withCauses(100) }],
    ["with a place that is null", { ...details, place: null }],
    ["with a place without a host", { ...details, place: { ...place, host: undefined } }],
    ["with a place in words", { ...details, place: { ...place, confinement: "none" } }],
    ["with a place in numbers", { ...details, place: { ...place, confinement: ["a", 1] } }],
    ...Object.keys(usage).map((name): [string, object] => [
      `without ${name}`,
      { ...details, usage: { ...usage, [name]: undefined } },
    ]),
    ...["endedAt", "wallMs", "toolCalls", "outputBytes"].map((name): [string, object] => [
      `with a text as ${name}`,
      { ...details, facts: { ...facts, [name]: "1" } },
    ]),
    ...Object.keys(error).map((name): [string, object] => [
      `with an error without ${name}`,
      { ...details, error: { ...error, [name]: undefined } },
    ]),
  ])("%s", (_, given) => {
    expect(checked(given)).toBeUndefined();
  });
});
