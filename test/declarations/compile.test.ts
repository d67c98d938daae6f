import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declareTool, declareTools, type JsonSchema, type NamedTool } from "../../src/index.js";
import { closeSchema } from "../support/close-schema.js";
import { root } from "../support/mcp.js";
import { decisions, guessValue, nonsenseSchema, randomSchema } from "../support/random-schemas.js";
import { compileTexts } from "../support/tsc.js";

const execute = (): unknown => null;

/** The compiler reads hundreds of files. */
const patience = { timeout: 120_000 };

// The same schemas in every run; CODECELL_SEED tries others. TypeScript itself refuses some values that fit,
// such as a tuple inside of an intersection with another array, so not every seed holds.
const seed = Number(process.env["CODECELL_SEED"] ?? 1);

/** The tools that MCP servers from the npm registry list; see scripts/collect-tool-schemas.mjs. */
function realTools(): readonly NamedTool[] {
  const folder = join(root, "test/fixtures/tool-schemas");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.flatMap((name) => {
    const { tools } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
      readonly tools: readonly Omit<NamedTool, "execute">[];
    };
    const server = name.replace(".json", "");
    return tools.map((tool): NamedTool => {
      return { ...tool, namespace: `mcp/${server}`, resultType: "mcp", execute };
    });
  });
}

describe("the compiler accepts", () => {
  test("the tools of real MCP servers, together, each alone, and cut short", patience, async () => {
    const tools = realTools();
    expect(tools.length).toBeGreaterThan(250);
    const texts = [
      declareTools(tools),
      declareTools(tools, { maxDepth: 1, toolDescriptions: false }),
      ...tools.map((tool) => declareTool(tool)),
    ];
    expect(await compileTexts(texts)).toEqual([]);
  });

  test("tools that are called like anything", async () => {
    const names = ["new", "constructor", "__proto__", "get", "class", "ContentBlock", "a-b", "1a"];
    const tools = names.map((name) => ({ name, resultType: "mcp" as const, execute }));
    expect(await compileTexts([declareTools(tools)])).toEqual([]);
  });
});

describe("for any schema", () => {
  test("there is a declaration, and always the same", () => {
    fc.assert(
      fc.property(fc.oneof(randomSchema, nonsenseSchema), (inputSchema) => {
        const declare = (): string => declareTools({ t: { inputSchema, execute } });
        expect(declare()).toBe(declare());
      }),
      { seed, numRuns: 300 },
    );
  });

  test("the declaration compiles, and what the schema lets through fits it", patience, async () => {
    const guesses = fc.array(decisions, { minLength: 8 });
    const samples = fc.sample(fc.tuple(randomSchema, guesses), { seed, numRuns: 200 });
    const modules = samples.map(([schema, guesses]) => toModule(schema, guesses));
    const literals = modules.reduce((sum, { count }) => sum + count, 0);
    expect(literals, `values with seed ${seed}`).toBeGreaterThan(200);
    await expectToCompile(
      modules.map(({ text }) => text),
      samples.map(([schema]) => schema),
    );
  });

  test("the declaration compiles where the schema is nonsense", patience, async () => {
    const schemas = fc.sample(nonsenseSchema, { seed, numRuns: 300 });
    const texts = schemas.map((inputSchema) => declareTools({ t: { inputSchema, execute } }));
    await expectToCompile(texts, schemas);
  });
});

async function expectToCompile(
  texts: readonly string[],
  schemas: readonly JsonSchema[],
): Promise<void> {
  const complaints = await compileTexts(texts);
  const index = Number.parseInt(complaints[0] ?? "", 10);
  const shown = `seed ${seed}: ${JSON.stringify(schemas[index])}\n${texts[index]}`;
  expect(complaints.slice(0, 5), shown).toEqual([]);
}

/** A module with a schema's declaration, and as many literals as the schema lets through. */
function toModule(
  schema: JsonSchema,
  guesses: readonly (readonly number[])[],
): { readonly text: string; readonly count: number } {
  const isValid = toValidate(closeSchema(schema));
  const values = guesses.map((numbers) => guessValue(schema, numbers)).filter((v) => isValid(v));
  const literals = [...new Set(values.map((value) => JSON.stringify(value)))];
  const declaration = declareTools({ t: { inputSchema: schema, outputSchema: schema, execute } });
  const constants = literals.map((literal, n) => `const v${n}: Input = ${literal};\n`);
  const type = "type Input = Parameters<typeof tools.t>[0];\n";
  return { text: declaration + type + constants.join(""), count: literals.length };
}

/** One for all: each compiles the dialect's own schema, which takes longer than any of ours. */
const ajv = new Ajv2020({
  strict: false,
  logger: false,
  validateFormats: false,
  addUsedSchema: false,
});

function toValidate(schema: JsonSchema): (value: unknown) => boolean {
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(schema);
  } catch {
    return () => false;
  }
  return (value) => {
    try {
      return validate(value);
    } catch {
      // A definition that is nothing but itself has the validator call itself for ever.
      return false;
    }
  };
}
