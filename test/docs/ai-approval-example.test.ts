import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExample, runProgram } from "../support/child.js";
import { functionCall, message, outputOf, responseOf } from "../support/responses-wire.js";
import {
  type ModelRequest,
  ScriptedServer,
  type ScriptedStep,
} from "../support/scripted-server.js";

const code = `
  try { text(await tools.refund({ id: "A-1" })); } catch (error) { text(error.message); }`;

function waitFor(request: ModelRequest, callId: string, ofCall: string): object {
  const told = String(outputOf(request, ofCall));
  expect(told).toContain("Note: the script waits for approval of tools.refund.");
  const [, cell_id] = /cell ID (\S+)/.exec(told) ?? [];
  return responseOf(functionCall(callId, "wait", { cell_id }));
}

const toQuestion: readonly ScriptedStep[] = [
  () => responseOf(functionCall("call_1", "exec", { code })),
  (request) => waitFor(request, "call_2", "call_1"),
];

/** Each process loads the AI SDK, which takes long on a busy machine. */
const netMs = 80_000;

/** Where the example keeps what it needs. */
class Place implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "codecell-ai-approval-"));
  readonly server: ScriptedServer;

  private constructor(server: ScriptedServer) {
    this.server = server;
  }

  static async start(steps: readonly ScriptedStep[]): Promise<Place> {
    return new Place(await ScriptedServer.start([...toQuestion, ...steps]));
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      OPENAI_BASE_URL: `${this.server.origin}/v1`,
      OPENAI_API_KEY: "none",
      STORE: join(this.#folder, "cells.db"),
      MESSAGES: join(this.#folder, "messages.json"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

test(
  "examples/ai-approval.mjs is killed when it asks, and refunds in the next process, which approves",
  async () => {
    await using place = await Place.start([
      (request) => responseOf(message(`I read: ${outputOf(request, "call_2")}`)),
    ]);
    const { environment } = place;
    const killed = await runProgram("ai-approval", [], { environment, netMs });
    expect(killed).toMatchObject({ signal: "SIGKILL", stderr: "" });
    const approving = { ...environment, ANSWER: "approve" };
    const later = await runExample("ai-approval", approving, { netMs });
    expect(later).toMatchObject({ code: 0, stderr: "" });
    expect(later.stdout).toMatch(/^I read: Script completed\n.*\nrefunded A-1\n$/s);
    expect(place.server.requests).toHaveLength(3);
  },
  3 * netMs,
);

test("its page has the program", () => {
  const page = readFileSync("docs/ai-sdk.md", "utf8");
  expect(page).toContain(`\`\`\`js\n${readFileSync("examples/ai-approval.mjs", "utf8")}\`\`\`\n`);
});
