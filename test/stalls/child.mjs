// Sends one input through one door of a host, in a process of its own, and tells as a line of JSON the
// longest time for which the host's event loop stood still.
//
//   node test/stalls/child.mjs DOOR NAME
import { createServer } from "node:http";
import { createCodeMode, createModelTools } from "../../dist/index.js";
import { connectMcpServers } from "../../dist/mcp.js";
import { startHeart } from "./heart.mjs";
import { inputNamed } from "./inputs.mjs";
import { measurePace } from "./pace.mjs";
import { makeTools } from "./tools.mjs";

const [door = "", name = ""] = process.argv.slice(2);
const pace = measurePace();
const heart = startHeart();

/** @type {Readonly<Record<string, () => Promise<void>>>} */
const through = { cell: throughCell, model: throughModel, server: throughServer };
const run = through[door];
if (run === undefined) throw new Error(`There is no door ${door} here.`);
await run();
// What is left to do is done in the turns that follow.
await new Promise((go) => setTimeout(go, 50));
const worstMs = heart.stop();
const heapMiB = process.memoryUsage().heapTotal / 2 ** 20;
console.log(JSON.stringify({ worstMs, heapMiB, pace }));

async function throughCell() {
  const input = /** @type {import("./inputs.mjs").CellInput} */ (inputNamed("cell", name));
  const mode = createCodeMode({ tools: makeTools(), console: true, onEvent() {}, onNotify() {} });
  const session = mode.openSession();
  await warmUp(session);
  const outcome = await session.exec(input.source, { yieldAfterMs: Infinity });
  const { formatOutcome } = await import("../../dist/index.js");
  formatOutcome(outcome);
  if (input.asks === "stored") await session.storedValues();
  await mode.close();
}

async function throughModel() {
  const { input, to } = /** @type {import("./inputs.mjs").ModelInput} */ (
    inputNamed("model", name)
  );
  const mode = createCodeMode();
  const session = mode.openSession();
  const { exec, freeformExec, wait } = createModelTools(session);
  await exec.execute({ code: "text(1 as any)" });
  const sent = input();
  await new Promise(setImmediate);
  heart.reset();
  await { function: exec, freeform: freeformExec, wait }[to].execute(sent);
  await mode.close();
}

async function throughServer() {
  const {
    source = "try { text(await tools[ALL_TOOLS[0].name]({})) } catch (e) { text(String(e.message).slice(0, 300)) }",
  } = /** @type {import("./inputs.mjs").ServerInput} */ (inputNamed("server", name));
  const mode = createCodeMode();
  const own = mode.openSession();
  await warmUp(own);
  const mcpServers = {
    s: {
      command: process.execPath,
      args: ["--max-old-space-size=2048", `${import.meta.dirname}/server.mjs`, name],
    },
  };
  /** @type {import("../../dist/mcp.js").McpServers | undefined} */
  let servers;
  try {
    servers = await connectMcpServers({ mcpServers }, { onWarning() {} });
    await nextTurn();
    const { tools } = servers;
    await nextTurn();
    const session = mode.openSession({ tools });
    await nextTurn();
    void createModelTools(session, { describeTools: "all" }).exec.description;
    await nextTurn();
    await session.exec(source, { yieldAfterMs: Infinity });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MCP_SERVER"))
      throw error;
  } finally {
    await servers?.close();
  }
  await mode.close();
}

/** Each call of the host is measured by itself. */
function nextTurn() {
  return new Promise((go) => setTimeout(go, 2));
}

/** What is loaded once, and the first cell, count elsewhere. @param {import("../../dist/index.js").Session} session */
async function warmUp(session) {
  await session.exec(
    "for (const name of ['strict', 'union', 'wide', 'formats', 'enumeration']) try { await tools[name]({ c: 1 }) } catch {} try { await search_tools('x') } catch {} text(1)",
  );
  createServer().close();
  await import("@modelcontextprotocol/client").catch(() => undefined);
  await new Promise((go) => setTimeout(go, 50));
  heart.reset();
}
