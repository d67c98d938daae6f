import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { webhookTools } from "../../src/server/webhooks/webhook-tools.js";
import { completedOf } from "../support/cells.js";
import { endWithTest } from "../support/children.js";
import { root } from "../support/mcp.js";

const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const otherSecret = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;

test("the tool of docs/webhooks.md answers calls that are signed with its secret, and no others", async () => {
  const page = readFileSync(join(root, "docs/webhooks.md"), "utf8");
  const [, program = ""] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
  const tellPort = 'server.once("listening", () => console.log(server.address().port));\n';
  // Within the package, so that the library is found.
  mkdirSync(join(root, "build"), { recursive: true });
  const folder = mkdtempSync(join(root, "build/webhook-"));
  try {
    const file = join(folder, "tool.mjs");
    writeFileSync(file, program + tellPort);
    const environment = { ...process.env, REFUND_SECRET: secret, PORT: "0" };
    const child = endWithTest(
      spawn(process.execPath, [file], { env: environment, stdio: ["ignore", "pipe", "inherit"] }),
    );
    const [port] = await once(createInterface({ input: child.stdout }), "line");
    const url = `http://127.0.0.1:${port}/refund`;
    expect(await called(url, secret)).toBe('{"refunded":"A-1","for":"acme"}');
    expect(await called(url, otherSecret)).toBe("ToolError: The signature is not right.");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What a cell of the tenant acme gets of a call. */
async function called(url: string, signedWith: string): Promise<unknown> {
  const webhooks = [{ name: "refund", url, secret: signedWith }];
  const tools = webhookTools(webhooks, { name: "serve.json", env: {} }).map(({ tool }) => tool);
  await using codeMode = createCodeMode({ tools });
  const outcome = await codeMode.openSession({ id: "acme/s-1" }).exec(
    `try { text(JSON.stringify(await tools.refund({ order: "A-1" }))); }
     catch (error) { text(error.name + ": " + error.message); }`,
  );
  const [item] = completedOf(outcome).output;
  return item?.type === "text" ? item.text : item;
}
