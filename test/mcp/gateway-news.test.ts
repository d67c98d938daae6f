import { afterEach, describe, expect, test } from "vitest";
import { exec, textsOf } from "../support/gateway.js";
import { closeOpened, connect, openGateway, serve } from "../support/in-process-gateway.js";
import { LineWatch } from "../support/mcp.js";

afterEach(closeOpened);

describe("what a server tells while it is asked reaches the gateway's clients:", () => {
  test.each<readonly [object, string | undefined]>([
    [{ method: "notifications/prompts/list_changed" }, "notifications/prompts/list_changed {}"],
    [{ method: "notifications/resources/list_changed" }, "notifications/resources/list_changed {}"],
    [
      { method: "notifications/elicitation/complete", params: { elicitationId: "1" } },
      'notifications/elicitation/complete {"elicitationId":"1"}',
    ],
    [
      { method: "notifications/resources/updated", params: { uri: "x://1" } },
      'notifications/resources/updated {"uri":"x://1"}',
    ],
  ])("%j", async (news, expected) => {
    const server = await serve({
      "resources/list": { resources: [] },
      "tools/call": { news: [news], result: { content: [] } },
    });
    const gateway = openGateway({ a: server });
    const hearing = await connect(gateway, { elicitation: { url: {} } });
    const other = await connect(gateway);
    await hearing.client.subscribeResource({ uri: "x://1" });
    await exec(hearing.client, "await tools.mcp__a__ping()");
    await hearing.heard.seen(expected ?? "");
    const isForAll = expected?.includes("list_changed") === true;
    if (isForAll) await other.heard.seen(expected ?? "");
    else expect(other.heard.lines).toEqual([]);
  });

  test("a changed list of tools, which programs have then", async () => {
    let count = 0;
    const answers = {
      "tools/list": () => {
        count += 1;
        return { tools: (count === 1 ? ["ping"] : ["ping", "more"]).map((name) => ({ name })) };
      },
      "tools/call": {
        news: [{ method: "notifications/tools/list_changed" }],
        result: { content: [] },
      },
    };
    const server = await serve(answers, { tools: { listChanged: true } });
    const gateway = openGateway({ a: server });
    const told = new LineWatch();
    gateway.listen({
      toolsChanged: () => told.push("tools"),
      promptsChanged: () => told.push("prompts"),
      resourcesChanged: () => told.push("resources"),
    });
    const { client, heard } = await connect(gateway);
    await gateway.ready;
    expect(gateway.toolCount).toBe(1);
    await exec(client, "await tools.mcp__a__ping()");
    await told.seen("tools");
    expect(told.lines).toEqual(["tools"]);
    await heard.seen("notifications/tools/list_changed {}");
    expect(gateway.toolCount).toBe(2);
    expect(textsOf(await exec(client, "text(typeof tools.mcp__a__more)"))).toEqual(["function"]);
    expect(gateway.describeExec()).toContain("mcp__a__more");
  });
});
