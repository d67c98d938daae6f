import { packageVersion } from "../../base/package-version.js";
import type { JsonSchemaObject, Route } from "./route.js";
import { error } from "./schemas.js";

/** The API as an OpenAPI 3.1 document, made of the routes that serve it. */
export function openApiOf(routes: readonly Route[]): JsonSchemaObject {
  const paths: Record<string, Record<string, JsonSchemaObject>> = {};
  for (const route of routes) {
    if (route.summary === undefined) continue;
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, route.summary);
    paths[route.path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "codecell serve",
      version: packageVersion(),
      description: "Runs programs of AI models in cells that outlive the process that runs them.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      securitySchemes: { key: { type: "http", scheme: "bearer" } },
      schemas: { Error: error },
    },
  };
}

function operationOf(route: Route, summary: string): JsonSchemaObject {
  const { access, body, path, method } = route;
  const needsScope = access !== "anyone";
  const name = path.replace(/\{(\w+)\}/g, "by-$1").replace(/^\/(v1\/)?/, "");
  return {
    operationId: `${method.toLowerCase()}-${name.replaceAll(/[^\w-]+/g, "-") || "root"}`,
    summary,
    ...(needsScope && { description: `Needs the scope ${access}.`, security: [{ key: [] }] }),
    parameters: parametersOf(route),
    ...(body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: body } } },
    }),
    responses: {
      "200": { description: "Done.", content: contentOf(route) },
      ...otherAnswersOf(route),
      default: {
        description: "Refused; the code says why.",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function parametersOf({ path, query = {} }: Route): readonly JsonSchemaObject[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^[A-Za-z0-9._:-]+$" },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
  return [...inPath, ...inQuery];
}

function otherAnswersOf({ otherAnswers = {} }: Route): JsonSchemaObject {
  const answers = Object.entries(otherAnswers).map(([status, schema]) => [
    status,
    { description: "Not now.", content: { "application/json": { schema } } },
  ]);
  return Object.fromEntries(answers);
}

function contentOf({ answer = {}, streams = false }: Route): JsonSchemaObject {
  if (typeof answer === "string") return { [answer]: { schema: { type: "string" } } };
  const events = { "text/event-stream": { schema: { type: "string" } } };
  return { "application/json": { schema: answer }, ...(streams && events) };
}
