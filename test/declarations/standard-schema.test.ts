import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { declareTool, type ToolSchema } from "../../src/index.js";
import { declaredInput, declaredOutput } from "../support/declared.js";
import { compileTexts } from "../support/tsc.js";

const execute = (): unknown => null;

describe("the libraries that speak Standard JSON Schema give the same declaration:", () => {
  test.each<[string, ToolSchema]>([
    ["zod", z.object({ name: z.string(), tags: z.array(z.string()).optional() })],
    [
      "valibot",
      toStandardJsonSchema(v.object({ name: v.string(), tags: v.optional(v.array(v.string())) })),
    ],
    ["arktype", type({ name: "string", "tags?": "string[]" })],
    [
      "the AI SDK's wrapper",
      {
        jsonSchema: z.toJSONSchema(
          z.object({ name: z.string(), tags: z.array(z.string()).optional() }),
        ),
      },
    ],
  ])("%s", (_library, schema) => {
    expect(declaredInput(schema)).toBe("{ name: string; tags?: string[] }");
  });
});

describe("what a schema takes and what it gives may differ:", () => {
  const limit = z.object({ limit: z.number().default(10).describe("At most.") });

  test("a property with a default may be left out of the input", () => {
    expect(declaredInput(limit)).toBe("{\n    limit?: number; // At most. (default: 10)\n  }");
  });

  test("and is there in a result", () => {
    expect(declaredOutput(limit)).toBe("{\n    limit: number; // At most. (default: 10)\n  }");
  });

  test("a transformed value is declared as what goes in", () => {
    const length = z.object({ text: z.string().transform((text) => text.length) });
    expect(declaredInput(length)).toBe("{ text: string }");
    expect(declaredOutput(length)).toBe("{ text: unknown }");
  });
});

describe("what has no JSON Schema is unknown:", () => {
  test.each<[string, ToolSchema]>([
    ["zod", z.object({ at: z.date(), n: z.number() })],
    [
      "valibot",
      toStandardJsonSchema(v.object({ at: v.date(), n: v.number() })) as unknown as ToolSchema,
    ],
    ["arktype", type({ at: "Date", n: "number" })],
  ])("%s, and the rest is declared", (_library, schema) => {
    expect(declaredInput(schema)).toBe("{ at: unknown; n: number }");
  });

  test("a library without the interface", () => {
    expect(declaredInput(v.object({ name: v.string() }))).toBe("unknown");
  });

  test("but not a wrapper that has its JSON Schema beside a Standard Schema", () => {
    const { "~standard": standard } = v.object({ name: v.string() });
    const jsonSchema = { properties: { name: { type: "string" } } };
    expect(declaredInput({ "~standard": standard, jsonSchema })).toBe("{ name?: string }");
  });

  test("a converter that fails", () => {
    const fails = (): never => {
      throw new Error("cannot");
    };
    const schema = z.string();
    const standard = { ...schema["~standard"], jsonSchema: { input: fails, output: fails } };
    expect(declaredInput({ "~standard": standard })).toBe("unknown");
    expect(declaredOutput({ "~standard": standard })).toBe("unknown");
  });
});

test("a schema of zod that contains itself is a type that compiles", async () => {
  const category = z.object({
    name: z.string(),
    get children() {
      return z.array(category);
    },
  });
  const text = declareTool({ name: "sort", inputSchema: category, execute });
  expect(text).toBe(
    "type sort$Args = { name: string; children: sort$Args[] };\n" +
      "declare const tools: {\n  sort(args: sort$Args): Promise<unknown>;\n};\n",
  );
  expect(await compileTexts([text])).toEqual([]);
});
