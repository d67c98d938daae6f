import type { JsonSchemaObject } from "./route.js";

function object(
  properties: Readonly<Record<string, JsonSchemaObject>>,
  required: readonly string[] = [],
): JsonSchemaObject {
  return { type: "object", properties, required, additionalProperties: false };
}

const text: JsonSchemaObject = { type: "string" };
const whole: JsonSchemaObject = { type: "integer", minimum: 0 };

const observation: Readonly<Record<string, JsonSchemaObject>> = {
  yieldAfterMs: {
    type: "number",
    minimum: 0,
    description: "Milliseconds after which it answers with the output so far.",
  },
  yieldOnApproval: {
    type: "boolean",
    description: "Answers as soon as a call waits for an approval.",
  },
};

/** Of exec. */
export const execBody: JsonSchemaObject = object(
  {
    source: { type: "string", minLength: 1, description: "The program." },
    language: {
      enum: ["javascript", "typescript"],
      description: "Types of TypeScript are erased. Default: javascript.",
    },
    requestId: {
      type: "string",
      minLength: 1,
      maxLength: 256,
      description:
        "The same in each try of one request, which so begins one cell. Idempotency-Key does the same.",
    },
    limits: {
      type: "object",
      additionalProperties: { type: "number" },
      description: 'Lowers limits for this cell, such as {"cpuMs": 1000}.',
    },
    ...observation,
  },
  ["source"],
);

export const waitBody: JsonSchemaObject = object({
  after: { ...whole, description: "The cursor of the last outcome that you have." },
  ...observation,
});

export const noBody: JsonSchemaObject = object({});

export const decisionBody: JsonSchemaObject = object(
  {
    verdict: { enum: ["approve", "deny"] },
    note: { type: "string", maxLength: 10_000 },
    input: { description: "Runs the tool with this instead." },
  },
  ["verdict"],
);

/** Described as far as a client needs it: docs/cells.md has all of it. */
export const outcome: JsonSchemaObject = {
  type: "object",
  properties: {
    status: { enum: ["completed", "failed", "yielded", "terminated", "missing"] },
    cellId: text,
    output: { type: "array", items: { type: "object", properties: { type: text } } },
    cursor: { ...whole, description: "For `after` of the next wait." },
    pendingApprovals: { type: "array", items: text },
    error: { type: "object", properties: { code: text, text } },
  },
  required: ["status", "cellId"],
};

export const cell: JsonSchemaObject = {
  type: "object",
  properties: {
    cellId: text,
    tenant: text,
    session: text,
    status: { enum: ["open", "completed", "failed", "terminated"] },
    createdAt: whole,
    endedAt: whole,
    records: whole,
  },
  required: ["cellId", "tenant", "session", "status", "createdAt", "records"],
};

export const sessions: JsonSchemaObject = {
  type: "object",
  properties: {
    sessions: {
      type: "array",
      items: {
        type: "object",
        properties: {
          tenant: text,
          session: text,
          cells: { ...whole, description: "How many it has." },
          open: { ...whole, description: "Those of them that have not ended." },
          lastCellAt: { ...whole, description: "When the newest of them began." },
        },
        required: ["tenant", "session", "cells", "open", "lastCellAt"],
      },
    },
    next: { ...text, description: "For `after` of the next page, where there may be one." },
  },
  required: ["sessions"],
};

export const approval: JsonSchemaObject = {
  type: "object",
  properties: {
    approvalId: text,
    tenant: text,
    session: text,
    cellId: text,
    tool: text,
    input: {},
    reason: text,
    askedAt: whole,
    state: { enum: ["open", "decided", "ended"] },
  },
  required: ["approvalId", "session", "cellId", "tool", "askedAt", "state"],
};

export const decided: JsonSchemaObject = {
  type: "object",
  properties: {
    status: { enum: ["decided", "alreadyDecided", "ended"] },
    decision: { type: "object" },
  },
  required: ["status"],
};

export const deleted: JsonSchemaObject = {
  type: "object",
  properties: { deleted: whole },
  required: ["deleted"],
};

export const tool: JsonSchemaObject = {
  type: "object",
  properties: {
    name: text,
    namespace: text,
    description: text,
    effect: { enum: ["read", "idempotent", "write"] },
    declaration: { ...text, description: "In TypeScript, as programs see it." },
  },
  required: ["name", "namespace", "description", "effect"],
};

export function listOf(name: string, items: JsonSchemaObject): JsonSchemaObject {
  return { type: "object", properties: { [name]: { type: "array", items } }, required: [name] };
}

export const error: JsonSchemaObject = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: { code: text, message: text, requestId: text },
      required: ["code", "message", "requestId"],
    },
  },
  required: ["error"],
};

/** Parameters of queries. */
export const limit: JsonSchemaObject = { type: "string", pattern: "^[1-9][0-9]{0,3}$" };
export const tenant: JsonSchemaObject = {
  type: "string",
  pattern: "^([a-z0-9][a-z0-9-]{0,62}|\\*)$",
  description: "Needs the scope admin; * is all.",
};
export const after: JsonSchemaObject = {
  type: "string",
  pattern: "^[A-Za-z0-9_-]{1,4096}$",
  description: "The `next` of the page before.",
};
export const id: JsonSchemaObject = { type: "string", pattern: "^[A-Za-z0-9._:-]{1,128}$" };
export const cellState: JsonSchemaObject = { enum: ["open", "ended"] };
export const approvalState: JsonSchemaObject = { enum: ["open", "all"] };
