import { openApiOf } from "./openapi.js";
import type { JsonSchemaObject, Route } from "./route.js";

function statusOf(value: string): JsonSchemaObject {
  return { type: "object", properties: { status: { const: value } }, required: ["status"] };
}

/** What the server says about itself: whether it lives, whether it takes cells, and what can be asked. */
export function ownRoutes({
  routes,
  isReady,
}: {
  /** What the document is about, besides these. */
  readonly routes: readonly Route[];
  /** Whether it takes new cells: false from when it is to end, and while the store cannot be reached. */
  readonly isReady: () => Promise<boolean>;
}): readonly Route[] {
  const own: readonly Route[] = [
    {
      method: "GET",
      path: "/healthz",
      access: "anyone",
      summary: "Whether the process answers.",
      answer: statusOf("ok"),
      handle: ({ json }) => json({ status: "ok" }),
    },
    {
      method: "GET",
      path: "/readyz",
      access: "anyone",
      summary: "Whether it takes new cells; 503 where it does not.",
      answer: statusOf("ready"),
      otherAnswers: { 503: statusOf("notReady") },
      handle: async ({ response, json }) => {
        const ready = await isReady();
        if (!ready) response.statusCode = 503;
        json({ status: ready ? "ready" : "notReady" });
      },
    },
    {
      method: "GET",
      path: "/openapi.json",
      access: "anyone",
      summary: "This document.",
      answer: { type: "object" },
      handle: ({ json }) => json(openApiOf([...own, ...routes])),
    },
  ];
  return own;
}
