import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { ApiDocument } from "../../support/api-document.js";
import { Served } from "../../support/served.js";

interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: object;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: object }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

test("the document has each route, with schemas that hold, and each route is served", async () => {
  await using served = await Served.start({ keys: { k: { tenant: "a", scopes: ["admin"] } } });
  const { json } = await served.ask("GET", "/openapi.json", { key: "" });
  expect(json).toMatchObject({ openapi: "3.1.0", info: { title: "codecell serve" } });
  const ids: string[] = [];
  const asked: string[] = [];
  for (const [path, operations] of Object.entries<Readonly<Record<string, Operation>>>(
    json.paths,
  )) {
    for (const [method, operation] of Object.entries(operations)) {
      ids.push(operation.operationId);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => name)).toEqual(named);
      for (const schema of schemasOf(operation)) {
        const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
        ajv.addSchema(json.components.schemas.Error, "#/components/schemas/Error");
        expect(() => ajv.compile(schema)).not.toThrow();
      }
      const hasBody = operation.requestBody !== undefined;
      const answer = await served.ask(method.toUpperCase(), path.replace(/\{\w+\}/g, "x"), {
        key: "k",
        ...(hasBody && { body: { nonsense: 1 } }),
      });
      asked.push(`${method} ${path}`);
      // It is there: a body is looked at, and of what is not there it is said so.
      const code = answer.json?.error?.code;
      expect([path, answer.status, code]).toSatisfy(([, status]) =>
        hasBody ? status === 400 : status === 200 || code === "ERR_NOT_FOUND",
      );
      if (operation.security === undefined) continue;
      const refused = await served.ask(method.toUpperCase(), path.replace(/\{\w+\}/g, "x"), {
        key: "",
      });
      expect(refused.status).toBe(401);
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(asked.length).toBeGreaterThan(15);
});

test("the document is one of OpenAPI 3.1, by its own schema", async () => {
  const { Validator } = await validators();
  await using served = await Served.start();
  const { json } = await served.ask("GET", "/openapi.json");
  const validator = new Validator();
  expect(await validator.validate(structuredClone(json))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const { get } = json.paths["/healthz"];
  delete get.responses["200"].description;
  expect(await new Validator().validate(json)).toMatchObject({ valid: false });
});

test("an answer that the document does not have is noticed in each test", async () => {
  await using served = await Served.start();
  const document = await ApiDocument.of(served.url, "of-a-test");
  const check = (path: string, status: number, json: unknown) => (): void =>
    document.check("GET", path, status, json);
  const refused = { error: { code: "ERR_NOT_FOUND", message: "", requestId: "" } };
  expect(check("/v1/cells?limit=2", 200, { cells: [] })).not.toThrow();
  expect(check("/v1/nothing", 404, refused)).not.toThrow();
  expect(check("/readyz", 503, { status: "notReady" })).not.toThrow();
  expect(check("/v1/cells?limit=2", 200, { cells: [{}] })).toThrow(
    /GET \/v1\/cells has answered 200/,
  );
  expect(check("/v1/cells", 400, { cells: [] })).toThrow(/'error'/);
  expect(check("/v1/nothing", 404, {})).toThrow(/'error'/);
  expect(check("/readyz", 503, { status: "ready" })).toThrow(/status/);
});

test("answers are what the document says", async () => {
  await using served = await Served.start();
  const { json } = await served.ask("GET", "/openapi.json");
  const { cellId, ...rest } = (await served.exec("x", "text(1)")).json;
  const answers: readonly (readonly [string, unknown])[] = [
    ["post /v1/sessions/{session}/cells", { cellId, ...rest }],
    ["get /v1/sessions/{session}/cells", (await served.ask("GET", "/v1/sessions/x/cells")).json],
    ["get /v1/cells", (await served.ask("GET", "/v1/cells")).json],
    ["get /v1/sessions", (await served.ask("GET", "/v1/sessions")).json],
    ["get /v1/tools", (await served.ask("GET", "/v1/tools")).json],
    ["get /v1/approvals", (await served.ask("GET", "/v1/approvals")).json],
  ];
  for (const [name, answer] of answers) {
    const [method = "", path = ""] = name.split(" ");
    const { schema } = json.paths[path][method].responses["200"].content["application/json"];
    const validate = new Ajv2020({ strict: true }).compile(schema);
    validate(answer);
    expect([name, validate.errors]).toEqual([name, null]);
  }
});

interface Validators {
  readonly Validator: new () => {
    readonly version: string;
    validate(document: object): Promise<{ readonly valid: boolean }>;
  };
}

/** Looked for when the test runs: nothing else needs the package. */
async function validators(): Promise<Validators> {
  const name: string = "@seriousme/openapi-schema-validator";
  return await import(name);
}

function schemasOf({ parameters, requestBody, responses }: Operation): readonly object[] {
  const contents = [requestBody, ...Object.values(responses)].flatMap((part) =>
    Object.values(part?.content ?? {}),
  );
  return [...parameters, ...contents].map(({ schema }) => schema);
}
