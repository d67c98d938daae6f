import { expect, test } from "vitest";
import { compilePrograms } from "../support/tsc.js";

const either = `import type { CodeMode, Session } from "codecell";
import type { CellSession, RemoteCodeMode, RemoteSession } from "codecell/client";
declare const local: Session;
declare const remote: RemoteSession;
async function run(session: CellSession): Promise<string> {
  await using own = session;
  const outcome = await own.exec("1", { signal: AbortSignal.timeout(5), requestId: "r", limits: { cpuMs: 1 } });
  const next = await own.wait(outcome.cellId, { after: outcome.cursor ?? 0 });
  return next.status;
}
await run(local);
await run(remote);
type Asks = Pick<CodeMode, "approvals">;
declare const server: RemoteCodeMode;
export const asks: Asks = server;
`;

test("a session of a server and one of this process are both a CellSession", async () => {
  const wrong = either.replace('"1", {', '"1", { tools: [],');
  expect(wrong).not.toBe(either);
  const [complaint, ...more] = await compilePrograms([either, wrong]);
  expect(complaint).toMatch(/^1\.ts\(7.*'tools' does not exist/);
  expect(more).toEqual([]);
});
