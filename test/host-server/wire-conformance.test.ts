import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recordedCases, referenceRecord } from "../conformance/recorded-case.js";
import { FramedClient } from "../support/framed-client.js";
import { connectGrpc } from "../support/grpc-client.js";
import { root } from "../support/mcp.js";
import { FramedWire } from "./framed-wire.js";
import { GrpcWire } from "./grpc-wire.js";
import { runWireCase } from "./wire-case.js";
import { framedDifferences, grpcDifferences } from "./wire-differences.js";

/** One process for all of a wire: a case that ended it, or another's session, would fail those after it. */
function startHost(listen: string) {
  return spawn(
    process.execPath,
    [
      join(root, "dist/cli/main.js"),
      ...["host", "--listen", listen],
      ...["--deadlock", "wait", "--no-web-globals", "--limit", "heapBytes=268435456"],
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
}

function startFramed(): FramedWire {
  const host = startHost("stdio://");
  const client = new FramedClient({ input: host.stdin, output: host.stdout });
  client.greet();
  afterAll(() => client.end());
  return new FramedWire(client);
}

async function startGrpc(): Promise<GrpcWire> {
  const host = startHost("grpc://127.0.0.1:0");
  const [address] = (await once(host.stdout, "data")) as [Buffer];
  const client = connectGrpc(Number(new URL(address.toString().trim()).port));
  afterAll(() => {
    client.close();
    host.kill();
  });
  return new GrpcWire(client);
}

const wires = [
  { name: "frames", client: startFramed(), differences: framedDifferences },
  { name: "gRPC", client: await startGrpc(), differences: grpcDifferences },
];
const netMs = 60_000;

describe.each(wires)("over $name", ({ client, differences }) => {
  const same = recordedCases.filter(({ name }) => !differences.has(name));

  describe("as the reference", () => {
    test.each(same)("$name", { timeout: netMs }, async (recorded) => {
      const { cancelled: _, ...reference } = referenceRecord(recorded);
      expect(await runWireCase(client, recorded)).toEqual(reference);
    });
  });

  const different = recordedCases.flatMap((recorded) => {
    const difference = differences.get(recorded.name);
    return difference === undefined
      ? []
      : [[recorded.name, difference.reason, recorded, difference] as const];
  });

  describe("deliberately otherwise", () => {
    test.each(different)("%s: %s", { timeout: netMs }, async (_name, _reason, recorded, to) => {
      const { cancelled: _, ...reference } = referenceRecord(recorded);
      expect(await runWireCase(client, recorded)).toEqual(to.expected(reference));
    });
  });
});
