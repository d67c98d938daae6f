import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { afterAll, expect, test } from "vitest";
import { Held } from "../support/cells.js";
import { runCli, Workspace } from "../support/cli.js";
import {
  cellIdOf,
  connectOverStdio,
  type Era,
  eras,
  exec,
  type StdioConnection,
  textsOf,
  wait,
} from "../support/gateway.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({ fixture: fixtureServer() });
let files = 0;

/** Starts processes one after another, which takes long on a busy machine. */
const timeoutMs = 180_000;

const program = `
  text("begun");
  yield_control();
  text(await tools.mcp__fixture__text({}).catch(({ message }) => message));`;

/** `codecell mcp` with a store, started one time after another for a client whose person is asked. */
class Gateways {
  readonly store: string;
  /** What people were asked. */
  readonly asked: string[] = [];
  readonly #era: Era;

  constructor(era: Era) {
    files += 1;
    this.#era = era;
    this.store = join(workspace.path, `${files}.db`);
  }

  /** @param answer - Of the person. */
  async connect(answer: () => Promise<"accept"> | "accept"): Promise<StdioConnection> {
    const args = ["--config", config, "--store", this.store, "--ask", "mcp__fixture__text"];
    const connection = await connectOverStdio(this.#era, args, {
      capabilities: { elicitation: {} },
    });
    connection.client.setRequestHandler("elicitation/create", async ({ params }) => {
      this.asked.push(params.message);
      return { action: await answer(), content: {} };
    });
    return connection;
  }

  /** Starts the program, and has a person asked who does not answer. */
  async ask(): Promise<StdioConnection & { readonly cellId: string }> {
    const isAsked = new Held();
    const connection = await this.connect(() => {
      isAsked.resolve();
      return new Promise(() => {});
    });
    const cellId = cellIdOf(await exec(connection.client, program));
    // Its server is gone before it is answered.
    void wait(connection.client, cellId).catch(() => {});
    await isAsked.promise;
    return { ...connection, cellId };
  }
}

async function kill({ client, pid }: { readonly client: Client; readonly pid: number }) {
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  process.kill(pid, "SIGKILL");
  await closed;
}

async function lastText(client: Client, cellId: string): Promise<string | undefined> {
  for (;;) {
    const outcome = await wait(client, cellId);
    if (cellIdOf(outcome) !== cellId) return textsOf(outcome).at(-1);
  }
}

test.each(eras)(
  "a question to a person at a %s client, whose server is killed before the answer, is asked again by the next",
  async (era) => {
    const gateways = new Gateways(era);
    const first = await gateways.ask();
    await kill(first);
    const { client } = await gateways.connect(() => "accept");
    expect(await lastText(client, first.cellId)).toBe("plain");
    expect(gateways.asked).toHaveLength(2);
    expect(gateways.asked[1]).toBe(gateways.asked[0]);
  },
  timeoutMs,
);

test(
  "it is not asked again where somebody has decided meanwhile",
  async () => {
    const gateways = new Gateways("legacy");
    const first = await gateways.ask();
    await kill(first);
    const list = ["approvals", "list", "--store", gateways.store, "--json"];
    const { stdout } = await runCli(list, { cwd: workspace.path });
    const { approvalId } = JSON.parse(stdout).approvals[0];
    const approve = ["approvals", "approve", approvalId, "--store", gateways.store];
    expect(await runCli(approve, { cwd: workspace.path })).toMatchObject({ code: 0 });
    const { client } = await gateways.connect(() => "accept");
    expect(await lastText(client, first.cellId)).toBe("plain");
    expect(gateways.asked).toHaveLength(1);
  },
  timeoutMs,
);

test.each(eras)(
  "a %s client that goes away while its person is asked has denied nothing",
  async (era) => {
    const gateways = new Gateways(era);
    const first = await gateways.ask();
    await first.client.close();
    const { client } = await gateways.connect(() => "accept");
    expect(await lastText(client, first.cellId)).toBe("plain");
    expect(gateways.asked).toHaveLength(2);
  },
  timeoutMs,
);
