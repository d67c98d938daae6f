import { describe, expect, test } from "vitest";
import { declareFittingTools } from "../../src/declarations/declare-fitting.js";
import { declareTool, type JsonSchema, type NamedTool } from "../../src/index.js";
import { ToolSet } from "../../src/tools/tool-set.js";

const maxLength = 400_000;
const maxValues = 40_000;
/** `declare const tools: {` and its end. */
const frameLength = 26;

function tool(more: Partial<NamedTool>): Partial<NamedTool> {
  return more;
}

/** A tool whose declaration is so long, of itself or of a type that it needs. */
function ofLength(
  length: number,
  part: "description" | "type" = "description",
): Partial<NamedTool> {
  const make = (text: string): Partial<NamedTool> =>
    part === "description" ? { description: text } : { inputSchema: namedType(text) };
  const least = declareTool({ name: "t0", execute, ...make("x") }).length - frameLength - 1;
  return make("x".repeat(length - least));
}

/** A schema that contains itself, so that its type stands apart. */
function namedType(text: string): JsonSchema {
  return { properties: { next: { $ref: "#" } }, description: text };
}

/** A schema made of so many values and keys. */
function ofValues(count: number): JsonSchema {
  return { examples: new Array(count - 3).fill(0) };
}

const execute = (): unknown => null;
const small = tool({});

/** The places in the list of those that are declared. */
function declared(...tools: readonly Partial<NamedTool>[]): readonly number[] {
  const named = tools.map((one, at): NamedTool => ({ name: `t${at}`, execute, ...one }));
  const { text, count } = declareFittingTools(ToolSet.empty.with(named).tools);
  const places = [...text.matchAll(/^ {2}t(\d)\(/gm)].map(([, place]) => Number(place));
  expect(places).toHaveLength(count);
  return places;
}

describe("tools are declared", () => {
  test("up to 400 000 characters, those of types included", () => {
    expect(declared(ofLength(maxLength))).toEqual([0]);
    expect(declared(ofLength(maxLength + 1))).toEqual([]);
    expect(declared(ofLength(maxLength, "type"))).toEqual([0]);
    expect(declared(ofLength(maxLength + 1, "type"))).toEqual([]);
    expect(declared(ofLength(200_000), ofLength(200_000))).toEqual([0, 1]);
    expect(declared(ofLength(200_000), ofLength(200_001), small)).toEqual([0, 2]);
  });

  test("up to 40 000 values of their schemas, of both kinds", () => {
    const half = { inputSchema: ofValues(maxValues / 2) };
    expect(declared({ inputSchema: ofValues(maxValues) })).toEqual([0]);
    expect(declared({ inputSchema: ofValues(maxValues + 1) }, small)).toEqual([1]);
    expect(declared({ ...half, outputSchema: ofValues(maxValues / 2) })).toEqual([0]);
    expect(declared({ ...half, outputSchema: ofValues(maxValues / 2 + 1) }, small)).toEqual([1]);
    expect(declared({ inputSchema: ofValues(maxValues), outputSchema: {} })).toEqual([]);
    expect(declared(half, half, small, { inputSchema: {} })).toEqual([0, 1, 2]);
  });

  test("whatever the object of a library is made of, and where there is none", () => {
    const standard = { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) };
    const inputSchema = { "~standard": standard, padding: new Array(maxValues).fill(0) };
    expect(declared({ inputSchema } as object, { outputSchema: null as never })).toEqual([0, 1]);
  });
});

describe("what does not fit is passed over", () => {
  const tooMany = { inputSchema: ofValues(maxValues + 1) };

  test("until twice as many values as fit were counted", () => {
    expect(declared(tooMany, small)).toEqual([1]);
    expect(declared(tooMany, tooMany, small)).toEqual([]);
  });

  test("and values that are too many are counted no further", () => {
    const two = { inputSchema: {}, outputSchema: {} };
    const withResult = { ...tooMany, outputSchema: {} };
    const inResult = { inputSchema: {}, outputSchema: ofValues(2 * maxValues) };
    // With one more than has room, twice, these are twice as many values as fit.
    for (const one of [tooMany, withResult, inResult]) {
      expect(declared(two, one, one, small)).toEqual([0, 3]);
    }
  });

  test("and of what is full already next to nothing is counted", () => {
    const full = { inputSchema: ofValues(maxValues) };
    const many = { inputSchema: ofValues(maxValues / 2) };
    expect(declared(full, many, many, many, small)).toEqual([0, 4]);
  });

  test("until twice as many characters as fit were made", () => {
    const first = ofLength(100);
    const wide = ofLength(399_950, "type");
    expect(declared(first, wide, wide, small)).toEqual([0, 3]);
    expect(declared(first, wide, ofLength(399_951, "type"), small)).toEqual([0]);
  });

  test("and of a description that is too long nothing is made", () => {
    const described = { description: "x".repeat(maxLength + 1) };
    expect(declared(described, described, described, small)).toEqual([3]);
    const most = { description: "x".repeat(300_000) };
    expect(declared(most, most, most, most, small)).toEqual([0, 4]);
  });
});
