import { describe, expect, test } from "vitest";
import { ResourceDirectory, type ResourceServer } from "../../src/mcp/client/resource-directory.js";
import type { ConnectMcpOptions } from "../../src/mcp.js";

interface Given {
  readonly resources?: readonly object[];
  readonly templates?: readonly object[];
  readonly read?: (uri: string) => object;
  readonly capabilities?: ResourceServer["capabilities"];
}

/** A server with these resources, and what it was asked. */
function server(
  name: string,
  { resources = [], templates = [], read, capabilities = { resources: {} } }: Given = {},
): ResourceServer & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    name,
    capabilities,
    asked,
    request: async (method, params = {}) => {
      asked.push(method === "resources/read" ? params["uri"] : method);
      if (method === "resources/list") return { resources };
      if (method === "resources/templates/list") return { resourceTemplates: templates };
      if (read === undefined) throw new Error(`${name} has no ${String(params["uri"])}`);
      return { ...read(String(params["uri"])) };
    },
  };
}

function directoryOf(...servers: readonly ResourceServer[]): ResourceDirectory {
  const directory = new ResourceDirectory();
  directory.use(servers);
  return directory;
}

const text = (uri: string) => ({ contents: [{ uri, text: uri }] });

describe("a list of all servers' resources", () => {
  test("has each URI once as it is, and those of later servers under the server's name", async () => {
    const directory = directoryOf(
      server("a", { resources: [{ uri: "x://1" }, { uri: "x://1", name: "again" }] }),
      server("b/c", { resources: [{ uri: "x://1" }, { uri: "x://2" }] }),
    );
    expect(await directory.list("resources")).toEqual([
      { server: "a", uri: "x://1", entry: { uri: "x://1" } },
      { server: "a", uri: "x://1", entry: { uri: "x://1", name: "again" } },
      { server: "b/c", uri: "codecell://b%2Fc/x://1", entry: { uri: "x://1" } },
      { server: "b/c", uri: "x://2", entry: { uri: "x://2" } },
    ]);
  });

  test("has templates by the same rule", async () => {
    const templates = [{ uriTemplate: "x://{id}", name: "x" }];
    const directory = directoryOf(server("a", { templates }), server("b", { templates }));
    const found = await directory.list("templates");
    expect(found.map(({ uri }) => uri)).toEqual(["x://{id}", "codecell://b/x://{id}"]);
  });

  test("lacks what a server cannot list, which is told", async () => {
    const failing = {
      ...server("b"),
      request: async () => {
        throw new Error("no disk");
      },
    };
    const directory = directoryOf(server("a", { resources: [{ uri: "x://1" }] }), failing);
    const told: unknown[] = [];
    const found = await directory.list("resources", {}, (...what) => told.push(what));
    expect(found.map(({ uri }) => uri)).toEqual(["x://1"]);
    expect(told).toEqual([["b", new Error("no disk")]]);
    expect(await directory.list("resources")).toEqual(found);
  });

  test("asks only servers that have resources", async () => {
    const [none, unknown] = [server("a", { capabilities: {} }), server("b")];
    const silent = { ...unknown, capabilities: undefined };
    const directory = directoryOf(none, silent);
    expect([directory.isUsed, directory.servers]).toEqual([false, []]);
    expect(await directory.list("resources")).toEqual([]);
    expect([none.asked, unknown.asked]).toEqual([[], []]);
    directory.use([none, server("c")]);
    expect([directory.isUsed, directory.servers.map(({ name }) => name)]).toEqual([true, ["c"]]);
  });
});

describe("a resource is read", () => {
  test("from the only server, which is asked for no lists", async () => {
    const only = server("a", { read: text });
    expect(await directoryOf(only).read("x://1")).toEqual(text("x://1"));
    expect(only.asked).toEqual(["x://1"]);
  });

  test("from the first server that lists it, or has a template for it", async () => {
    const templates = [
      { uriTemplate: "{" },
      { uriTemplate: "y://{id}" },
      { uriTemplate: "z://{id}/{" },
    ];
    const a = server("a", { resources: [{ uri: "x://1" }], templates, read: text });
    const b = server("b", {
      resources: [{ uri: "x://1" }, { uri: "y://7" }],
      templates: [{ uriTemplate: "y://{id}" }, { uriTemplate: "w://{id}" }],
      read: text,
    });
    const directory = directoryOf(a, b);
    const routeOf = async (uri: string) =>
      (await directory.routes(uri)).map((route) => `${route.server.name} ${route.uri}`);
    expect(await routeOf("x://1")).toEqual(["a x://1"]);
    expect(await routeOf("y://7")).toEqual(["b y://7"]);
    expect(await routeOf("y://8")).toEqual(["a y://8"]);
    expect(await routeOf("w://8")).toEqual(["b w://8"]);
    expect(await routeOf("y://{id}")).toEqual(["a y://{id}"]);
    // What is no template is still a name.
    expect(await routeOf("{")).toEqual(["a {"]);
    expect(await routeOf("v://1")).toEqual(["a v://1", "b v://1"]);
    expect([a.asked, b.asked]).toEqual([
      ["resources/list", "resources/templates/list"],
      ["resources/list", "resources/templates/list"],
    ]);
  });

  test("under its server's name, and its contents have such names then", async () => {
    const contents = [{ uri: "x://1", text: "a" }, { text: "no uri" }, null, { uri: 7 }];
    const b = server("b c", { read: () => ({ contents, more: 1 }) });
    const directory = directoryOf(server("a", { read: text }), b);
    expect(await directory.read("codecell://b%20c/x://1")).toEqual({
      contents: [{ uri: "codecell://b%20c/x://1", text: "a" }, ...contents.slice(1)],
      more: 1,
    });
    expect(b.asked).toEqual(["x://1"]);
    const odd = directoryOf(server("b", { read: () => ({ contents: "none" }) }));
    expect(await odd.read("codecell://b/x://1")).toEqual({ contents: "none" });
    expect(await odd.read("codecell://c/x://1")).toEqual({ contents: "none" });
  });

  test("from the next server where one does not have it, and else fails with the reasons", async () => {
    const [a, b] = [server("a"), server("b", { read: text })];
    expect(await directoryOf(a, b).read("x://1")).toEqual(text("x://1"));
    await expect(directoryOf(a, server("c")).read("x://1")).rejects.toMatchObject({
      code: -32_002,
      message: 'There is no resource "x://1": a: a has no x://1; c: c has no x://1',
    });
    await expect(directoryOf(a).read("x://1")).rejects.toThrow(/^a has no x:\/\/1$/);
    await expect(directoryOf().read("x://1")).rejects.toMatchObject({
      code: -32_002,
      message: 'There is no resource "x://1": no server has resources',
    });
  });

  test("no longer where its signal is aborted, whose server's error is thrown", async () => {
    const stop = new AbortController();
    const a = server("a", {
      read: () => {
        stop.abort();
        throw new Error("taken back");
      },
    });
    const b = server("b", { read: text });
    const reading = directoryOf(a, b).read("x://1", { signal: stop.signal });
    await expect(reading).rejects.toThrow(/^taken back$/);
    expect(b.asked).not.toContain("x://1");
  });
});

describe("the lists of servers are asked for again", () => {
  const others = server("other");
  /** Which lists were asked for by two reads, between which this happens. */
  async function askedWith(happens: (directory: ResourceDirectory) => void): Promise<unknown[]> {
    const a = server("a", { resources: [{ uri: "x://1" }] });
    const directory = directoryOf(a, others);
    await directory.routes("x://1");
    happens(directory);
    await directory.routes("x://1");
    return a.asked.filter((method) => method === "resources/list");
  }
  const followed = (directory: ResourceDirectory) => directory.following<ConnectMcpOptions>({});
  const notify = (method: string, server: string) => (directory: ResourceDirectory) =>
    followed(directory).onNotification?.({ server, method, params: {}, causes: [] });
  const changed = "notifications/resources/list_changed";

  test.each<readonly [string, (directory: ResourceDirectory) => void, number]>([
    ["where it says that they have changed", notify(changed, "a"), 2],
    ["but not where another says so", notify(changed, "other"), 1],
    ["but not where it says something else", notify("notifications/message", "a"), 1],
    [
      "where it has started again",
      (directory) =>
        followed(directory).onEvent?.({
          type: "started",
          server: "a",
          toolCount: 0,
          durationMs: 1,
        }),
      2,
    ],
    [
      "but not where its tools have changed",
      (directory) =>
        followed(directory).onEvent?.({ type: "toolsChanged", server: "a", toolCount: 0 }),
      1,
    ],
  ])("%s", async (_what, happens, count) => {
    expect(await askedWith(happens)).toHaveLength(count);
  });

  test("where they could not be read, and until then the server may have any", async () => {
    let count = 0;
    const lists = server("a", { resources: [{ uri: "x://1" }] });
    const a: ResourceServer = {
      ...lists,
      request: async (...request) => {
        count += 1;
        if (count === 1) throw new Error("no disk");
        return lists.request(...request);
      },
    };
    const directory = directoryOf(a, others);
    expect(await directory.routes("x://1")).toHaveLength(2);
    expect(await directory.routes("x://1")).toHaveLength(1);
  });

  test("and what follows them hears of everything, with the options as they were", () => {
    const heard: unknown[] = [];
    const push = (what: unknown): unknown => heard.push(what);
    const options = new ResourceDirectory().following({
      onEvent: push,
      onNotification: push,
      more: 1,
    });
    const event = { type: "toolsChanged", server: "a", toolCount: 0 } as const;
    const news = { server: "a", method: "notifications/message", params: {}, causes: [] };
    options.onEvent(event);
    options.onNotification(news);
    expect([heard, options.more]).toEqual([[event, news], 1]);
  });
});
