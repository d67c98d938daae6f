import { jsonSchema, zodSchema } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createCodeMode, declareTools, type ToolSchema } from "../../src/index.js";
import { Held, runToTexts } from "../support/cells.js";

const echo = (inputSchema: unknown) => ({
  echo: {
    inputSchema: inputSchema as ToolSchema,
    execute: (input: unknown) => input as object,
  },
});

/** What the tool gives for such an input, or the message of the refusal. */
async function echoed(inputSchema: unknown, input: string): Promise<unknown> {
  const source = `text(await tools.echo(${input}).catch((error) => error.message));`;
  const [text] = await runToTexts(source, { tools: echo(inputSchema) });
  return text;
}

const cityType = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

describe("a wrapper's own validate", () => {
  const wrapper = jsonSchema<{ city: string }>(cityType as never, {
    validate: (value) => {
      const { city } = value as { city: unknown };
      return typeof city === "string"
        ? { success: true, value: { city: city.trim() } }
        : { success: false, error: new Error("there is no such city") };
    },
  });

  test("judges the input, and gives what the tool is run with", async () => {
    expect(await echoed(wrapper, '{ city: " Oslo " }')).toBe('{"city":"Oslo"}');
    expect(await echoed(wrapper, "{ city: 7 }")).toBe(
      'Invalid input for tool "echo": the input: there is no such city, got an object {"city":7}.',
    );
  });

  test("may be that of a library, which fills in defaults and names what is wrong", async () => {
    const schema = zodSchema(z.object({ city: z.string(), days: z.number().default(3) }));
    expect(await echoed(schema, '{ city: "Oslo" }')).toBe('{"city":"Oslo","days":3}');
    expect(await echoed(schema, "{ city: 7 }")).toBe(
      'Invalid input for tool "echo": /city: Invalid input: expected string, received number, got the number 7.',
    );
  });
});

describe("a schema that is on its way", () => {
  test("judges inputs when it is there, and is declared from then on", async () => {
    const held = new Held<object>();
    const tools = echo(jsonSchema(held.promise as never));
    expect(declareTools(tools)).toContain("echo(args: unknown)");
    await using session = createCodeMode({ tools }).openSession();
    const running = session.exec("await tools.echo({});");
    held.resolve(cityType);
    expect(await running).toMatchObject({
      status: "failed",
      error: { message: expect.stringContaining("must have required property 'city'") },
    });
    expect(declareTools(tools)).toContain("echo(args: { city: string })");
  });

  test("that does not come rejects the calls that need it", async () => {
    const schema = jsonSchema(Promise.reject(new Error("no catalogue")) as never);
    expect(await echoed(schema, "{}")).toBe("no catalogue");
  });

  test("may be made by a function, once", async () => {
    let made = 0;
    const make = () => {
      made += 1;
      return jsonSchema(cityType as never);
    };
    expect(await echoed(make, '{ city: "Oslo" }')).toBe('{"city":"Oslo"}');
    expect(made).toBe(1);
    const fails = () => {
      throw new Error("no schema");
    };
    expect(() => createCodeMode({ tools: echo(fails) })).toThrow(
      'The tool "echo" cannot be used: the function that makes its schema failed.',
    );
  });
});

describe("a schema of Google's APIs", () => {
  const schema = {
    type: "OBJECT",
    properties: {
      city: { type: "STRING", minLength: "2", example: "Oslo" },
      days: { type: "INTEGER", nullable: true, format: "int32" },
      unit: { type: "STRING", enum: ["C", "F"], format: "enum", nullable: true },
      places: { type: "ARRAY", maxItems: "2", items: { type: "OBJECT", properties: {} } },
      at: { anyOf: [{ type: "STRING" }, { type: "NUMBER" }], nullable: true },
    },
    propertyOrdering: ["city", "days"],
    required: ["city"],
  };

  test("is declared as what it means", () => {
    const declaration = declareTools(echo(schema));
    for (const part of [
      "city: string;",
      "days?: number | null;",
      'unit?: "C" | "F" | null;',
      "at?: string | number | null;",
    ]) {
      expect(declaration).toContain(part);
    }
  });

  test.each([
    ['{ city: "Oslo", days: null, unit: null, places: [{}], at: null }', undefined],
    ['{ city: "Oslo", days: 2, unit: "C", at: "noon" }', undefined],
    ['{ city: "O" }', "/city: must NOT have fewer than 2 characters"],
    ['{ city: "Oslo", days: "two" }', "/days: must be"],
    ['{ city: "Oslo", unit: "K" }', "/unit: must be one of"],
    ['{ city: "Oslo", places: [{}, {}, {}] }', "/places: must NOT have more than 2 items"],
  ])("judges %s", async (input, fault) => {
    const text = await echoed(schema, input);
    if (fault === undefined) expect(JSON.parse(String(text))).toMatchObject({ city: "Oslo" });
    else expect(text).toContain(`Invalid input for tool "echo": ${fault}`);
  });
});
