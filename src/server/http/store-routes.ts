import { CodeModeError } from "../../base/errors.js";
import { declareRegisteredTools } from "../../declarations/declare-tools.js";
import { readApproval } from "../../durable/decisions.js";
import { entryPages } from "../../durable/kept-cell.js";
import type {
  DurableStore,
  StoredApproval,
  StoredCell,
  StoredSession,
} from "../../durable/store.js";
import { journalLine } from "../../journal/read-journal.js";
import type { Decision } from "../../protocol/approvals.js";
import type { CodeMode } from "../../session/code-mode.js";
import type { ToolSet } from "../../tools/tool-set.js";
import type { CellService } from "../cell-service.js";
import { ServiceError } from "../service-error.js";
import { prefixOf, readStoreId, storeIdOf } from "../session-name.js";
import type { Route, RouteCall } from "./route.js";
import * as schema from "./schemas.js";
import { sendPages } from "./send-pages.js";
import { readSessionCursor, sessionCursor } from "./session-cursor.js";
import { notFound, sessionOf, tenantOf } from "./whose.js";

export interface StoreRoutesOptions {
  readonly store: DurableStore;
  readonly codeMode: Pick<CodeMode, "decide">;
  /** Told of decisions. */
  readonly cells: Pick<CellService, "decided">;
  readonly toolsOf: (tenant: string) => ToolSet;
  /** Something of the store that cannot be read, and is left out. */
  readonly onProblem: (error: unknown, requestId: string) => void;
}

const defaultLimit = 100;
const jsonLines = "application/jsonl; charset=utf-8";

/** Journals that are sent at a time, each of which may have 64 MiB. */
const maxJournals = 16;

/** Requests that any server answers from the store. */
export function storeRoutes(options: StoreRoutesOptions): readonly Route[] {
  const { store, codeMode, cells: service, toolsOf, onProblem } = options;
  let journals = 0;
  return [
    {
      method: "GET",
      path: "/v1/sessions",
      access: "read",
      summary: "The sessions, those with the newest cells first.",
      query: { tenant: schema.tenant, limit: schema.limit, after: schema.after },
      answer: schema.sessions,
      handle: async (call) => {
        const limit = limitOf(call);
        const after = readSessionCursor(call.query["after"]);
        const found = await store.sessions({ ...ofTenant(call), after, limit });
        const next = found.length === limit ? sessionCursor(found.at(-1)) : undefined;
        const sessions = found.flatMap(shownSession);
        call.json({ sessions, ...(next !== undefined && { next }) });
      },
    },
    {
      method: "GET",
      path: "/v1/cells",
      access: "read",
      summary: "The cells of all sessions, the newest first.",
      query: { tenant: schema.tenant, state: schema.cellState, limit: schema.limit },
      answer: schema.listOf("cells", schema.cell),
      handle: async (call) => {
        const cells = await store.cells({ ...ofTenant(call), ...listed(call) });
        call.json({ cells: cells.flatMap(shownCell) });
      },
    },
    {
      method: "GET",
      path: "/v1/sessions/{session}/cells",
      access: "read",
      summary: "The cells of a session, the newest first.",
      query: { tenant: schema.tenant, state: schema.cellState, limit: schema.limit },
      answer: schema.listOf("cells", schema.cell),
      handle: async (call) => {
        const sessionId = storeIdOf(sessionOf(call));
        const cells = await store.cells({ sessionId, ...listed(call) });
        call.json({ cells: cells.flatMap(shownCell) });
      },
    },
    {
      method: "GET",
      path: "/v1/sessions/{session}/cells/{cell}",
      access: "read",
      summary: "One cell.",
      query: { tenant: schema.tenant },
      answer: schema.cell,
      handle: async (call) => call.json(shownCell(await findCell(store, call))[0]),
    },
    {
      method: "GET",
      path: "/v1/sessions/{session}/cells/{cell}/journal",
      access: "read",
      summary: "What a cell did and was given: a line of JSON for each entry.",
      query: { tenant: schema.tenant },
      answer: "application/jsonl",
      handle: async (call) => {
        const cell = await findCell(store, call);
        if (journals >= maxJournals) throw tooManyJournals();
        journals += 1;
        try {
          await sendPages(call, jsonLines, entryPages(store, cell), (page) =>
            page.map(journalLine).join(""),
          );
        } finally {
          journals -= 1;
        }
      },
    },
    {
      method: "DELETE",
      path: "/v1/sessions/{session}/cells/{cell}",
      access: "run",
      summary: "Deletes a cell that nobody runs.",
      query: { tenant: schema.tenant },
      answer: schema.deleted,
      handle: async (call) => {
        const { cellId } = await findCell(store, call);
        const deleted = await store.forget({ cellId });
        if (deleted === 0) throw runs();
        call.json({ deleted });
      },
    },
    {
      method: "DELETE",
      path: "/v1/sessions/{session}",
      access: "run",
      summary: "Deletes a session: its values, and its cells that nobody runs.",
      query: { tenant: schema.tenant },
      answer: schema.deleted,
      handle: async (call) => {
        const sessionId = storeIdOf(sessionOf(call));
        call.json({ deleted: await store.forget({ sessionId }) });
      },
    },
    {
      method: "GET",
      path: "/v1/sessions/{session}/values",
      access: "read",
      summary: "What the cells of a session have stored, by key.",
      query: { tenant: schema.tenant },
      answer: { type: "object", properties: { values: { type: "object" } }, required: ["values"] },
      handle: async (call) => {
        const stored = await store.values(storeIdOf(sessionOf(call)));
        const members = stored.flatMap((key, index) =>
          index % 2 === 0 ? [`${JSON.stringify(key)}:${stored[index + 1]}`] : [],
        );
        call.response.setHeader("content-type", "application/json");
        call.response.end(`{"values":{${members.join(",")}}}`);
      },
    },
    {
      method: "GET",
      path: "/v1/approvals",
      access: "approve",
      summary: "The calls that wait for a decision; with state=all, also those that were decided.",
      query: {
        tenant: schema.tenant,
        session: schema.id,
        cell: schema.id,
        state: schema.approvalState,
      },
      answer: schema.listOf("approvals", schema.approval),
      handle: async (call) => {
        const { session, cell: cellId, state } = call.query;
        const tenant = tenantOf(call);
        const sessionId = session === undefined ? undefined : storeIdOf({ tenant, session });
        const found = await store.approvals({
          ...(sessionId === undefined ? ofTenant(call) : { sessionId }),
          cellId,
          isOpen: state !== "all",
        });
        const approvals = found.flatMap((approval) => {
          try {
            return shownApproval(approval);
          } catch (error) {
            onProblem(error, call.requestId);
            return [];
          }
        });
        call.json({ approvals });
      },
    },
    {
      method: "POST",
      path: "/v1/approvals/{approval}",
      access: "approve",
      summary: "Decides about a call that waits for it. The first decision holds.",
      query: { tenant: schema.tenant },
      body: schema.decisionBody,
      answer: schema.decided,
      handle: async (call) => {
        const approvalId = call.params["approval"] ?? "";
        const [found] = await store.approvals({ approvalIds: [approvalId] });
        const name = found && readStoreId(found.sessionId);
        const tenant = tenantOf(call);
        if (found === undefined || name === undefined) throw notFound("approval");
        if (tenant !== "*" && name.tenant !== tenant) throw notFound("approval");
        const decision = call.body as unknown as Decision;
        const result = await codeMode.decide(approvalId, {
          ...decision,
          by: call.identity.subject,
        });
        if (result.status === "missing") throw notFound("approval");
        if (result.status === "decided") {
          void service.decided(name, { cellId: found.cellId, approvalId });
        }
        call.json(result);
      },
    },
    {
      method: "GET",
      path: "/v1/tools",
      access: "run",
      summary: "The tools that programs of the tenant can call.",
      query: { tenant: schema.tenant },
      answer: schema.listOf("tools", schema.tool),
      handle: (call) => {
        const tools = toolsOf(tenantOf(call)).tools.map((tool) => ({
          name: tool.name,
          namespace: tool.namespace,
          description: tool.description,
          effect: tool.effect,
          declaration: declareRegisteredTools([tool]),
        }));
        call.json({ tools });
      },
    },
  ];
}

function ofTenant(call: RouteCall): { readonly sessionPrefix?: string } {
  const tenant = tenantOf(call);
  return tenant === "*" ? {} : { sessionPrefix: prefixOf(tenant) };
}

function listed(call: RouteCall): { readonly state?: "open" | "ended"; readonly limit: number } {
  const state = call.query["state"];
  return {
    ...((state === "open" || state === "ended") && { state }),
    limit: limitOf(call),
  };
}

function limitOf({ query }: RouteCall): number {
  return query["limit"] === undefined ? defaultLimit : Math.min(1000, Number(query["limit"]));
}

/** @throws {ServiceError} ERR_NOT_FOUND, also where it is another session's. */
async function findCell(store: DurableStore, call: RouteCall): Promise<StoredCell> {
  const sessionId = storeIdOf(sessionOf(call));
  const cell = await store.find(call.params["cell"] ?? "");
  if (cell === undefined || cell.sessionId !== sessionId) throw notFound("cell");
  return cell;
}

/** None of a cell that no server has made. */
function shownCell(cell: StoredCell): readonly object[] {
  const { cellId, sessionId, status, createdAt, endedAt, records } = cell;
  const name = readStoreId(sessionId);
  if (name === undefined) return [];
  return [
    { cellId, ...name, status, createdAt, ...(endedAt !== undefined && { endedAt }), records },
  ];
}

function shownApproval(stored: StoredApproval): readonly object[] {
  const { sessionId, ...approval } = readApproval(stored);
  const name = readStoreId(sessionId);
  return name === undefined ? [] : [{ ...approval, ...name }];
}

/** None of a session that no server has made. */
function shownSession({ sessionId, ...counts }: StoredSession): readonly object[] {
  const name = readStoreId(sessionId);
  return name === undefined ? [] : [{ ...name, ...counts }];
}

function tooManyJournals(): ServiceError {
  const message = "This server sends as many journals as it can; try again.";
  return new ServiceError("ERR_QUOTA", message, { retryAfterMs: 1000 });
}

function runs(): CodeModeError {
  return new CodeModeError("ERR_CELL_BUSY", "The cell runs; terminate it first.");
}
