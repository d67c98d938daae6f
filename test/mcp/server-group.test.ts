import { describe, expect, test } from "vitest";
import type { NamedTool } from "../../src/index.js";
import { ResourceDirectory } from "../../src/mcp/client/resource-directory.js";
import { type RunningServer, ServerGroup } from "../../src/mcp/client/server-group.js";

const tool = (name: string): NamedTool => ({ name, execute: () => name });

/** A server that runs, whose list of tools can be replaced. */
function server(name: string, listedTools: readonly NamedTool[], capabilities = {}) {
  const asked: unknown[] = [];
  const running = {
    name,
    listedTools,
    instructions: `about ${name}`,
    capabilities,
    approval: undefined,
    asked,
    request: async (...args: readonly unknown[]) => {
      asked.push(args);
      return { ok: name };
    },
    notify: async (...args: readonly unknown[]) => void asked.push(args),
    close: async () => void asked.push("closed"),
  };
  return running satisfies RunningServer;
}

function groupOf(...servers: readonly RunningServer[]) {
  const told: string[] = [];
  const group = new ServerGroup(servers, {
    onWarning: ({ message }) => told.push(message),
    resources: new ResourceDirectory(),
    approval: undefined,
  });
  const names = () => group.tools.map(({ name, namespace }) => `${namespace}/${name}`);
  return { group, told, names };
}

describe("a group of servers", () => {
  test("has the tools of all, and each server its own, under names that differ", () => {
    const { group, told, names } = groupOf(
      server("a", [tool("x"), tool("y-z"), tool("y_z")]),
      server("b", [tool("x")]),
    );
    expect(names()).toEqual(["mcp/a/x", "mcp/a/y-z", "mcp/a/y_z_2", "mcp/b/x"]);
    const [a, b] = group.servers;
    expect([...(a?.tools ?? []), ...(b?.tools ?? [])]).toEqual(group.tools);
    expect(told).toHaveLength(1);
  });

  test("has the same tools as long as every server lists the same, and names them anew then", () => {
    const [a, b] = [server("a", [tool("y-z"), tool("y_z")]), server("b", [tool("x")])];
    const { group, told, names } = groupOf(a, b);
    const before = group.tools;
    const isSame = () => group.tools.every((one, index) => one === before[index]);
    expect([isSame(), told.length]).toEqual([true, 1]);
    b.listedTools = [tool("x"), tool("w")];
    expect(names()).toEqual(["mcp/a/y-z", "mcp/a/y_z_2", "mcp/b/x", "mcp/b/w"]);
    expect(group.servers[1]?.tools.map(({ name }) => name)).toEqual(["x", "w"]);
    expect([group.tools.length, told.length]).toEqual([4, 2]);
    a.listedTools = [tool("v")];
    expect(names()).toEqual(["mcp/a/v", "mcp/b/x", "mcp/b/w"]);
  });

  test("has tools for resources as long as some server has resources", () => {
    const a = server("a", [tool("x")]);
    const { names } = groupOf(a);
    expect(names()).toEqual(["mcp/a/x"]);
    a.capabilities = { resources: {} };
    expect(names()).toEqual(["mcp/a/x", "undefined/read_resource", "undefined/list_resources"]);
    expect(groupOf().names()).toEqual([]);
  });

  test("gives out lists that are the caller's own", () => {
    const { group } = groupOf(server("a", [tool("x")]));
    const given = group.servers[0]?.tools as NamedTool[] | undefined;
    given?.pop();
    expect(group.servers[0]?.tools).toHaveLength(1);
  });

  test("passes on what a server is asked and told, and what it says of itself", async () => {
    const a = server("a", [], { prompts: {} });
    const { group } = groupOf(server("b", []), a);
    const named = group.servers[1];
    expect([named?.name, named?.instructions, named?.capabilities]).toEqual([
      "a",
      "about a",
      { prompts: {} },
    ]);
    const options = { cause: {} };
    expect(await named?.request("prompts/list", { cursor: "1" }, options)).toEqual({ ok: "a" });
    await named?.notify("notifications/x", { y: 1 });
    expect(a.asked).toEqual([
      ["prompts/list", { cursor: "1" }, options],
      ["notifications/x", { y: 1 }],
    ]);
  });

  test("is closed with its servers", async () => {
    const servers = [server("a", []), server("b", [])];
    await groupOf(...servers).group.close();
    await groupOf(...servers).group[Symbol.asyncDispose]();
    expect(servers.map(({ asked }) => asked)).toEqual([
      ["closed", "closed"],
      ["closed", "closed"],
    ]);
  });
});
