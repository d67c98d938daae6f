import { explainProblem } from "../../model/explain.js";
import { toJavaScript } from "../../model/typescript/to-javascript.js";
import type { CellLimits } from "../../options/limits.js";
import type { CellEvent } from "../../protocol/events.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { CellService, ServiceObservation } from "../cell-service.js";
import { ServiceError } from "../service-error.js";
import type { Tenants } from "../tenants/tenants.js";
import { EventStream } from "./event-stream.js";
import { toldError } from "./http-error.js";
import type { Route, RouteCall } from "./route.js";
import { execBody, noBody, outcome, tenant, waitBody } from "./schemas.js";
import { sessionOf } from "./whose.js";

export interface CellRoutesOptions {
  readonly cells: CellService;
  readonly tenants: Tenants;
  /** Gets errors that a stream could tell nobody of. */
  readonly onProblem: (error: unknown, requestId: string) => void;
}

/** Requests about cells that run. */
export function cellRoutes({ cells, tenants, onProblem }: CellRoutesOptions): readonly Route[] {
  const observe = (call: RouteCall, start: StartObservation): Promise<void> =>
    answerOutcome(call, start, onProblem);
  return [
    {
      method: "POST",
      path: "/v1/sessions/{session}/cells",
      access: "run",
      summary: "Runs a program in a new cell of a session.",
      query: { tenant },
      body: execBody,
      answer: outcome,
      streams: true,
      handle: async (call) => {
        const session = sessionOf(call);
        const requestId = requestIdOf(call);
        const source = await sourceOf(call.body);
        tenants.begin(session.tenant);
        const { limits } = call.body as { readonly limits?: CellLimits };
        await observe(call, (observation, onCellId) =>
          cells.exec(session, source, {
            ...observation,
            onCellId,
            ...(requestId !== undefined && { requestId }),
            ...(limits !== undefined && { limits }),
          }),
        );
      },
    },
    {
      method: "POST",
      path: "/v1/sessions/{session}/cells/{cell}/wait",
      access: "run",
      summary: "Waits for a cell that has yielded; one that nobody runs goes on.",
      query: { tenant },
      body: waitBody,
      answer: outcome,
      streams: true,
      handle: async (call) => {
        const { after } = call.body as { readonly after?: number };
        const session = sessionOf(call);
        await observe(call, (observation) =>
          cells.wait(session, cellOf(call), {
            ...observation,
            ...(after !== undefined && { after }),
          }),
        );
      },
    },
    {
      method: "POST",
      path: "/v1/sessions/{session}/cells/{cell}/terminate",
      access: "run",
      summary: "Ends a cell for good.",
      query: { tenant },
      body: noBody,
      answer: outcome,
      handle: async (call) => call.json(await cells.terminate(sessionOf(call), cellOf(call))),
    },
  ];
}

type StartObservation = (
  observation: ServiceObservation,
  onCellId: (cellId: string) => void,
) => Promise<CellOutcome>;

/** Answers with the outcome; with the cell's events before it where the client takes them. */
async function answerOutcome(
  call: RouteCall,
  start: StartObservation,
  onProblem: CellRoutesOptions["onProblem"],
): Promise<void> {
  const { yieldAfterMs, yieldOnApproval } = call.body as ServiceObservation;
  const observation = {
    ...(yieldAfterMs !== undefined && { yieldAfterMs }),
    ...(yieldOnApproval !== undefined && { yieldOnApproval }),
    signal: call.gone,
  };
  if (!takesEvents(call)) {
    call.json(await start(observation, () => {}));
    return;
  }
  using stream = new EventStream(call.response);
  try {
    const onEvent = (event: CellEvent): void => stream.send("cell", shown(event, call));
    const onCellId = (cellId: string): void => stream.send("accepted", { cellId });
    stream.end("outcome", await start({ ...observation, onEvent }, onCellId));
  } catch (error) {
    const told = toldError(error);
    if (told.hidden !== undefined && !call.gone.aborted) onProblem(told.hidden, call.requestId);
    const { code, message } = told;
    stream.end("error", { error: { code, message, requestId: call.requestId } });
  }
}

/** The session is as its client calls it. */
function shown(event: CellEvent, { params }: RouteCall): object {
  return { ...event, sessionId: params["session"] };
}

function takesEvents({ incoming }: RouteCall): boolean {
  return /\btext\/event-stream\b/.test(incoming.headers.accept ?? "");
}

function cellOf({ params }: RouteCall): string {
  return params["cell"] ?? "";
}

function requestIdOf({ incoming, body }: RouteCall): string | undefined {
  const header = incoming.headers["idempotency-key"];
  const given = body["requestId"];
  if (header === undefined) return given === undefined ? undefined : String(given);
  const key = String(header);
  if (key === "" || key.length > 256 || (given !== undefined && given !== key)) {
    throw new ServiceError(
      "ERR_BODY",
      "Idempotency-Key must have 1 to 256 characters, and be the same as requestId where both are given.",
    );
  }
  return key;
}

async function sourceOf(body: RouteCall["body"]): Promise<string> {
  const source = String(body["source"]);
  if (body["language"] !== "typescript") return source;
  const ready = await toJavaScript(source);
  if ("source" in ready) return ready.source;
  throw new ServiceError("ERR_BODY", explainProblem(ready.problem));
}
